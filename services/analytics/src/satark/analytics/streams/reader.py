"""One reader's place in a stream: the opening, a dump of what there is, then what happens. Pure.

Between the look at an object for the dump and what happened until then nothing may come, or the reader would see it go
back in time. So a piece of the dump is only made when everything that happened has been told; what happens to an object
that is still to be dumped is passed over, for the dump will have it.
"""

from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

import msgspec

from satark.analytics.streams import events
from satark.analytics.streams.ring import Ring

PIECE_BYTES = 65_536
PIECE_KEYS = 256
PIECE_ENTRIES = 1_000
MAX_DIGITS = 18

T = TypeVar("T")


class Source(Protocol[T]):
    """What a stream is of, as one reader wants it."""

    @property
    def ring(self) -> Ring[T]:
        """What happened last."""
        ...

    @property
    def is_ready(self) -> bool:
        """Whether there is something to be dumped yet."""
        ...

    def keys(self) -> Iterable[str]:
        """Return the keys of all that is wanted."""
        ...

    def key_of(self, entry: T) -> str:
        """Return the key of what an entry is about."""
        ...

    def dumped(self, key: str) -> Iterable[T]:
        """Return what tells all of something, nothing if it is gone."""
        ...

    def data(self, entry: T) -> bytes | None:
        """Return the data of an entry's event, None if it is not wanted."""
        ...


class Reader(Generic[T]):
    """Gives a stream piece by piece. `ended` says that no more will come, `dropped` that the reader was too slow.

    `last_id` is that of the last event that the reader has of an earlier stream. With `detailed` the first event says
    what became of it; without, its data are `null`, as in the original.
    """

    def __init__(self, source: Source[T], *, epoch: str, last_id: str = "", detailed: bool = False) -> None:
        self._source = source
        self._epoch = epoch
        self._left: dict[str, None] | None = None
        place, lost = _resumed(last_id, epoch, source.ring)
        self._is_dumped = place is not None
        self._place = source.ring.next if place is None else place
        self._opening = _opening(lost, resumed=place is not None, detailed=detailed)
        self.ended = False
        self.dropped = False

    @property
    def id(self) -> str:
        """The id of all that has been told, none before the end of the dump."""
        return f"{self._epoch}-{self._place}" if self._is_dumped else ""

    def take(self) -> bytes | None:
        """Return the next piece, perhaps an empty one; None when there is nothing more to tell for now."""
        if self.ended:
            return None
        if self._opening:
            opening, self._opening = self._opening, b""
            return opening
        if self._place < self._source.ring.first:
            self.dropped = True
            return self.stop()
        if self._place < self._source.ring.next:
            return self._changes()
        return None if self._is_dumped or not self._source.is_ready else self._dump()

    def stop(self) -> bytes:
        """End the stream; return its last event."""
        self.ended = True
        return events.event(events.STOP, b"null")

    def heartbeat(self) -> bytes:
        """Return what shows that the stream is alive."""
        return events.heartbeat(self.id)

    def _changes(self) -> bytes:
        piece = bytearray()
        ring = self._source.ring
        until = min(ring.next, self._place + PIECE_ENTRIES)
        while self._place < until and len(piece) < PIECE_BYTES:
            entry = ring[self._place]
            self._place += 1
            if self._is_dumped or not self._is_to_come(entry):
                piece += self._event(entry)
        return bytes(piece)

    def _dump(self) -> bytes:
        if self._left is None:
            self._left = dict.fromkeys(self._source.keys())
        piece = bytearray()
        for key in [key for key, _ in zip(self._left, range(PIECE_KEYS), strict=False)]:
            if len(piece) >= PIECE_BYTES:
                return bytes(piece)
            del self._left[key]
            for entry in self._source.dumped(key):
                piece += self._event(entry)
        if not self._left:
            self._left, self._is_dumped = None, True
            piece += events.event(events.END_OF_DUMP, b"null", self.id)
        return bytes(piece)

    def _is_to_come(self, entry: T) -> bool:
        """Whether the dump will have it. Before it has begun it will have all."""
        return self._left is None or self._source.key_of(entry) in self._left

    def _event(self, entry: T) -> bytes:
        data = self._source.data(entry)
        return b"" if data is None else events.event(events.UPDATE, data, self.id)


def _resumed(last_id: str, epoch: str, ring: Ring[T]) -> tuple[int | None, str]:
    """Return the place behind an id, or none and why."""
    if not last_id:
        return None, ""
    named, _, number = last_id.rpartition("-")
    if named != epoch or not (number.isascii() and number.isdigit() and len(number) <= MAX_DIGITS):
        return None, "unknown"
    place = int(number)
    if place < ring.first:
        return None, "too_old"
    return (None, "unknown") if place > ring.next else (place, "")


def _opening(lost: str, *, resumed: bool, detailed: bool) -> bytes:
    name = events.RESUMED if resumed else events.INIT
    if detailed:
        return events.event(name, msgspec.json.encode({"resumed": resumed, **({"lost": lost} if lost else {})}))
    told = f": the id is {lost.replace('_', ' ')}: all comes anew\n".encode() if lost else b""
    return told + events.event(name, b"null")
