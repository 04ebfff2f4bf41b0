"""Records until there are enough to insert: a part for each partition, with its bounds and its rows. Pure.

A range that is repeated ends exactly where it ended before; what comes behind it is a part of its own.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from satark.analytics.ingest.mapping.origin import Origin, microseconds
from satark.analytics.ingest.mapping.rows import Rows
from satark.analytics.ingest.ranges import Position, Range, Standing
from satark.runtime.records import OutgoingRecord, Record


@dataclass(slots=True)
class Part:
    """Records of a partition that are inserted together. `repeats` is the range that was begun before, if it was."""

    first: int
    last: int
    stamp: int
    position: Position
    repeats: Range | None = None
    rows: Rows = field(default_factory=Rows)
    letters: list[OutgoingRecord] = field(default_factory=list)
    newest: float = 0.0

    @property
    def range(self) -> Range:
        """The bounds that were noted, or are to be."""
        return self.repeats or Range(*self.position, self.first, self.last, self.stamp)


class Gathering:
    """Parts that are filled. Limits are soft: one record may go beyond them."""

    def __init__(self, *, most_rows: int, most_bytes: int, wait_s: float) -> None:
        self._most_rows = most_rows
        self._most_bytes = most_bytes
        self._wait_s = wait_s
        self._filling: dict[Position, Part] = {}
        self._closed: list[Part] = []
        self._expected: dict[Position, int] = {}
        self._repeats: dict[Position, deque[Range]] = {}
        self._bytes = 0
        self._rows = 0
        self._since: float | None = None

    def expect(self, standings: Mapping[Position, Standing]) -> None:
        """Forget everything and begin at these standings."""
        self.__init__(most_rows=self._most_rows, most_bytes=self._most_bytes, wait_s=self._wait_s)  # type: ignore[misc]
        for position, standing in standings.items():
            if standing.start is not None:
                self._expected[position] = standing.start
            self._repeats[position] = deque(standing.open)

    def begins_anew(self, record: Record) -> bool:
        """Return whether a record comes before what was expected: its topic was made anew, with offsets from zero."""
        return record.offset < self.expected(record)

    def expected(self, record: Record) -> int:
        """Return the offset that comes next in a record's partition."""
        return self._expected.get((record.topic, record.partition), 0)

    def part_for(self, record: Record) -> Part:
        """Return the part that a record belongs to, now reaching up to it."""
        position = (record.topic, record.partition)
        self._expected[position] = record.offset + 1
        part = self._filling.get(position)
        if part is not None and part.repeats is not None and record.offset > part.repeats.last:
            self._close(position)
            part = None
        if part is None:
            part = self._filling[position] = self._begun(record, position)
        part.last = record.offset
        part.newest = record.timestamp.timestamp()
        return part

    def took(self, record: Record, part: Part, rows: int, now: float) -> None:
        """Count a record whose rows are in its part; `now` is any clock that does not go back, in seconds."""
        self._bytes += len(record.value or b"")
        self._rows += rows
        self._since = now if self._since is None else self._since
        if part.repeats is not None and record.offset >= part.repeats.last:
            self._close(part.position)

    @property
    def full(self) -> bool:
        """Whether there is enough for an insert."""
        return self._rows >= self._most_rows or self._bytes >= self._most_bytes

    def due(self, now: float) -> bool:
        """Return whether it is time to insert."""
        return self._since is not None and (self.full or now - self._since >= self._wait_s)

    def take(self) -> list[Part]:
        """Hand over what is complete: all but a repeated range that has not reached its end.

        Repeated ranges go alone: what comes behind one must not be begun before that is done, or its note is lost.
        """
        if repeated := [part for part in self._closed if part.repeats is not None]:
            self._closed = [part for part in self._closed if part.repeats is None]
            return repeated
        for position in [each for each, part in self._filling.items() if part.repeats is None]:
            self._close(position)
        taken, self._closed = self._closed, []
        self._bytes = self._rows = 0
        self._since = None
        return taken

    def _begun(self, record: Record, position: Position) -> Part:
        repeats = self._repeats.get(position)
        while repeats and repeats[0].last < record.offset:
            repeats.popleft()  # Kafka has none of it any more
        stamp = microseconds(record.timestamp)
        if repeats and repeats[0].first <= record.offset:
            return Part(record.offset, record.offset, stamp, position, repeats=repeats.popleft())
        return Part(record.offset, record.offset, stamp, position)

    def _close(self, position: Position) -> None:
        self._closed.append(self._filling.pop(position))


def origin_of(record: Record) -> Origin:
    """Return where a record was."""
    return (record.topic, record.partition, record.offset)


def newest_of(parts: Iterable[Part]) -> float:
    """Return when the newest record of parts was written, in seconds since 1970."""
    return max([part.newest for part in parts], default=0.0)
