"""How long an orchestrator needs until a sample is complete, learnt from when it was not. Pure.

The vendor says ten minutes; a busy one takes longer. Too small a delay costs calls that find nothing, too large a one
costs minutes of every alarm. So it rises at once to what was seen, and falls slowly while nothing is late.
"""

from dataclasses import dataclass, field

MARGIN_S = 60.0
FALL_SHARE = 0.25
"""This share of the excess over the least is taken off, and at least `FALL_S`."""

FALL_S = 30.0
FALL_AFTER = 12
"""So many complete windows in a row (an hour of five-minute samples) before less delay is tried."""

COMPLETE_SHARE = 0.1
"""With fewer of the expected links than this, a window counts as late as a whole; else single links are late."""


@dataclass(slots=True)
class Delay:
    """The learnt delay, in seconds, between `least_s` and `most_s`."""

    least_s: float
    most_s: float
    seconds: float = field(init=False)
    calm: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Begin with the least."""
        self.seconds = self.least_s

    def late(self, age_s: float) -> None:
        """A window was not complete so many seconds after its end."""
        self.calm = 0
        self.seconds = min(self.most_s, max(self.seconds, age_s + MARGIN_S))

    def complete(self) -> None:
        """A window was complete when it was first looked at."""
        self.calm += 1
        if self.calm >= FALL_AFTER:
            self.calm = 0
            step_s = max(FALL_S, FALL_SHARE * (self.seconds - self.least_s))
            self.seconds = max(self.least_s, self.seconds - step_s)


def is_late(expected: int, found: int) -> bool:
    """Return whether a window in which so many of the expected links have values is not there yet as a whole."""
    return expected > 0 and found < COMPLETE_SHARE * expected
