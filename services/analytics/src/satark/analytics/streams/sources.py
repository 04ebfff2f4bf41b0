"""What streams are of: objects, with their alarms, and incidents. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from satark.analytics.mirror.kept import Word, word_of
from satark.analytics.mirror.mirror import Mirror
from satark.analytics.streams.ring import Ring
from satark.analytics.streams.updates import Update, only, updates
from satark.analytics.streams.wants import Wants, WantsIncidents
from satark.analytics.uves.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Objects:
    """The structs of objects as they are wanted."""

    ring: Ring[Update]
    mirror: Mirror
    tokens: Tokens
    wants: Wants

    @property
    def is_ready(self) -> bool:
        """Whether all objects are known."""
        return self.mirror.ready

    def keys(self) -> Iterator[str]:
        """Yield the keys of all objects that are wanted."""
        return (key for key in self.mirror.keys() if self.wants.has_entity(key))  # noqa: SIM118 - it is no dictionary

    def key_of(self, entry: Update) -> str:
        """Return the object's key."""
        return entry.entity

    def dumped(self, key: str) -> Sequence[Update]:
        """Return all structs of an object."""
        held = self.mirror.get(key)
        return [] if held is None else updates(key, None, held.state, self.tokens)

    def data(self, entry: Update) -> bytes | None:
        """Return an update as the original tells it, None if it is not wanted."""
        filters = self.wants.content
        if not self.wants.has_entity(entry.entity):
            return None
        key = b'{"key": ' + msgspec.json.encode(entry.entity)
        if entry.struct is None:
            return key + b', "type": null}' if any(filters.wants_struct(struct) for struct in entry.had) else None
        if not filters.wants_struct(entry.struct):
            return None
        value = entry.value
        wanted = None if filters.content is None else filters.content.get(entry.struct)
        if value is not None and wanted:
            value = only(value, wanted)
        told = b"null" if value is None else value
        return key + b', "type": ' + msgspec.json.encode(entry.struct) + b', "value": ' + told + b"}"


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of an incident."""

    word: Word
    event: bytes

    @property
    def size_bytes(self) -> int:
        """What it takes in a ring, about."""
        return 600 + len(self.event)


@dataclass(frozen=True, slots=True)
class Incidents:
    """The events of incidents that are wanted; the dump has the latest of each."""

    ring: Ring[Happening]
    mirror: Mirror
    wants: WantsIncidents

    @property
    def is_ready(self) -> bool:
        """Whether all incidents are known."""
        return self.mirror.ready

    def keys(self) -> Iterable[str]:
        """Return the incidents, the longest silent one first."""
        return self.mirror.incidents

    def key_of(self, entry: Happening) -> str:
        """Return the incident."""
        return entry.word.incident

    def dumped(self, key: str) -> Sequence[Happening]:
        """Return the latest event of an incident."""
        event = self.mirror.incidents.get(key)
        return [] if event is None else [Happening(word_of(event), event)]

    def data(self, entry: Happening) -> bytes | None:
        """Return the event as it is on Kafka, None if it is not wanted."""
        return entry.event if self.wants.has(entry.word) else None
