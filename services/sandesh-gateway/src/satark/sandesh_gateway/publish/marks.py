"""How much may wait for Kafka: what is dropped, and when a socket is no longer read (sandesh.md 6.8). Pure."""

from dataclasses import dataclass

from satark.sandesh.types import Level

NO_LEVEL = Level.INVALID + 1
"""Nothing is dropped, not even logs whose level is not said, which counts as the least grave."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The bound of one generator's pending bytes, and what happens on the way to it.

    From a quarter of it debug logs are dropped, from a half errors and less, from three quarters all logs; at the bound
    the socket is no longer read, until half of it is gone. State, traces and answers are never dropped by level.
    """

    bound_bytes: int

    def drop_level(self, pending_bytes: int, level: int) -> int:
        """The level from which logs are dropped; a stricter one is left only well below the mark that set it."""
        rising = self._level(pending_bytes)
        return rising if rising < level else max(level, self._level(pending_bytes + self.bound_bytes // 8))

    def pauses(self, pending_bytes: int) -> bool:
        """Whether nothing more is read."""
        return pending_bytes >= self.bound_bytes

    def resumes(self, pending_bytes: int) -> bool:
        """Whether reading goes on after a pause."""
        return pending_bytes <= self.bound_bytes // 2

    def _level(self, pending_bytes: int) -> int:
        if pending_bytes >= self.bound_bytes * 3 // 4:
            return Level.SYS_EMERG
        if pending_bytes >= self.bound_bytes // 2:
            return Level.SYS_ERR
        if pending_bytes >= self.bound_bytes // 4:
            return Level.SYS_DEBUG
        return NO_LEVEL
