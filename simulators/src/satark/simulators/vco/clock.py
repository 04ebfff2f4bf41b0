"""The virtual clock: starts in the past, runs faster, and never runs ahead of real time.

    virtual = min(start + rate * (real - started), real)

so hours pass in seconds, and a simulator left alone ends up in the present. A frozen clock stands still at any time a
test likes, the future included. Values only: every change gives a new clock, the real time is an argument.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class VirtualClock:
    """A clock that showed `start` when real time was `started`; frozen clocks ignore real time."""

    start: datetime
    started: datetime
    rate: float = 1.0
    frozen: bool = False

    def __post_init__(self) -> None:
        if self.rate <= 0:
            raise ValueError(f"the rate of a clock is positive, not {self.rate}")

    @classmethod
    def frozen_at(cls, when: datetime) -> "VirtualClock":
        """Return a clock that stands still."""
        return cls(start=when, started=when, frozen=True)

    def now(self, real_now: datetime) -> datetime:
        """Return the virtual time."""
        if self.frozen:
            return self.start
        return min(self.start + self.rate * (real_now - self.started), real_now)

    def set(self, when: datetime) -> "VirtualClock":
        """Return this clock frozen at a time."""
        return replace(self, start=when, frozen=True)

    def advance(self, seconds: float, real_now: datetime) -> "VirtualClock":
        """Return this clock moved on; a running one does not get ahead of real time."""
        moved = self.now(real_now) + timedelta(seconds=seconds)
        return replace(self, start=moved, started=real_now)

    def run(self, rate: float, real_now: datetime) -> "VirtualClock":
        """Return this clock running from its present time at another rate.

        Raises ValueError when the rate is not positive.
        """
        return replace(self, start=self.now(real_now), started=real_now, rate=rate, frozen=False)
