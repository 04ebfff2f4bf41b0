"""From values and times to places on a picture, and the marks of its axes. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil, floor, isfinite, log10

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
STEPS_S = (
    *(MINUTE_S * n for n in (1, 2, 5, 10, 15, 30)),
    *(HOUR_S * n for n in (1, 2, 3, 6, 12)),
    *(DAY_S * n for n in (1, 2, 7, 14, 28, 91, 182, 364)),
)
_FLAT = 1e-9
_TINY = 1e-300
"""Below, a float has no digits to count with."""
_HEADROOM = 0.06
_FROM_ZERO = 0.5
_SUFFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k"))


@dataclass(frozen=True, slots=True)
class ValueScale:
    """A linear scale of values. Counts in powers of ten, so that the difference of two huge values is no infinity."""

    unit: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "ValueScale":
        """Return the scale that holds all finite values, with some room; from zero on where that is not far."""
        known = [value for value in values if isfinite(value)] or [0.0]
        size = max(abs(value) for value in known)
        if size < _TINY:
            return cls(1.0, 0.0, 1.0)
        unit = 10.0 ** floor(log10(size))
        low, high = min(known) / unit, max(known) / unit
        if high - low <= _FLAT:
            low, high = min(0.0, 2 * low), max(0.0, 2 * high)
        room = (high - low) * _HEADROOM
        starts_at_zero = 0 <= low < _FROM_ZERO * high
        return cls(unit, 0.0 if starts_at_zero else low - room, high + room)

    def place(self, value: float) -> float:
        """Return where a value lies, from 0 at the bottom to 1 at the top; values beyond are put on the edge."""
        return min(1.0, max(0.0, (value / self.unit - self.low) / (self.high - self.low)))

    def ticks(self, count: int) -> list[float]:
        """Return at most about `count` round values within the scale."""
        step = _round_up((self.high - self.low) / max(1, count))
        first = ceil(self.low / step - _FLAT)
        last = floor(self.high / step + _FLAT)
        found = [i * step * self.unit for i in range(first, min(last, first + 2 * count) + 1)]
        return [value for value in found if isfinite(value)]


def axis_number(value: float) -> str:
    """Return a value in few characters: 95, 0.25, 20k, 1.5M."""
    size = abs(value)
    for scale, suffix in _SUFFIXES:
        if size >= scale * 1000 and suffix == "T":
            return f"{value:.1e}".replace("e+", "e")
        if size >= scale:
            thousands = 1e3 if suffix == "k" else scale
            return f"{value / thousands:.3g}{suffix}"
    return f"{value:.3g}" if size < 1000 else f"{value:.0f}"  # noqa: PLR2004 - four digits are as short as 1.23k


def time_ticks(start_s: float, end_s: float, count: int) -> tuple[list[float], int]:
    """Return at most `count` round times of UTC within a span, and the seconds between them."""
    step = next((step for step in STEPS_S if (end_s - start_s) / step <= count), None)
    if step is None:
        return [], DAY_S
    first, last = ceil(start_s / step), floor(end_s / step)
    return [float(i * step) for i in range(first, last + 1)], step


def when(at_s: float) -> datetime | None:
    """Return the instant; None for one that no calendar of ours holds."""
    try:
        return datetime.fromtimestamp(at_s, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _round_up(step: float) -> float:
    """Return the next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** floor(log10(step))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * (1 - _FLAT))
