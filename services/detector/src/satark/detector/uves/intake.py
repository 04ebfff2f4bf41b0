"""Records as what they tell of objects and alarms, or why they cannot be used. Pure."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec

from satark.runtime.records import Record
from satark.schemas import codec, topics
from satark.schemas.alarms import AlarmAcknowledged
from satark.schemas.codec import MAX_VALUE_BYTES, UndecodableEventError
from satark.uve.told import Told, Withdrawal
from satark.uve.told import decode as decode_told

Event: TypeAlias = Told | Withdrawal | AlarmAcknowledged


def event_of(record: Record) -> Event:
    """Return the event of a record. Raises UndecodableEventError."""
    event = _READERS[record.topic](record)
    key = event.generator if isinstance(event, Withdrawal) else event.entity
    if record.key != key.encode():
        raise UndecodableEventError("wrong_key", f"the key is {record.key!r}, not {key!r}")
    if not isinstance(event, Withdrawal) and not all(event.entity.partition(":")[::2]):
        raise UndecodableEventError("no_table", f"{event.entity!r} is not a table and a name")
    return event


def _told(record: Record) -> Told | Withdrawal:
    value = record.value
    if not value:
        raise UndecodableEventError("empty", "a share has no value")
    if len(value) > MAX_VALUE_BYTES:
        raise UndecodableEventError("too_large", f"{len(value)} bytes are over the limit of {MAX_VALUE_BYTES}")
    try:
        return decode_told(value)
    except msgspec.ValidationError as error:
        raise UndecodableEventError("invalid", str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UndecodableEventError("not_json", str(error)) from error


def _command(record: Record) -> AlarmAcknowledged:
    event: AlarmAcknowledged = codec.decode(record.topic, record.value, record.headers)
    return event


_READERS: Mapping[str, Callable[[Record], Event]] = {topics.UVES: _told, topics.ALARM_COMMANDS: _command}
