"""Which statistics of an entity there are: means over a group of series and a span of time, from either normal.

A statistic without a threshold is left out, unless it is of one series: those say whether the series is suspect.
"""

from dataclasses import dataclass
from functools import lru_cache

from satark.detector.robust import thresholds
from satark.detector.robust.config import Config
from satark.detector.robust.layout import Layout


@dataclass(frozen=True, slots=True)
class Statistic:
    """A mean of deviations.

    channel: 0 from what is usual, 1 from what is recent; span: place in `Config.averages`; rows: the series; threshold: how
    many of its own spreads open an alarm; first, least: the spread of it that correlated noise would give, and the least,
    that of independent deviations, halved in variance.
    """

    channel: int
    span: int
    rows: tuple[int, ...]
    threshold: float
    first: float
    least: float


@lru_cache(maxsize=16)
def statistics_of(layout: Layout, config: Config) -> tuple[Statistic, ...]:
    """Return the statistics of a layout: first those of one series, span by channel by series, then the others."""
    every = [
        Statistic(
            channel=channel,
            span=span,
            rows=rows,
            threshold=thresholds.of([layout.kinds[row] for row in rows])[span],
            first=samples**-0.125,
            least=(0.5 / (samples * len(rows))) ** 0.5,
        )
        for span, samples in enumerate(config.averages)
        for channel in range(2)
        for rows in layout.groups
    ]
    alone = [statistic for statistic in every if len(statistic.rows) == 1]
    return (*alone, *(s for s in every if len(s.rows) > 1 and s.threshold < float("inf")))
