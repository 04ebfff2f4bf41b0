"""The real shelf: a smaller version of what is tried on the one in memory, on the embedded engine."""

from collections import Counter
from collections.abc import Collection, Sequence

import pytest

from satark.analytics.ingest.mapping.origin import Values
from satark.analytics.ingest.ranges import Note, Range, State
from satark.analytics.ingest.shelf import StoreShelf
from satark.analytics.store.client import Store
from satark.analytics.store.statement import Statement
from tests.unit.analytics.ingest.shelves import KilledError
from tests.unit.analytics.ingest.test_replay import expected, life, topic_of

RECORDS = topic_of(30)
SAMPLES = Statement("SELECT id, metric, kafka_partition, kafka_offset FROM samples")


class Mortal:
    """A shelf that dies after so many calls that change something."""

    def __init__(self, shelf: StoreShelf, calls: int) -> None:
        self._shelf = shelf
        self._left = calls

    def notes(self) -> list[Note]:
        """Return what all writers noted last."""
        return self._shelf.notes()

    def note(self, state: State, ranges: Sequence[Range]) -> None:
        """Note the state of ranges, or die."""
        self._count()
        self._shelf.note(state, ranges)

    def insert(self, table: str, rows: Sequence[Values], token: str) -> None:
        """Insert rows, or die."""
        self._count()
        self._shelf.insert(table, rows, token)

    def present(self, table: str, within: Range, rows: Sequence[Values]) -> Collection[int]:
        """Return the offsets of which there are rows."""
        return self._shelf.present(table, within, rows)

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise KilledError


class TestStoreShelf:
    @pytest.mark.parametrize("alone", [True, False])
    def test_whatever_dies_whenever_each_row_is_there_once(self, store: Store, alone: bool) -> None:
        """Processes that die after one call, two calls and so on leave what one that lives would have left."""
        for calls in range(1, 7):
            with pytest.raises(KilledError):
                life(Mortal(StoreShelf(store, f"w{calls}"), calls), RECORDS, 9, alone=alone)
        life(StoreShelf(store, "last"), RECORDS, 7, alone=alone)

        rows = Counter(store.rows(SAMPLES))
        assert rows == Counter((row[7], row[2], row[-2], row[-1]) for row in expected(RECORDS))

    def test_notes_are_those_of_each_writer_last(self, store: Store) -> None:
        """A writer's later note takes the place of its earlier one; another writer's stays."""
        first, second = Range("t", 0, 0, 9, 1), Range("t", 0, 10, 19, 2)
        one, other = StoreShelf(store, "one"), StoreShelf(store, "other")
        one.note(State.BEGUN, [first])
        other.note(State.BEGUN, [first])
        one.note(State.BEGUN, [second])

        assert sorted((note.state, note.range) for note in one.notes()) == [
            (State.BEGUN, first),
            (State.BEGUN, second),
        ]

    def test_rows_of_other_records_are_not_taken_for_these(self, store: Store) -> None:
        """What is there is told by topic, partition and offset."""
        shelf = StoreShelf(store, "w")
        rows = [("e", "k", "m", 1_700_000_000_000_000, 300, 1.0, 0, f"s{at}", "t", 3, at) for at in range(5)]
        shelf.insert("samples", rows[:3], "")

        assert set(shelf.present("samples", Range("t", 3, 1, 4, 0), rows)) == {1, 2}
        assert set(shelf.present("samples", Range("t", 2, 0, 4, 0), rows)) == set()

    def test_a_large_insert_is_one_part(self, store: Store) -> None:
        """However large, what an insert has of a partition is there whole or not at all."""
        time = 1_700_000_000_000_000
        rows = [("e", "k", "m", time, 300, 1.0, 0, "x" * 200 + str(at), "t", 0, at) for at in range(150_000)]
        store.tell(f"SYSTEM STOP MERGES `{store.database}`.samples")
        StoreShelf(store, "w").insert("samples", rows, "")

        parts = Statement(
            "SELECT count(), sum(rows) FROM system.parts WHERE active AND table = 'samples' AND database = {name:String}",
            {"name": store.database},
        )
        assert store.rows(parts) == [(1, 150_000)]
