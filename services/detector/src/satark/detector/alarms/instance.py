"""An alarm that is set, what the detector remembers of it, and the events of its life.

Source: analytics specification, 2.5, 4.3 and 4.4. The token of the original holds an address that its server calls;
here it is an opaque id (target).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from satark.detector.alarms.matches import AlarmRules
from satark.schemas.identifiers import identifier

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Alarm(Struct, frozen=True, kw_only=True):
    """An alarm as it is shown."""

    type: Annotated[str, Meta(description="Parent and name of the rule, joined by a colon.")]
    severity: Annotated[int, Meta(description="0 critical, 1 major, 2 minor.", ge=0, le=2)]
    timestamp: Annotated[int, Meta(description="Microseconds since 1970 of the setting or of the last real change.")]
    token: Annotated[str, Meta(description="Names this view of the alarm: who acknowledges has seen it.")]
    ack: Annotated[bool, Meta(description="Acknowledged since the last change.")] = False
    description: str = ""
    alarm_rules: AlarmRules


class Phase(StrEnum):
    """Where in its life an alarm is. It is shown while active or clearing."""

    IDLE = "idle"
    SOAKING = "soaking"
    ACTIVE = "active"
    CLEARING = "clearing"


class AlarmState(Struct, frozen=True, array_like=True):
    """What is remembered of one rule and one object. Times are microseconds since 1970.

    `since` is the beginning of the phase, `began` when the conditions began to hold, `sequence` that of the last event,
    `sets` the recent beginnings (for flap detection), `matched` the details to show once it is set.
    """

    phase: Phase = Phase.IDLE
    since: int = 0
    began: int = 0
    sequence: int = -1
    sets: tuple[int, ...] = ()
    matched: AlarmRules | None = None
    alarm: Alarm | None = None


class Change(StrEnum):
    """What happened to an alarm, in the words of the incident events."""

    OPENED = "opened"
    UPDATED = "updated"
    RESOLVED = "resolved"


class Reason(StrEnum):
    """Why."""

    CONDITIONS_HOLD = "conditions_hold"
    FLAPPING = "flapping"
    DETAILS_CHANGED = "details_changed"
    RULE_CHANGED = "rule_changed"
    ACKNOWLEDGED = "acknowledged"
    CONDITIONS_OVER = "conditions_over"
    RULE_REMOVED = "rule_removed"
    RULE_DISABLED = "rule_disabled"
    OUT_OF_SCOPE = "out_of_scope"
    OBJECT_GONE = "object_gone"


@dataclass(frozen=True, slots=True)
class AlarmEvent:
    """An event to publish. `key` is the object's; `sequence` is 0 for opened, then counts up.

    `began` and `ended` say since when the conditions held, and when they were over; `time` when that was decided.
    """

    change: Change
    reason: Reason
    key: str
    alarm: Alarm
    sequence: int
    began: datetime
    time: datetime
    ended: datetime | None = None


def token_of(key: str, alarm_type: str, timestamp: int, sequence: int) -> str:
    """Return the token of one view of an alarm: another after every change, even if the clock stands still."""
    return identifier("alarm", key, alarm_type, str(timestamp), str(sequence))


def micros(time: datetime) -> int:
    """Return an aware time as microseconds since 1970."""
    return (time - _EPOCH) // _MICROSECOND


def moment(us: int) -> datetime:
    """Return microseconds since 1970 as a time."""
    return _EPOCH + us * _MICROSECOND
