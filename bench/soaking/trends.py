"""Whether a measured course is flat, robustly: neighbours on the machine and a garbage collection must not decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

MOST_POINTS = 400
"""Of which slopes are taken: the number of pairs grows with the square."""

LEAST_POINTS = 8
SLOPE_A_DAY = 0.02
RISE = 0.05


@dataclass(frozen=True, slots=True)
class Trend:
    """How a course went after its first quarter, in which things warm up.

    `slope_a_day` is a share of the second quarter's median, by Theil and Sen; `rise` is how much the last quarter's
    median lies above that, also as a share.
    """

    before: float
    after: float
    slope_a_day: float

    @property
    def rise(self) -> float:
        """By what share the last quarter is above the second."""
        return (self.after - self.before) / self.before if self.before else float(self.after > 0)

    def is_flat(self, slack: float = 0.0) -> bool:
        """Return whether it does not grow; `slack` is how many units may come and go whatever the shares say."""
        if self.after <= self.before + slack:
            return True
        return self.slope_a_day < SLOPE_A_DAY and self.rise < RISE


def trend(times_d: Sequence[float], values: Sequence[float]) -> Trend | None:
    """Return the trend of values at times in days, None of fewer than eight."""
    if len(values) < LEAST_POINTS:
        return None
    quarter = len(values) // 4
    before, after = median(values[quarter : 2 * quarter]), median(values[-quarter:])
    slope = slope_of(times_d[quarter:], values[quarter:])
    return Trend(before, after, slope / before if before else slope)


def slope_of(times: Sequence[float], values: Sequence[float]) -> float:
    """Return the median of the slopes between all pairs (Theil and Sen), of at most some hundred points."""
    step = -(-len(values) // MOST_POINTS)
    points = list(zip(times, values, strict=True))[::step]
    slopes = [(y - x) / (b - a) for (a, x), (b, y) in combinations(points, 2) if b > a]
    return median(slopes) if slopes else 0.0
