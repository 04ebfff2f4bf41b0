"""The statistics of a world: which five-minute buckets exist at a virtual time, and what is in them.

A bucket that starts at t is visible from t + lag (1.4: "often not reflected until t + 10 minutes"), and never before
it has ended. Levels are integer milliseconds; loss is 0 in nearly every bucket of a healthy link, else 0.1 to 0.4 %.
The noise is small on purpose: nothing on a healthy link looks like an anomaly (tests/unit/simulators/vco/test_feed.py).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import cos, pi

from satark.simulators.vco.noise import draws, normal
from satark.simulators.vco.timeline import Timeline
from satark.simulators.vco.times import BUCKET_MS, from_ms, to_ms
from satark.simulators.vco.topology import METRICS, Edge, Link, Metric, World

QUIETEST_HOUR = 4
JITTER_DEVIATION_MS = 0.4
HOURS = 24
HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Bucket:
    """Five minutes of one link: its six metrics (ms and %) and the bytes it carried."""

    start_ms: int
    values: Mapping[Metric, float]
    bytes_rx: int
    bytes_tx: int


@dataclass(frozen=True, slots=True)
class Feed:
    """The buckets of a world. `late_s` delays single buckets, by (internal id, bucket start in ms)."""

    world: World
    timeline: Timeline
    seed: int
    lag_s: float = 600.0
    late_s: Mapping[tuple[str, int], float] = field(default_factory=dict)

    def buckets(self, edge: Edge, link: Link, start_ms: int, end_ms: int, now: datetime) -> Iterator[Bucket]:
        """Yield the visible buckets that start in [start_ms, end_ms), oldest first."""
        for bucket_ms in range(-(-start_ms // BUCKET_MS) * BUCKET_MS, end_ms, BUCKET_MS):
            bucket = self.bucket(edge, link, bucket_ms, now)
            if bucket is not None:
                yield bucket

    def bucket(self, edge: Edge, link: Link, bucket_ms: int, now: datetime) -> Bucket | None:
        """Return one bucket, or None when it does not exist (yet)."""
        delay_ms = (self.lag_s + self.late_s.get((link.internal_id, bucket_ms), 0.0)) * 1000
        if bucket_ms + max(delay_ms, BUCKET_MS) > to_ms(now):
            return None
        if link.mode != "ACTIVE" or self.down_since(edge, link, from_ms(bucket_ms)) is not None:
            return None
        return measure(link, edge.site.utc_offset_h, bucket_ms, self.seed, self.timeline)

    def edge_down_since(self, edge: Edge, when: datetime) -> datetime | None:
        """Return since when an edge is offline at a time, or None when it is connected."""
        if edge.offline_since is not None and edge.offline_since <= when:
            return edge.offline_since
        return self.timeline.edge_down_since(edge.id, when)

    def down_since(self, edge: Edge, link: Link, when: datetime) -> datetime | None:
        """Return since when a link is down at a time, or None when it is up."""
        return self.edge_down_since(edge, when) or self.timeline.link_down_since(link.internal_id, when)


def measure(link: Link, utc_offset_h: float, bucket_ms: int, seed: int, timeline: Timeline) -> Bucket:
    """Return what a link that is up shows in a bucket."""
    profile = link.profile
    load = daily_load(bucket_ms, utc_offset_h)
    draw = draws(seed, link.internal_id, bucket_ms)
    swing = profile.swing_ms * load
    healthy: tuple[float, ...] = (
        profile.latency_ms_rx + swing + normal(draw[0], profile.noise_ms),
        profile.latency_ms_tx + swing + normal(draw[1], profile.noise_ms),
        profile.jitter_ms_rx + normal(draw[2], JITTER_DEVIATION_MS),
        profile.jitter_ms_tx + normal(draw[3], JITTER_DEVIATION_MS),
        _loss(draw[4], profile.loss_chance),
        _loss(draw[5], profile.loss_chance),
    )
    extra = timeline.increase(link.internal_id, bucket_ms)
    use = profile.use * (0.15 + 0.85 * load) * (0.8 + 0.4 * draw[6])
    return Bucket(
        start_ms=bucket_ms,
        values={
            metric: _level(metric, value + extra.get(metric, 0.0))
            for metric, value in zip(METRICS, healthy, strict=True)
        },
        bytes_rx=int(profile.bps_rx * use * BUCKET_MS / 8000),
        bytes_tx=int(profile.bps_tx * use * (0.6 + 0.2 * draw[7]) * BUCKET_MS / 8000),
    )


def daily_load(bucket_ms: int, utc_offset_h: float) -> float:
    """Return the load of 0 to 1 at a site's local time: least at four in the morning, most at four in the afternoon."""
    hour = (bucket_ms / HOUR_MS + utc_offset_h - QUIETEST_HOUR) % HOURS
    return 0.5 - 0.5 * cos(2 * pi * hour / HOURS)


def _loss(draw: float, chance: float) -> float:
    """Return 0 but for a small chance; the same draw decides whether and how much."""
    return 0.1 * (1 + int(4 * draw / chance)) if draw < chance else 0.0


def _level(metric: Metric, value: float) -> float:
    if metric.startswith("loss"):
        return round(min(max(value, 0.0), 100.0), 1)
    return float(max(round(value), 0))
