"""The axis of time of a picture: where instants lie, and which are named. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from satark.detector.explain.words import Clock

MAX_TICKS = 12
STEPS_H = (1, 3, 6, 12, 24, 48, 96, 168, 336, 672, 1344, 2688, 8736)


@dataclass(frozen=True, slots=True)
class Axis:
    """From `start` to `end`, drawn from `left` to `left + width` in the picture's units."""

    start: datetime
    end: datetime
    left: float
    width: float

    def x(self, time: datetime) -> float:
        """Return where an instant lies; one outside lies at the nearest end."""
        length = (self.end - self.start).total_seconds() or 1.0
        share = (time - self.start).total_seconds() / length
        return round(self.left + min(max(share, 0.0), 1.0) * self.width, 1)

    def ticks(self, clock: Clock) -> Iterator[tuple[float, str]]:
        """Yield place and name of round instants, counted from the midnight before the start."""
        hours = (self.end - self.start).total_seconds() / 3600
        step = next((step for step in STEPS_H if hours / step <= MAX_TICKS), STEPS_H[-1])
        local = clock.local(self.start)
        time = local.replace(hour=0, minute=0, second=0, microsecond=0)
        while time <= self.end:
            if time >= self.start:
                yield self.x(time), _name(time, step)
            time += timedelta(hours=step)


def _name(time: datetime, step_h: int) -> str:
    midnight = (time.hour, time.minute) == (0, 0)
    return f"{time:%a %d %b}" if midnight or step_h >= STEPS_H[4] else f"{time:%H:%M}"
