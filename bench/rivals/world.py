"""What all contenders read: samples of WAN links in the records of the contract, in order of time.

First a scene of which it is known what must be told: some links, half of them with a fault in one metric. Then links
that are quiet but for a few, as many as give the wished number of series. Times end now, so that no broker and no
window finds them too old.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle

from satark.schemas.codec import Encoded, encode
from satark.schemas.metrics import WAN_LINK, WAN_LINK_METRICS, MetricSample

INTERVAL_S = 300
METRICS = len(WAN_LINK_METRICS)
"""Points of a record, and series of a link."""

KNOWN_LINKS = 40
KNOWN_BUCKETS = 20
FAULT_BUCKETS = range(14, 17)
FAULT = {"latency_ms": 400.0, "jitter_ms": 150.0, "loss_pct": 30.0}
USUAL = {"latency_ms": 20.0, "jitter_ms": 3.0, "loss_pct": 0.0}
TROUBLED = 500
"""One link in so many has a fault in the measured part."""

LABELS = {
    "orchestrator": "bench",
    "enterprise": "Northwind Traders",
    "enterprise_id": "4101",
    "edge": "branch-hamburg-01",
    "edge_id": "77",
    "link": "Broadband 1",
    "interface": "GE3",
    "isp": "Example Telecom",
    "site": "Hamburg",
    "timezone": "Europe/Berlin",
}


@dataclass(frozen=True, slots=True)
class World:
    """Links and buckets of the measured part; `seed` makes it the same every time."""

    links: int
    buckets: int
    seed: int = 1

    @property
    def records(self) -> int:
        """Records of the measured part."""
        return self.links * self.buckets

    @property
    def series(self) -> int:
        """Series of the measured part."""
        return self.links * METRICS

    @property
    def faulty(self) -> frozenset[str]:
        """The entities of the scene of which something must be told, and of no others there."""
        return frozenset(_known(link) for link in range(0, KNOWN_LINKS, 2))

    def scene(self, now: datetime) -> Iterator[Encoded]:
        """Return the records of the scene: before the measured part by time, too."""
        begin = self._begin(now) - KNOWN_BUCKETS * timedelta(seconds=INTERVAL_S)
        draw = random.Random(self.seed)  # noqa: S311 - a world, no secret
        for bucket in range(KNOWN_BUCKETS):
            for link in range(KNOWN_LINKS):
                fault = bucket in FAULT_BUCKETS and not link % 2
                metric = WAN_LINK_METRICS[link // 2 % METRICS] if fault else None
                yield _record(_known(link), begin, bucket, _values(draw, metric))

    def measured(self, now: datetime) -> Iterator[Encoded]:
        """Return the records of the measured part."""
        begin = self._begin(now)
        draw = random.Random(self.seed + 1)  # noqa: S311 - as above
        metrics = cycle(WAN_LINK_METRICS)
        for bucket in range(self.buckets):
            for link in range(self.links):
                fault = bucket % KNOWN_BUCKETS in FAULT_BUCKETS and not link % TROUBLED
                yield _record(
                    f"wan-link/bench/4101/{link:06}", begin, bucket, _values(draw, next(metrics) if fault else None)
                )

    def _begin(self, now: datetime) -> datetime:
        last = int(now.timestamp()) // INTERVAL_S * INTERVAL_S
        return datetime.fromtimestamp(last - self.buckets * INTERVAL_S, UTC)


def world(points: int, series: int) -> World:
    """Return a world of about so many points in so many series."""
    links = max(1, round(series / METRICS))
    return World(links, max(1, round(points / METRICS / links)))


def is_known(entity: str) -> bool:
    """Return whether an entity belongs to the scene."""
    return entity.startswith("wan-link/known/")


def _known(link: int) -> str:
    return f"wan-link/known/4101/{link:06}"


def _values(draw: random.Random, fault: str | None) -> dict[str, float]:
    """Whole milliseconds that wander by less than any floor; loss is a flat zero, as on most links."""
    drawn = draw.random()
    values = {}
    for number, name in enumerate(WAN_LINK_METRICS):
        stem = name[:-3]
        step = 0.0 if stem == "loss_pct" else float(int(drawn * (3 + number)) % 3)
        values[name] = (FAULT if name == fault else USUAL)[stem] + step
    return values


def _record(entity: str, begin: datetime, bucket: int, values: dict[str, float]) -> Encoded:
    sample = MetricSample.of(
        entity=entity,
        kind=WAN_LINK,
        time=begin + timedelta(seconds=bucket * INTERVAL_S),
        interval_s=INTERVAL_S,
        labels=LABELS | {"link_id": entity[-6:]},
        metrics=values,
    )
    return encode(sample, source="/satark/poller/bench")
