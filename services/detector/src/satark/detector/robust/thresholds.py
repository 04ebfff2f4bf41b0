"""The thresholds of the statistics: how many of its own spreads each must reach to open an alarm.

A column a span (`Config.averages`: the present, a quarter of an hour, half an hour, an hour and a quarter); infinite where
a statistic adds false alarms faster than true ones. Latency alone opens by a shift of its level (`shift`), or slowly by its
long average. Rounded from a search over half of the benchmark's seeds; a tenth up or down moves F1 by less than 0.01.
"""

from math import inf

from satark.detector.robust.config import Kind

ALONE = {
    Kind.LATENCY: (inf, inf, inf, 8.5),
    Kind.JITTER: (inf, 9.0, 8.0, inf),
    Kind.LOSS: (16.0, 17.0, 17.0, inf),
    Kind.GENERIC: (inf, inf, inf, inf),
}
"""One series."""
BOTH = {Kind.LATENCY: (inf, inf, inf, inf), Kind.JITTER: (8.0, 8.5, 7.5, inf), Kind.LOSS: (15.5, 15.0, 14.0, inf)}
"""Both directions of a metric."""
DELAY = (inf, 9.0, 8.0, inf)
"""Latency and jitter, both directions."""
ALL = (10.5, 9.0, inf, inf)
"""All series of an entity."""


def of(kinds: list[Kind]) -> tuple[float, ...]:
    """Return the thresholds of a group of series, one a span; the same for what is usual and what is recent."""
    if len(kinds) == 1:
        return ALONE[kinds[0]]
    if len(set(kinds)) == 1:
        return BOTH[kinds[0]]
    return ALL if Kind.LOSS in kinds else DELAY
