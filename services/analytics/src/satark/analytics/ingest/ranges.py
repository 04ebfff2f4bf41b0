"""Ranges of records, and what the store knows of them: which were begun and which are done.

Before rows of a range are inserted, the store is told that it was begun; when all are, that it is done. A range that was
begun and not done is repeated, by whoever reads the partition next, with the same bounds. Where reading goes on is what
the store says, so a store that was made anew gets all that Kafka still holds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

Position = tuple[str, int]
"""Topic and partition."""


class State(StrEnum):
    """What is noted of a range."""

    BEGUN = "begun"
    DONE = "done"
    ANEW = "anew"
    """The topic was made anew: what was noted before is about records that are gone."""


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """Records of a partition, both offsets within. `stamp` is when the first was written, in microseconds since 1970."""

    topic: str
    partition: int
    first: int
    last: int
    stamp: int

    @property
    def position(self) -> Position:
        """Topic and partition."""
        return (self.topic, self.partition)

    def token(self, table: str) -> str:
        """Return what makes an insert of these records recognisable when it is repeated."""
        return f"{self.topic}/{self.partition}/{self.first}-{self.last}/{self.stamp}/{table}"


@dataclass(frozen=True, slots=True)
class Note:
    """What one writer noted last of a range; `written` grows with each note, in microseconds since 1970."""

    state: State
    range: Range
    written: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a partition's reading goes on (None: at its beginning), and which ranges are to be repeated first."""

    next: int | None = None
    open: tuple[Range, ...] = ()

    @property
    def start(self) -> int | None:
        """The first offset to read."""
        return min([each.first for each in self.open], default=self.next)


def standings(notes: Iterable[Note]) -> Mapping[Position, Standing]:
    """Return the standing of each partition that was noted."""
    by_position: dict[Position, list[Note]] = {}
    for note in notes:
        by_position.setdefault(note.range.position, []).append(note)
    return {position: _standing(some) for position, some in by_position.items()}


def _standing(notes: list[Note]) -> Standing:
    anew = max([note.written for note in notes if note.state is State.ANEW], default=-1)
    valid = [note for note in notes if note.written > anew]
    done = max([note.range.last for note in valid if note.state is State.DONE], default=-1)
    begun = {note.range for note in valid if note.state is State.BEGUN and note.range.last > done}
    return Standing(done + 1 if done >= 0 else None, tuple(sorted(begun)))
