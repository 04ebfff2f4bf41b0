"""`linkQualityStats`: scores of 0 to 10 before and after the overlay's remedies, not milliseconds (1.11).

The metric names of the series are not enumerated by the specification: `scoreBefore*` and `scoreAfter*` are assumed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from satark.simulators.vco.feed import Feed
from satark.simulators.vco.inventory import recent_links
from satark.simulators.vco.params import Partitions, Window
from satark.simulators.vco.qoe import Sample, samples
from satark.simulators.vco.quality import TRAFFIC, mean_score, score
from satark.simulators.vco.times import MINUTE_MS, from_ms, iso
from satark.simulators.vco.topology import Edge, Link
from satark.simulators.vco.v2.errors import DataValidationError

TRAFFIC_NAMES = ("Voice", "Video", "Trans")
MAX_SAMPLES = 31 * 288
BUCKET_MINUTES = 5


def quality_stats(feed: Feed, edge: Edge, within: Window, now: datetime) -> list[tuple[Link, dict[str, float]]]:
    """Return the mean scores of each recent link of an edge that has any sample."""
    rows = []
    for link in recent_links(feed, edge, now):
        found = samples(feed, edge, link, _cut(within, BUCKET_MINUTES), within.end_ms, now)
        if found:
            rows.append(
                (
                    link,
                    {
                        f"score{when}{TRAFFIC_NAMES[traffic]}": mean_score(
                            [one.after(traffic) if when == "After" else one.before(traffic) for one in found]
                        )
                        for when in ("After", "Before")
                        for traffic in TRAFFIC
                    },
                )
            )
    return rows


def quality_series(
    feed: Feed, edge: Edge, within: Window, minutes: int, now: datetime
) -> list[tuple[Link, list[dict[str, Any]]]]:
    """Return the scores of each recent link by partition of so many minutes, null where it is silent.

    Raises DataValidationError for too many partitions.
    """
    cut = _cut(within, minutes)
    rows = []
    for link in recent_links(feed, edge, now):
        found = samples(feed, edge, link, cut, within.end_ms, now)
        rows.append((link, [_series(when, traffic, cut, found) for when in ("Before", "After") for traffic in TRAFFIC]))
    return rows


def _series(when: str, traffic: int, cut: Partitions, found: Sequence[Sample]) -> dict[str, Any]:
    known = {one.timestamp_ms: score(one.after(traffic) if when == "After" else one.before(traffic)) for one in found}
    data = [known.get(cut.first_ms + number * cut.length_ms) for number in range(cut.count)]
    return {
        "metric": f"score{when}{TRAFFIC_NAMES[traffic]}",
        "startTime": iso(from_ms(cut.first_ms)),
        "tickInterval": cut.length_ms,
        "data": data,
        "min": min(known.values(), default=None),
        "max": max(known.values(), default=None),
        "total": sum(known.values()) if known else None,
    }


def _cut(within: Window, minutes: int) -> Partitions:
    first_ms = within.start_ms // MINUTE_MS * MINUTE_MS
    length_ms = minutes * MINUTE_MS
    count = -(-(within.end_ms - first_ms) // length_ms)
    if count > MAX_SAMPLES:
        raise DataValidationError("too many samples")
    return Partitions(first_ms, length_ms, count)
