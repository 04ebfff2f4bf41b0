"""The statistics of a world: which five-minute buckets exist at a virtual time, and what is in them.

A bucket that starts at t is visible from t + lag (1.4: "often not reflected until t + 10 minutes"), and never before
it has ended. Levels are integer milliseconds; loss is 0 in nearly every bucket of a healthy link, else 0.1 to 0.4 %.
The noise is small on purpose: nothing on a healthy link looks like an anomaly (tests/unit/simulators/vco/test_feed.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import cos, pi

from satark.simulators.vco.noise import draws, normal
from satark.simulators.vco.timeline import Timeline
from satark.simulators.vco.times import BUCKET_MS, from_ms, to_ms
from satark.simulators.vco.topology import Edge, Link, Metric, Profile, World

QUIETEST_HOUR = 4
JITTER_DEVIATION_MS = 0.4
HOURS = 24
LOSSES: frozenset[Metric] = frozenset({"loss_pct_rx", "loss_pct_tx"})
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
    """The buckets of a world.

    `late_s` delays single buckets, by (internal id, bucket start in ms). `held_ms` holds back all buckets of an edge
    that start in [since, release) until release, by edge id.
    """

    world: World
    timeline: Timeline
    seed: int
    lag_s: float = 600.0
    late_s: Mapping[tuple[str, int], float] = field(default_factory=dict)
    held_ms: Mapping[int, Sequence[tuple[int, int]]] = field(default_factory=dict)

    def buckets(self, edge: Edge, link: Link, start_ms: int, end_ms: int, now: datetime) -> Iterator[Bucket]:
        """Yield the visible buckets that start in [start_ms, end_ms), oldest first."""
        first_ms = -(-start_ms // BUCKET_MS) * BUCKET_MS
        newest_ms = int(to_ms(now) - max(self.lag_s * 1000, BUCKET_MS))
        if self._uneventful(edge, link):
            for bucket_ms in range(first_ms, min(end_ms, newest_ms + 1), BUCKET_MS):
                yield measure(link, edge.site.utc_offset_h, bucket_ms, self.seed, self.timeline)
            return
        for bucket_ms in range(first_ms, min(end_ms, newest_ms + 1), BUCKET_MS):
            bucket = self.bucket(edge, link, bucket_ms, now)
            if bucket is not None:
                yield bucket

    def bucket(self, edge: Edge, link: Link, bucket_ms: int, now: datetime) -> Bucket | None:
        """Return one bucket, or None when it does not exist (yet)."""
        late_s = self.late_s.get((link.internal_id, bucket_ms), 0.0) if self.late_s else 0.0
        now_ms = to_ms(now)
        if bucket_ms + max((self.lag_s + late_s) * 1000, BUCKET_MS) > now_ms:
            return None
        when = from_ms(bucket_ms)
        if link.mode != "ACTIVE" or (link.since is not None and when < link.since):
            return None
        if self._held(edge, bucket_ms, now_ms) or self.timeline.silent(link.internal_id, when):
            return None
        if self.down_since(edge, link, when) is not None and not self._uploaded(edge, link, when, now):
            return None
        return measure(link, edge.site.utc_offset_h, bucket_ms, self.seed, self.timeline)

    def edge_down_since(self, edge: Edge, when: datetime) -> datetime | None:
        """Return since when an edge is offline at a time, or None when it is connected."""
        if edge.offline_since is not None and edge.offline_since <= when:
            return edge.offline_since
        return self.timeline.edge_down_since(edge.id, when)

    def down_since(self, edge: Edge, link: Link, when: datetime) -> datetime | None:
        """Return since when a link is down at a time, or None when it is up."""
        if link.until is not None and link.until <= when:
            return link.until
        return self.edge_down_since(edge, when) or self.timeline.link_down_since(link.internal_id, when)

    def _uneventful(self, edge: Edge, link: Link) -> bool:
        """Return whether nothing ever happens to a link, which is most of them: no bucket needs a second look."""
        changeable = link.mode != "ACTIVE" or link.since is not None or link.until is not None
        disturbed = self.late_s or edge.offline_since is not None or edge.id in self.held_ms
        return not (changeable or disturbed or self.timeline.touches(link.internal_id))

    def _held(self, edge: Edge, bucket_ms: int, now_ms: int) -> bool:
        return any(
            since <= bucket_ms < release and now_ms < release for since, release in self.held_ms.get(edge.id, ())
        )

    def _uploaded(self, edge: Edge, link: Link, when: datetime, now: datetime) -> bool:
        """Return whether an edge has handed in by now what it measured while nobody heard it."""
        if link.until is not None and link.until <= when:
            return False
        if edge.offline_since is not None and edge.offline_since <= when:
            return False
        uploaded = self.timeline.uploaded_at(edge.id, when)
        if uploaded is None or now < uploaded:
            return False
        return self.timeline.link_down_since(link.internal_id, when, alone=True) is None


def measure(link: Link, utc_offset_h: float, bucket_ms: int, seed: int, timeline: Timeline) -> Bucket:
    """Return what a link that is up shows in a bucket."""
    profile = link.profile
    load = daily_load(bucket_ms, utc_offset_h)
    draw = draws(seed, link.internal_id, bucket_ms)
    values: dict[Metric, float] = _healthy(profile, profile.swing_ms * load, draw)
    if timeline.touches(link.internal_id):
        extra = timeline.increase(link.internal_id, bucket_ms, utc_offset_h)
        zeros = timeline.zeros(link.internal_id, from_ms(bucket_ms))
        values = {metric: 0.0 if zeros else value + extra.get(metric, 0.0) for metric, value in values.items()}
    use = profile.use * (0.15 + 0.85 * load) * (0.8 + 0.4 * draw[6])
    return Bucket(
        start_ms=bucket_ms,
        values={metric: _percent(value) if metric in LOSSES else _whole(value) for metric, value in values.items()},
        bytes_rx=int(profile.bps_rx * use * BUCKET_MS / 8000),
        bytes_tx=int(profile.bps_tx * use * (0.6 + 0.2 * draw[7]) * BUCKET_MS / 8000),
    )


def _healthy(profile: Profile, swing_ms: float, draw: Sequence[float]) -> dict[Metric, float]:
    return {
        "latency_ms_rx": profile.latency_ms_rx + swing_ms + normal(draw[0], profile.noise_ms),
        "latency_ms_tx": profile.latency_ms_tx + swing_ms + normal(draw[1], profile.noise_ms),
        "jitter_ms_rx": profile.jitter_ms_rx + normal(draw[2], JITTER_DEVIATION_MS),
        "jitter_ms_tx": profile.jitter_ms_tx + normal(draw[3], JITTER_DEVIATION_MS),
        "loss_pct_rx": _loss(draw[4], profile.loss_chance),
        "loss_pct_tx": _loss(draw[5], profile.loss_chance),
    }


def daily_load(bucket_ms: int, utc_offset_h: float) -> float:
    """Return the load of 0 to 1 at a site's local time: least at four in the morning, most at four in the afternoon."""
    hour = (bucket_ms / HOUR_MS + utc_offset_h - QUIETEST_HOUR) % HOURS
    return 0.5 - 0.5 * cos(2 * pi * hour / HOURS)


def _loss(draw: float, chance: float) -> float:
    """Return 0 but for a small chance; the same draw decides whether and how much."""
    return 0.1 * (1 + int(4 * draw / chance)) if draw < chance else 0.0


def _percent(value: float) -> float:
    return round(min(max(value, 0.0), 100.0), 1) if value else 0.0


def _whole(value: float) -> float:
    return float(round(value)) if value > 0 else 0.0
