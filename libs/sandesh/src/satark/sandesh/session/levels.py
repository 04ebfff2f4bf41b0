"""How full a send queue is, as the level from which logs are dropped (clause 4.7)."""

from collections.abc import Sequence
from dataclasses import dataclass

from satark.sandesh.types import Level, SandeshType

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Mark:
    """At so many bytes the sending level becomes `level`."""

    size_bytes: int
    level: int


HIGH_MARKS = (
    Mark(1 * MIB, Level.SYS_DEBUG),
    Mark(20 * MIB, Level.SYS_ERR),
    Mark(30 * MIB, Level.SYS_EMERG),
    Mark(50 * MIB, Level.SYS_UVE),
)
"""Reached from below; in ascending order."""
LOW_MARKS = (
    Mark(2 * 1024, Level.INVALID),
    Mark(15 * MIB, Level.SYS_DEBUG),
    Mark(25 * MIB, Level.SYS_ERR),
    Mark(35 * MIB, Level.SYS_EMERG),
)
"""Reached from above; in ascending order."""

FILTERED = frozenset((SandeshType.SYSTEM, SandeshType.OBJECT, SandeshType.FLOW, SandeshType.SESSION))
"""Types that are dropped by level; the others are state, or were asked for."""


def level_when_fuller(level: int, before_bytes: int, after_bytes: int, marks: Sequence[Mark] = HIGH_MARKS) -> int:
    """The sending level after growth: the strictest mark that was crossed, never a laxer one than before."""
    crossed = [mark.level for mark in marks if before_bytes < mark.size_bytes <= after_bytes]
    return min([level, *crossed])


def level_when_emptier(level: int, before_bytes: int, after_bytes: int, marks: Sequence[Mark] = LOW_MARKS) -> int:
    """The sending level after shrinking: the laxest mark that was crossed, never a stricter one than before."""
    crossed = [mark.level for mark in marks if after_bytes <= mark.size_bytes < before_bytes]
    return max([level, *crossed])


@dataclass(frozen=True, slots=True)
class CloseSpacing:
    """When a session may be closed because UVEs do not fit: not twice within `interval_s`, which grows with need."""

    interval_s: float = 10.0
    last_s: float | None = None
    first_interval_s: float = 10.0
    longest_interval_s: float = 60.0

    def allows(self, now_s: float) -> bool:
        """Whether the last close is long enough ago."""
        return self.last_s is None or now_s - self.last_s >= self.interval_s

    def closed(self, now_s: float) -> "CloseSpacing":
        """After a close: soon after the interval it doubles, within four times it stays, later it begins anew."""
        interval_s = self.interval_s
        if self.last_s is not None:
            since_s = now_s - self.last_s
            if since_s < 2 * interval_s:
                interval_s = min(2 * interval_s, self.longest_interval_s)
            elif since_s >= 4 * interval_s:
                interval_s = self.first_interval_s
        return CloseSpacing(interval_s, now_s, self.first_interval_s, self.longest_interval_s)
