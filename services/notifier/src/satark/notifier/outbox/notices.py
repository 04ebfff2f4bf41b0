"""What the outbox holds and answers: notices, why they end, and what to do next."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from satark.notifier.events import Event, incident_of
from satark.notifier.telling import PLAIN, Aside
from satark.runtime.records import Record
from satark.schemas.notifications import Outcome


class Reason(StrEnum):
    """Why a notification ended as it did."""

    ACCEPTED = "accepted"
    PERMANENT = "permanent"
    GAVE_UP = "gave_up"
    UNRENDERABLE = "unrenderable"
    NOT_TOLD_ON = "not_told_on"
    STALE = "stale"
    SUPERSEDED = "superseded"
    HISTORICAL = "historical"
    NEVER_TOLD = "never_told"
    ORPHANED = "orphaned"
    GROUPED = "grouped"
    SILENCED = "silenced"
    OVER_IN_SILENCE = "over_in_silence"
    ACKNOWLEDGED = "acknowledged"


OUTCOMES = {
    Reason.ACCEPTED: Outcome.SENT,
    Reason.PERMANENT: Outcome.FAILED,
    Reason.GAVE_UP: Outcome.FAILED,
    Reason.UNRENDERABLE: Outcome.FAILED,
    Reason.NOT_TOLD_ON: Outcome.SUPPRESSED,
    Reason.STALE: Outcome.SUPPRESSED,
    Reason.SUPERSEDED: Outcome.SUPPRESSED,
    Reason.HISTORICAL: Outcome.SUPPRESSED,
    Reason.NEVER_TOLD: Outcome.SUPPRESSED,
    Reason.ORPHANED: Outcome.FAILED,
    Reason.GROUPED: Outcome.SUPPRESSED,
    Reason.SILENCED: Outcome.SILENCED,
    Reason.OVER_IN_SILENCE: Outcome.SUPPRESSED,
    Reason.ACKNOWLEDGED: Outcome.ACKNOWLEDGED,
}

WHY = {
    Reason.NOT_TOLD_ON: "the settings do not tell of such events",
    Reason.STALE: "the incident was over long ago",
    Reason.SUPERSEDED: "a newer event of the incident came before this one was told",
    Reason.HISTORICAL: "it is about the past: its data came long after its time",
    Reason.NEVER_TOLD: "nothing of the incident was told",
    Reason.GROUPED: "it is one of a group of incidents, which is told as one",
    Reason.ORPHANED: "the beginning of the incident could not be told; replay both dead letters",
    Reason.SILENCED: "an earlier event of it waits, and will tell of this too",
    Reason.OVER_IN_SILENCE: "it was over before its silence was",
}


@dataclass(frozen=True, slots=True)
class Rules:
    """The operator's choices. Times in seconds."""

    channel: str
    receivers: tuple[str, ...]
    tell_on: frozenset[str]
    retry_after_s: tuple[float, ...]
    retry_horizon_s: float
    stale_after_s: float
    stale_settle_s: float
    group_wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Notice:
    """One event for one receiver, and the record it came in."""

    id: str
    receiver: str
    event: Event
    record: Record

    @property
    def about(self) -> tuple[str, str]:
        """The incident and the receiver: the name of its queue."""
        return incident_of(self.event), self.receiver


@dataclass(frozen=True, slots=True)
class Settled:
    """What was decided of a notice. With `is_over` False it is kept back, and waits on. `shown` is what was told of."""

    notice: Notice
    reason: Reason
    attempts: int
    detail: str
    shown: Event
    is_over: bool = True

    @property
    def outcome(self) -> Outcome:
        """Sent, failed, suppressed, silenced or acknowledged."""
        return OUTCOMES[self.reason]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a new record: the notices it now waits for, and those (of it or older ones) that are over."""

    waiting: frozenset[str]
    settled: tuple[Settled, ...] = ()


@dataclass(frozen=True, slots=True)
class Deliver:
    """Try this notice now; the mail says also what is in `aside`."""

    notice: Notice
    aside: Aside = field(default=PLAIN)


@dataclass(frozen=True, slots=True)
class Quieted:
    """What people do not want to hear of, or have seen, was due: this was decided of it. Ask again for what to do."""

    settled: tuple[Settled, ...]


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Nothing is due before."""

    time: datetime


@dataclass(slots=True)
class Entry:
    """A notice that waits. `latest` is the incident as it is by now.

    `is_held` while a silence keeps it back, `was_silenced` from then on; `is_finished` when the incident is over.
    """

    notice: Notice
    accepted_at: datetime
    due: datetime
    stale: bool
    latest: Event
    was_silenced: bool = False
    attempts: int = 0
    in_flight: bool = False
    is_held: bool = False
    is_finished: bool = False
    silenced_by: str = ""

    @property
    def is_late(self) -> bool:
        """True when it is told after a silence, and so as the incident is by now."""
        return self.was_silenced and not self.is_finished

    @property
    def shown(self) -> Event:
        """The event that its mail shows."""
        return self.latest if self.is_late else self.notice.event

    def why(self, reason: Reason) -> str:
        """Return what an outcome says of a reason that is a silence's doing."""
        return f"{self.silenced_by}; {WHY[reason]}" if self.silenced_by else WHY[reason]

    def settled(self, reason: Reason, detail: str, *, is_over: bool = True) -> Settled:
        """Return what was decided of it."""
        return Settled(self.notice, reason, self.attempts, detail, self.shown, is_over)
