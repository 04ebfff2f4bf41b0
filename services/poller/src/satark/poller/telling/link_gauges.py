"""The newest sample of each WAN link as metrics, for whoever has Prometheus and no Kafka.

The poller is an exporter of its own data by this: `satark_wan_link_*` on its ops port.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from satark.schemas import metrics as contract
from satark.schemas.metrics import WAN_LINK, MetricSample

LINK_LABELS = ("orchestrator", "enterprise", "enterprise_id", "edge", "link", "link_id")
"""Ids too: two enterprises, and two links, may have the same name."""

FORGET_AFTER = timedelta(hours=1)
MAX_LINKS = 100_000


@dataclass(frozen=True, slots=True)
class Quantity:
    """A metric's name and meaning, the sample's metrics that it comes from by direction, and what divides them."""

    name: str
    meaning: str
    sources: Mapping[str, str]
    divisor: float = 1.0


QUANTITIES = (
    Quantity(
        "satark_wan_link_latency_milliseconds",
        "Mean latency of a link over its newest sample.",
        {"download": contract.LATENCY_MS_RX, "upload": contract.LATENCY_MS_TX},
    ),
    Quantity(
        "satark_wan_link_jitter_milliseconds",
        "Mean jitter of a link over its newest sample.",
        {"download": contract.JITTER_MS_RX, "upload": contract.JITTER_MS_TX},
    ),
    Quantity(
        "satark_wan_link_loss_ratio",
        "Share of packets that a link lost in its newest sample, 0 to 1.",
        {"download": contract.LOSS_PCT_RX, "upload": contract.LOSS_PCT_TX},
        100.0,
    ),
    Quantity(
        "satark_wan_link_throughput_bits_per_second",
        "What a link carried in its newest sample.",
        {"download": contract.THROUGHPUT_BPS_RX, "upload": contract.THROUGHPUT_BPS_TX},
    ),
)
TIMESTAMP = "satark_wan_link_sample_timestamp_seconds"
TIMESTAMP_MEANING = "When a link's newest sample ended, by the orchestrator's clock."
LEFT_OUT = "satark_wan_link_samples_left_out"
LEFT_OUT_MEANING = "Samples that are not exported because there are too many links."

Key = tuple[str, str]
"""Of a link within its orchestrator: the ids of its enterprise and its own."""


@dataclass(frozen=True, slots=True)
class Newest:
    """What is exported of a link."""

    labels: tuple[str, ...]
    ended: datetime
    metrics: Mapping[str, float]


class NewestSamples:
    """The newest sample of each link: bounded, and without those that have not been heard of for an hour.

    The hour is one of the samples of the same orchestrator: each has its own clock.
    """

    def __init__(self, *, max_links: int = MAX_LINKS) -> None:
        self._max_links = max_links
        self._newest: dict[str, dict[Key, Newest]] = {}
        self.left_out = 0

    def update(self, samples: Sequence[MetricSample]) -> None:
        """Take the samples that are newer than what is known of their links; of other kinds none."""
        heard = set()
        for sample in samples:
            if sample.kind == WAN_LINK:
                heard.add(sample.labels.get("orchestrator", ""))
                self._take(sample)
        for orchestrator in heard:
            self._forget_old(orchestrator)

    def forget_orchestrator(self, name: str) -> None:
        """Forget all links of an orchestrator."""
        self._newest.pop(name, None)

    def __len__(self) -> int:
        return sum(len(links) for links in self._newest.values())

    def __iter__(self) -> Iterator[Newest]:
        return iter([newest for links in self._newest.values() for newest in links.values()])

    def _take(self, sample: MetricSample) -> None:
        named = {"link_id": sample.entity, **sample.labels}
        labels = tuple(named.get(name, "") for name in LINK_LABELS)
        key = (named.get("enterprise_id", ""), named["link_id"])
        links = self._newest.setdefault(named.get("orchestrator", ""), {})
        known = links.get(key)
        ended = sample.time + timedelta(seconds=sample.interval_s)
        if known is None and len(self) >= self._max_links:
            self.left_out += 1
        elif known is None or ended >= known.ended:
            links[key] = Newest(labels, ended, sample.metrics)

    def _forget_old(self, orchestrator: str) -> None:
        links = self._newest.get(orchestrator, {})
        latest = max((newest.ended for newest in links.values()), default=None)
        if latest is not None:
            old = [key for key, newest in links.items() if latest - newest.ended > FORGET_AFTER]
            for key in old:
                del links[key]


class LinkGauges(Collector):
    """Exports the newest samples once it is registered: `prometheus_client.REGISTRY.register(gauges)`."""

    def __init__(self, *, max_links: int = MAX_LINKS) -> None:
        self._samples = NewestSamples(max_links=max_links)

    def update(self, samples: Sequence[MetricSample]) -> None:
        """Export these samples where they are their links' newest."""
        self._samples.update(samples)

    def forget_orchestrator(self, name: str) -> None:
        """Export the links of an orchestrator no more: another process polls it, or nobody can."""
        self._samples.forget_orchestrator(name)

    def describe(self) -> list[Metric]:
        """Return the metrics without any link."""
        gauges: list[Metric] = [
            GaugeMetricFamily(q.name, q.meaning, labels=(*LINK_LABELS, "direction")) for q in QUANTITIES
        ]
        return [
            *gauges,
            GaugeMetricFamily(TIMESTAMP, TIMESTAMP_MEANING, labels=LINK_LABELS),
            CounterMetricFamily(LEFT_OUT, LEFT_OUT_MEANING),
        ]

    def collect(self) -> list[Metric]:
        """Return the metrics of all links. What a sample lacks is absent."""
        newest = list(self._samples)
        times = GaugeMetricFamily(TIMESTAMP, TIMESTAMP_MEANING, labels=LINK_LABELS)
        for link in newest:
            times.add_metric(link.labels, link.ended.timestamp())
        left_out = CounterMetricFamily(LEFT_OUT, LEFT_OUT_MEANING, value=self._samples.left_out)
        return [*(_family(quantity, newest) for quantity in QUANTITIES), times, left_out]


def _family(quantity: Quantity, newest: Sequence[Newest]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(quantity.name, quantity.meaning, labels=(*LINK_LABELS, "direction"))
    for link in newest:
        for direction, source in quantity.sources.items():
            if (value := link.metrics.get(source)) is not None:
                family.add_metric((*link.labels, direction), value / quantity.divisor)
    return family
