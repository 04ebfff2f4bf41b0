"""The latest word on each of the latest incidents. Pure."""

from collections import OrderedDict
from collections.abc import Iterator

import msgspec


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader of incidents filters by, in any of their events."""

    incident: str
    entity: str
    kind: str = ""
    severity: str = ""
    event: str = ""


_words = msgspec.json.Decoder(Word)


def word_of(event: bytes) -> Word:
    """Return who an event of an incident is about. Raises `msgspec.DecodeError`."""
    return _words.decode(event)


class Kept:
    """Events as they are on Kafka, the latest of each incident; of too many incidents the longest silent are forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._events: OrderedDict[str, bytes] = OrderedDict()

    def __iter__(self) -> Iterator[str]:
        """Yield the incidents, the longest silent one first."""
        return iter(tuple(self._events))

    def __len__(self) -> int:
        return len(self._events)

    def get(self, incident: str) -> bytes | None:
        """Return the latest event of an incident, None if it is not known any more."""
        return self._events.get(incident)

    def put(self, incident: str, event: bytes) -> None:
        """Take in an event."""
        self._events[incident] = event
        self._events.move_to_end(incident)
        if len(self._events) > self._most:
            self._events.popitem(last=False)
