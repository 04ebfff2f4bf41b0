"""The store's shell, on the real embedded engine."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from satark.analytics.store.client import Store
from satark.analytics.store.statement import Statement, StoreError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
COLUMNS = ("entity", "kind", "metric", "time", "interval_s", "value", "backfilled", "id")


def sample(number: int, *, days: int = 0) -> tuple[object, ...]:
    """Return a row of samples."""
    return ("link", "wan-link", "loss", NOON + timedelta(days=days, seconds=number), 300, 0.5, 0, f"s{number}")


def count(store: Store, table: str = "samples") -> int:
    """Return how many rows a table has."""
    return int(store.rows(Statement(f"SELECT count() FROM {table}"))[0][0])  # noqa: S608 - a name of ours


class TestRows:
    def test_inserted_rows_come_back_as_they_were(self, store: Store) -> None:
        """Rows come back as they were inserted, times aware and in UTC."""
        store.insert("samples", COLUMNS, [sample(1), sample(2)])

        rows = store.rows(Statement(f"SELECT {', '.join(COLUMNS)} FROM samples ORDER BY time"))  # noqa: S608 - names of ours

        assert rows == [sample(1), sample(2)]

    def test_parameters_are_bound(self, store: Store) -> None:
        """A parameter is a value, whatever is in it."""
        hostile = "x') OR 1=1 --\n\\'{a}"
        store.insert("samples", COLUMNS, [(hostile, *sample(1)[1:]), sample(2)])

        rows = store.rows(Statement("SELECT entity FROM samples WHERE entity = {e:String}", {"e": hostile}))

        assert rows == [(hostile,)]

    def test_a_wrong_statement_is_refused_with_a_reason(self, store: Store) -> None:
        """A statement that cannot be read is refused, and one about no table says that there is none."""
        with pytest.raises(StoreError) as wrong:
            store.rows(Statement("SELEC 1"))
        with pytest.raises(StoreError) as absent:
            store.rows(Statement("SELECT 1 FROM nothing"))

        assert (wrong.value.reason, absent.value.reason) == ("refused", "no_such_table")

    def test_a_long_read_does_not_keep_others_waiting(self, store: Store) -> None:
        """While one read is in the middle of its rows, others are answered."""
        store.insert("samples", COLUMNS, [sample(number) for number in range(10)])
        blocks = store.blocks(Statement("SELECT number FROM numbers(1000000)"))
        first = next(blocks)

        answers: list[int] = []
        threads = [threading.Thread(target=lambda: answers.append(count(store))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rest = sum(len(block) for block in blocks)

        assert (answers, len(first) + rest) == ([10] * 4, 1_000_000)


class TestInsert:
    def test_a_repeated_token_adds_nothing(self, store: Store) -> None:
        """What is inserted again under the same token is dropped, in every partition."""
        rows = [sample(1), sample(2, days=40)]
        store.insert("samples", COLUMNS, rows, "t1")
        store.insert("samples", COLUMNS, rows, "t1")

        assert count(store) == 2

    def test_an_insert_over_very_many_partitions_is_one_insert(self, store: Store) -> None:
        """Late rows of half a year of days are inserted at once."""
        columns = ("time", "id", "stat", "source", "name", "integers")
        rows = [(NOON - timedelta(days=day), f"m{day}", "a.b", "host", "n", {"a.b": day}) for day in range(180)]

        store.insert("statistics", columns, rows)

        assert count(store, "statistics") == 180

    def test_no_rows_are_no_insert(self, store: Store) -> None:
        """Nothing to insert is nothing to do."""
        store.insert("samples", COLUMNS, [])

        assert count(store) == 0


class TestEntities:
    def test_an_entity_is_one_row_with_its_newest_labels(self, store: Store) -> None:
        """What is seen of an entity again and again is one row: from the first to the last time, labels as last told."""
        columns = ("entity", "kind", "labels", "first_seen", "last_seen")
        later = NOON + timedelta(hours=1)
        store.insert("entities", columns, [("link", "wan-link", {"edge": "old"}, NOON, NOON)])
        store.insert("entities", columns, [("link", "wan-link", {"edge": "new"}, later, later)])

        rows = store.rows(Statement("SELECT * FROM entities FINAL"))

        assert rows == [("link", "wan-link", {"edge": "new"}, NOON, later)]
