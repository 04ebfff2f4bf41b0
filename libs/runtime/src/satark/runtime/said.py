"""What people said of incidents: the latest acknowledgement of each, and every silence, in memory. Pure.

Both topics are compacted and small. What is over is forgotten first when there is too much.
"""

from collections import OrderedDict
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from satark.runtime.records import Record
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.codec import UndecodableEventError, decode
from satark.schemas.silences import Silence
from satark.schemas.topics import ACKNOWLEDGEMENTS, SILENCES

TOPICS = (ACKNOWLEDGEMENTS, SILENCES)
MOST = 100_000
"""Of each kind."""


class Timed(Protocol):
    """An event: it has a time."""

    @property
    def time(self) -> datetime:
        """When it was said."""
        ...


E = TypeVar("E", bound=Timed)


class Latest(Generic[E]):
    """The latest event by key; of too many the one that was said longest ago is forgotten."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._events: OrderedDict[str, E] = OrderedDict()

    def __len__(self) -> int:
        return len(self._events)

    def get(self, key: str) -> E | None:
        """Return the latest event of a key."""
        return self._events.get(key)

    def put(self, key: str, event: E) -> None:
        """Take in an event, unless a later one is known already."""
        known = self._events.get(key)
        if known is not None and known.time > event.time:
            return
        self._events[key] = event
        self._events.move_to_end(key)
        if len(self._events) > self._most:
            self._events.popitem(last=False)

    def remove(self, key: str) -> None:
        """Forget a key."""
        self._events.pop(key, None)

    def every(self) -> list[E]:
        """Return all events."""
        return list(self._events.values())


class Said:
    """Acknowledgements by incident and silences by their id. `unreadable` counts records that are no events."""

    def __init__(self, most: int = MOST) -> None:
        self.acknowledgements: Latest[Acknowledgement] = Latest(most)
        self.silences: Latest[Silence] = Latest(most)
        self.unreadable = 0

    def apply(self, record: Record) -> None:
        """Take in a record of one of the topics."""
        if record.value is None:
            kept = self.silences if record.topic == SILENCES else self.acknowledgements
            kept.remove((record.key or b"").decode(errors="replace"))
            return
        try:
            self.take(decode(record.topic, record.value, record.headers))
        except UndecodableEventError:
            self.unreadable += 1

    def take(self, event: Acknowledgement | Silence) -> None:
        """Take in an event: also our own, before it comes back from Kafka."""
        match event:
            case Acknowledgement():
                self.acknowledgements.put(event.incident, event)
            case Silence():
                self.silences.put(event.silence, event)

    def silences_of(self, subject: dict[str, str], at: datetime) -> list[Silence]:
        """Return the silences that cover a subject at a time."""
        return [silence for silence in self.silences.every() if silence.covers(subject, at)]

    def silences_between(self, subject: dict[str, str], start: datetime, end: datetime) -> list[Silence]:
        """Return the silences that cover a subject at any time from `start` to `end`, both included, the oldest first."""
        held = (
            one for one in self.silences.every() if one.starts <= end and start < one.ends and one.starts < one.ends
        )
        found = (one for one in held if one.covers(subject, max(one.starts, start)))
        return sorted(found, key=lambda one: (one.starts, one.silence))
