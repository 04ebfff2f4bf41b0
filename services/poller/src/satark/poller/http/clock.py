"""The orchestrator's clock, learnt from the `Date` of its answers: it decides what is complete, not ours. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

DATE_RESOLUTION_S = 1.0


@dataclass(slots=True)
class ServerClock:
    """How far the orchestrator's clock is from ours, as of its latest answer that told the time."""

    offset: timedelta = timedelta()
    known: bool = False

    def observe(self, server: datetime | None, local: datetime) -> None:
        """Learn from an answer that came at `local`; one without a time teaches nothing."""
        if server is not None:
            self.offset = server - local
            self.known = True

    def now(self, local: datetime) -> datetime:
        """Return the orchestrator's time; ours as long as it never told one."""
        return local + self.offset

    @property
    def skew_s(self) -> float:
        """Seconds that the orchestrator is ahead of us; what `Date` cannot resolve counts as none."""
        seconds = self.offset.total_seconds()
        return 0.0 if abs(seconds) <= DATE_RESOLUTION_S else seconds
