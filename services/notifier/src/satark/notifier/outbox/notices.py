"""What the outbox holds and answers: notices, why they end, and what to do next."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from satark.notifier.events import RESOLVED, Event, incident_of, state_of
from satark.notifier.routing.model import Policy, Target
from satark.notifier.telling import PLAIN, Aside, Occasion, Telling
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
    MUTED = "muted"
    INHIBITED = "inhibited"
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
    Reason.MUTED: Outcome.SILENCED,
    Reason.INHIBITED: Outcome.SILENCED,
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

KEEPERS = {
    Reason.SILENCED: "a silence",
    Reason.MUTED: "mute times",
    Reason.INHIBITED: "another incident that explains it",
}
"""What keeps a notice back, in a mail's words."""

FOLLOW_UPS = frozenset({Occasion.REMINDER, Occasion.ESCALATION})
"""What no record brings, but the time that an incident lasts."""

LONG_AGO = datetime.min.replace(tzinfo=UTC)

About = tuple[str, str, str]
"""An incident, and the channel and name of a target: what has a queue of its own."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The operator's choices for all targets. Times in seconds.

    More than `digest_above` notices that wait for one target become one digest. A target gets `burst` messages at
    once and `per_hour` in the long run; what is beyond waits, and then is a digest too. A target that has refused for
    `fallback_after_s` has its receiver's fallback told.
    """

    retry_after_s: tuple[float, ...]
    retry_horizon_s: float
    stale_after_s: float
    stale_settle_s: float
    fallback_after_s: float = 900.0
    digest_above: int = 5
    burst: int = 10
    per_hour: float = 30.0


@dataclass(frozen=True, slots=True)
class Notice:
    """One event for one target, and the record it came in, if it is not of our own making (a reminder, an escalation)."""

    id: str
    target: Target
    policy: Policy
    event: Event
    record: Record | None
    aside: Aside = PLAIN

    @property
    def about(self) -> About:
        """The incident and the target: the name of its queue."""
        return incident_of(self.event), *self.target.key

    @property
    def published_at(self) -> datetime:
        """When its record was written."""
        return self.record.timestamp if self.record else LONG_AGO


@dataclass(frozen=True, slots=True)
class Settled:
    """What was decided of a notice. With `is_over` False it is kept back, and waits on. `shown` is what was told of.

    `message_id` and `thread` are those of the message that told of it, the thread only if it was a digest's.
    """

    notice: Notice
    reason: Reason
    attempts: int
    detail: str
    shown: Event
    is_over: bool = True
    message_id: str | None = None
    thread: str | None = None

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
class Concluded:
    """What became of a message: the notices that are over, and those that a fallback is told of instead.

    Their records wait for the latter as well.
    """

    settled: tuple[Settled, ...] = ()
    instead: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Deliver:
    """Try this message now."""

    telling: Telling


@dataclass(frozen=True, slots=True)
class Quieted:
    """What people do not want to hear of, or have seen, was due: this was decided of it. Ask again for what to do."""

    settled: tuple[Settled, ...]


@dataclass(frozen=True, slots=True)
class FallBack:
    """Receivers have refused for too long: this is told instead, and their notices go on waiting. Ask again for what to do."""

    instead: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Nothing is due before."""

    time: datetime


@dataclass(slots=True)
class Entry:
    """A notice that waits. `latest` is the incident as it is by now.

    `is_held` while something keeps it back, `was_kept` from then on by `keeper`; `is_finished` when the incident is
    over; `is_news` if it is no beginning, but the first that the target hears; `was_paced` once its target had had its
    share, so that it waits for more to go with it. `together` are the ids that were tried in one message: they are
    tried again in one, which so has the same id. `turn` is the number of its latest plan (`turns`), 0 without one.
    `source` is the incident that explains it, while that keeps it back.
    """

    notice: Notice
    accepted_at: datetime
    due: datetime
    stale: bool
    latest: Event
    was_kept: bool = False
    attempts: int = 0
    in_flight: bool = False
    is_held: bool = False
    is_finished: bool = False
    has_fallen_back: bool = False
    is_news: bool = False
    was_paced: bool = False
    keeper: Reason = Reason.SILENCED
    kept_by: str = ""
    together: frozenset[str] = frozenset()
    turn: int = 0
    source: str = ""

    @property
    def is_late(self) -> bool:
        """True when it is told after it was kept back, and so as the incident is by now."""
        return self.was_kept and not self.is_finished and state_of(self.notice.event) != RESOLVED

    @property
    def shown(self) -> Event:
        """The event that its message shows."""
        return self.latest if self.is_late else self.notice.event

    def why(self, reason: Reason) -> str:
        """Return what an outcome says of a reason that is a keeper's doing."""
        return f"{self.kept_by}; {WHY[reason]}" if self.kept_by else WHY[reason]

    def settled(self, reason: Reason, detail: str, *, is_over: bool = True) -> Settled:
        """Return what was decided of it."""
        return Settled(self.notice, reason, self.attempts, detail, self.shown, is_over)
