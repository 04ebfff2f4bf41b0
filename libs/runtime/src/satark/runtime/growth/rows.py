"""Which rows of the detectors' state belong elsewhere when there are more partitions. Pure.

The new number is a multiple of the old one, so a key stays where it is or goes to a partition that is new.
"""

from collections.abc import Callable, Iterator

import msgspec

from satark.runtime.records import OutgoingRecord, Record
from satark.schemas.topics import DETECTOR_CHANGELOG, UVE_CHANGELOG

SOURCE, COUNTERS = "source", "counters"
THROUGH = 3
"""Where a counter's row has the greatest offset heard (`satark.uve.counters`)."""

Place = Callable[[bytes, int], int]
"""The partition of a key among so many."""

_keys = msgspec.json.Decoder(tuple[str, ...])
_sessions = msgspec.json.Decoder(int)
_counters = msgspec.json.Decoder(dict[str, dict[str, list[msgspec.Raw]]])
_encoder = msgspec.json.Encoder()


class Moves:
    """What of one changelog moves. Rows are taken in the order of each partition; the last of a key counts.

    `strangers` counts rows that lie where no key of theirs is put: somebody places keys by another rule, and nobody knows
    where they go from now on.
    """

    def __init__(self, topic: str, before: int, after: int, place: Place) -> None:
        self._topic = topic
        self._before = before
        self._after = after
        self._place = place
        self._rows: dict[bytes, tuple[int, int, bytes]] = {}
        self._sessions: dict[bytes, int] = {}
        self._strange: set[bytes] = set()

    @property
    def count(self) -> int:
        """How many rows move."""
        return len(self._rows)

    @property
    def strangers(self) -> int:
        """How many rows stay because their new place is not known."""
        return len(self._strange)

    def take(self, record: Record) -> None:
        """Take in a row. One of a new partition was brought there before, when this was interrupted."""
        if record.key is None or record.partition >= self._before:
            return
        name = self._name(record.key)
        if name is None:
            self._hear(record.key, record.value)
            return
        at = self._place(name, self._after)
        if at == record.partition:
            return
        if at % self._before != record.partition:
            self._strange.add(record.key)
        elif record.value is None:
            self._rows.pop(record.key, None)
        else:
            self._rows[record.key] = (record.partition, at, record.value)

    def copies(self) -> Iterator[OutgoingRecord]:
        """Yield the rows for the new partitions, and what each of these must know of sessions that are over."""
        for number in range(self._before, self._after):
            for key, through in self._sessions.items():
                yield OutgoingRecord(self._topic, key, _encoder.encode(through), (), number)
        for key, (_, at, value) in self._rows.items():
            yield OutgoingRecord(self._topic, key, self._carried(key, value), (), at)

    def removals(self) -> Iterator[OutgoingRecord]:
        """Yield what takes the rows away from where they were."""
        for key, (origin, _, _) in self._rows.items():
            yield OutgoingRecord(self._topic, key, None, (), origin)

    def _name(self, key: bytes) -> bytes | None:
        """Return the key of the records that a row comes from, None where it belongs into every partition."""
        if self._topic == DETECTOR_CHANGELOG:
            return key
        try:
            kind, name, *_ = _keys.decode(key)
        except (msgspec.DecodeError, ValueError):
            return key
        return None if kind == SOURCE else name.encode()

    def _hear(self, key: bytes, value: bytes | None) -> None:
        if value is not None:
            self._sessions[key] = max(_sessions.decode(value), self._sessions.get(key, 0))

    def _carried(self, key: bytes, value: bytes) -> bytes:
        """Return a row as it begins in another partition, whose offsets say nothing of those that a counter has heard."""
        if self._topic != UVE_CHANGELOG or _kind(key) != COUNTERS:
            return value
        structs = _counters.decode(value)
        for counter in (each for attributes in structs.values() for each in attributes.values()):
            if len(counter) > THROUGH:
                counter[THROUGH] = msgspec.Raw(b"-1")
        return _encoder.encode(structs)


def _kind(key: bytes) -> str:
    try:
        return _keys.decode(key)[0]
    except (msgspec.DecodeError, IndexError):
        return ""
