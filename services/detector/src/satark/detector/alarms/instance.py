"""The events of an alarm's life, and the names and times in them.

Source: analytics specification, 2.5, 4.3 and 4.4. What is remembered of an alarm is `satark.uve.alarms`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from satark.schemas.identifiers import identifier
from satark.uve.alarms import Alarm

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


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
