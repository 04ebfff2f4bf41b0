"""A store for tests of ingest: in memory, with inserts that are whole or nothing, and a plug to be pulled at any call."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from satark.analytics.ingest.mapping.origin import Values
from satark.analytics.ingest.ranges import Note, Position, Range, State
from satark.analytics.store.tables import BY_NAME


class KilledError(Exception):
    """The process died."""


@dataclass
class Disk:
    """What outlives a process: rows by table, notes by writer, the tokens that are remembered."""

    rows: dict[str, list[Values]] = field(default_factory=dict)
    notes: dict[tuple[Position, State, str], Note] = field(default_factory=dict)
    tokens: set[tuple[str, str]] = field(default_factory=set)
    clock: int = 0


class MemoryShelf:
    """One process's shelf. It dies at call number `dies_at`, before or after the call's effect."""

    def __init__(self, disk: Disk, writer: str, *, dies_at: int | None = None, before: bool = False) -> None:
        self._disk = disk
        self._writer = writer
        self._left = dies_at
        self._before = before
        self.forgets_tokens = False

    def notes(self) -> list[Note]:
        """Return what all writers noted last."""
        return list(self._disk.notes.values())

    def note(self, state: State, ranges: Sequence[Range]) -> None:
        """Note the state of ranges."""
        last = self._plug()
        self._disk.clock += 1
        for each in ranges:
            self._disk.notes[each.position, state, self._writer] = Note(state, each, self._disk.clock)
        self._pull(last)

    def insert(self, table: str, rows: Sequence[Values], token: str) -> None:
        """Insert rows, a partition (here: a day) at a time; the process may die between two."""
        for day, some in _by_day(table, rows).items():
            last = self._plug()
            if not token or (token, day) not in self._disk.tokens or self.forgets_tokens:
                self._disk.rows.setdefault(table, []).extend(some)
                self._disk.tokens.add((token, day))
            self._pull(last)

    def present(self, table: str, within: Range, rows: Sequence[Values]) -> Collection[int]:  # noqa: ARG002 - as the real one
        """Return the offsets of which there are rows."""
        bounds = range(within.first, within.last + 1)
        return {
            row[-1] for row in self._disk.rows.get(table, []) if row[-3:-1] == within.position and row[-1] in bounds
        }

    def _plug(self) -> bool:
        if self._left is None:
            return False
        self._left -= 1
        if self._left < 0 and self._before:
            raise KilledError
        return self._left < 0

    def _pull(self, last: bool) -> None:
        if last:
            raise KilledError


def _by_day(table: str, rows: Sequence[Values]) -> dict[str, list[Values]]:
    names = BY_NAME[table].names
    found: dict[str, list[Values]] = {}
    for row in rows:
        day = str(row[names.index("time")] // 86_400_000_000) if "time" in names else ""
        found.setdefault(day, []).append(row)
    return found
