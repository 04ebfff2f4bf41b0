"""Links for the tests of detection: a day of calm noise, and what is added to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from satark.detector.detection.detection import Detection
from satark.detector.rules import Method, MetricPlan, Plan, SeedParameters
from satark.schemas.incidents import IncidentEvent
from satark.schemas.metrics import WAN_LINK, MetricSample

EPOCH = datetime(2026, 3, 9, tzinfo=UTC)
INTERVAL = timedelta(minutes=5)
DAY = 288
LINK = {"edge": "LDN-BR-01", "link": "Broadband B"}
METRICS = ("latency_ms", "jitter_ms", "loss_pct")
ROBUST = Plan(rules=("test",), metrics={name: MetricPlan() for name in METRICS})


@dataclass(frozen=True)
class One:
    """A rulebook with one plan for all."""

    one: Plan = ROBUST

    def plan(self, kind: str, labels: Mapping[str, str]) -> Plan:
        """Return the plan of every entity."""
        del kind, labels
        return self.one


def at(bucket: int) -> datetime:
    """Return the start of a bucket of five minutes."""
    return EPOCH + bucket * INTERVAL


def entity(link: int) -> str:
    """Return the key of a link."""
    return f"wan-link/vco/4101/link-{link}"


def calm(bucket: int, link: int = 0) -> dict[str, float]:
    """Return what is usual: some noise, the same for the same arguments."""
    draw = Random(1_000_003 * link + bucket)  # noqa: S311 - noise
    found = {}
    for way in ("rx", "tx"):
        found[f"latency_ms_{way}"] = float(round(20 + 2 * link + draw.gauss(0, 1)))
        found[f"jitter_ms_{way}"] = float(max(0, round(2 + draw.gauss(0, 0.7))))
        found[f"loss_pct_{way}"] = 0.0 if draw.random() < 0.9 else 0.05
    return found


def sample(
    bucket: int, more: Mapping[str, float] | None = None, link: int = 0, *, backfilled: bool = False
) -> MetricSample:
    """Return a link's sample: what is usual, and what is added to it."""
    values = calm(bucket, link)
    added = {name: values[name] + (more or {}).get(name, 0.0) for name in values}
    return MetricSample.of(
        entity=entity(link),
        kind=WAN_LINK,
        time=at(bucket),
        interval_s=300,
        labels=LINK,
        metrics=added,
        backfilled=backfilled,
    )


def days(buckets: Iterable[int], more: Mapping[str, float] | None = None, link: int = 0) -> list[MetricSample]:
    """Return a link's samples of some buckets."""
    return [sample(bucket, more, link) for bucket in buckets]


def judged(detection: Detection, samples: Sequence[MetricSample]) -> list[IncidentEvent]:
    """Judge samples in the order given, each in a batch of its own; return the events."""
    events: list[IncidentEvent] = []
    for one in samples:
        events += detection.judge([one], one.time + timedelta(days=30)).events
    return events


SEED = Plan(
    rules=("seed",), metrics={name: MetricPlan(method=Method.SEED, seed=SeedParameters(floor=6.0)) for name in METRICS}
)
