"""`metrics/getEdgeLinkSeries`: each metric of a link as values at even steps, null where a bucket is missing (1.8).

Value k belongs to `startTime + k * tickInterval`. The step is five minutes; when the interval holds more buckets than
`maxSamples`, the step grows to a multiple of that and a value stands for several buckets: their mean, or their total
where the metric counts something.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from satark.simulators.vco.feed import Bucket, Feed
from satark.simulators.vco.numbers import SERIES_ONLY, link_numbers
from satark.simulators.vco.params import Window
from satark.simulators.vco.qoe import plain
from satark.simulators.vco.times import BUCKET_MS, to_ms
from satark.simulators.vco.topology import Edge, Link

DEFAULT_SAMPLES = 1024
PRECISION = 4
PEAK, TROUGH = 1.35, 0.6
"""The busiest and the quietest moment of a bucket, as parts of its mean rate."""


def link_series(
    feed: Feed, edge: Edge, link: Link, within: Window, now: datetime, metrics: Sequence[str], max_samples: int | None
) -> list[dict[str, Any]]:
    """Return the series of one link, one for each metric; newest buckets that are not visible yet are null too."""
    first_ms = -(-within.start_ms // BUCKET_MS) * BUCKET_MS
    end_ms = min(within.end_ms, to_ms(now))
    count = max(-(-(end_ms - first_ms) // BUCKET_MS), 0)
    each = max(-(-count // (max_samples or DEFAULT_SAMPLES)), 1)
    tick_ms = each * BUCKET_MS
    slots: list[list[Bucket]] = [[] for _ in range(-(-count // each))]
    for bucket in feed.buckets(edge, link, first_ms, end_ms, now):
        slots[(bucket.start_ms - first_ms) // tick_ms].append(bucket)
    numbers = [_numbers(link, slot, metrics) if slot else None for slot in slots]
    return [
        _series(metric, first_ms, tick_ms, [None if one is None else one[metric] for one in numbers])
        for metric in metrics
    ]


def has_values(series: Sequence[dict[str, Any]]) -> bool:
    """Return whether any value of a link is known."""
    return any(value is not None for one in series for value in one["data"])


def _numbers(link: Link, buckets: Sequence[Bucket], metrics: Collection[str]) -> dict[str, float | None]:
    numbers = link_numbers(link, buckets, metrics)
    if not SERIES_ONLY.isdisjoint(metrics):
        for way in ("Rx", "Tx"):
            rates = [(one.bytes_rx if way == "Rx" else one.bytes_tx) * 8000 // BUCKET_MS for one in buckets]
            numbers[f"maxIntervalBps{way}"] = int(PEAK * max(rates))
            numbers[f"minIntervalBps{way}"] = int(TROUGH * min(rates))
    return numbers


def _series(metric: str, first_ms: int, tick_ms: int, data: Sequence[float | None]) -> dict[str, Any]:
    shown = [None if value is None else plain(round(value, PRECISION)) for value in data]
    known = [value for value in shown if value is not None]
    return {
        "metric": metric,
        "startTime": first_ms,
        "tickInterval": tick_ms,
        "data": shown,
        "total": plain(round(sum(known), PRECISION)) if known else None,
        "min": min(known, default=None),
        "max": max(known, default=None),
    }
