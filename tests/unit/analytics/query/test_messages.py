"""Messages and objects on the real embedded engine: operators, filters, order, what is hidden."""

from typing import Any

import pytest

from satark.analytics.query.times import Retention
from satark.analytics.store.client import Store
from tests.unit.analytics.query.scene import ask, message, named, put, query, term, us

LOG = "MessageTable"


@pytest.fixture
def messages(store: Store) -> Store:
    """Four messages of levels 2 to 7; the third has no category."""
    put(
        store,
        "messages",
        message(1, level=7),
        message(2, level=4, source="a6s41"),
        message(3, level=2, source="b1", category=""),
        message(4, level=3, source="b1", module="contrail-api"),
    )
    return store


def numbers(store: Store, **given: Any) -> list[int]:
    """Return the numbers of the messages that a query finds."""
    fields = ("SequenceNum", "Source", "Level", "Category", "MessageTS")
    return [row["SequenceNum"] for row in ask(store, query(LOG, *fields, **given))]


class TestWhere:
    @pytest.mark.parametrize(
        ("where", "expected"),
        [
            ([[term("Source", "a6s40")]], [1]),
            ([[term("Source", "a6", 7)]], [1, 2]),
            ([[term("Source", "", 7)]], [1, 2, 3, 4]),
            ([[term("Source", "b1"), term("ModuleId", "contrail-api")]], [4]),
            ([[term("Source", "b1")], [term("Source", "a6s4", 7)]], [1, 2, 3, 4]),
            ([[term("Source", "a%")]], []),
            ([[term("Source", "a_s40")]], []),
        ],
    )
    def test_alternatives_are_united(self, messages: Store, where: Any, expected: list[int]) -> None:
        """Terms of a list must all hold, one of the lists must; a row comes once."""
        assert numbers(messages, where=where) == expected


class TestFilter:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ([term("Level", 4, 5)], [2, 3, 4]),
            ([term("Level", 4, 6)], [1, 2]),
            ([term("Level", "4")], [2]),
            ([term("Level", 4, 2)], [1, 3, 4]),
            ([term("Source", "b1"), term("Level", 2)], [3]),
            ([[term("Source", "b1")], [term("Level", 7)]], [1, 3, 4]),
            ([term("Source", "a6s4[01]", 8)], [1, 2]),
            ([term("Source", "6s4", 8)], []),
            ([term("Source", "a|b1", 8)], [3, 4]),
            ([term("Category", "", 1)], [3]),
            ([term("Category", "BGP", 2)], [3]),
            ([term("MessageTS", us(3), 6)], [3, 4]),
        ],
    )
    def test_selected_rows_are_filtered(self, messages: Store, given: Any, expected: list[int]) -> None:
        """A list of terms is an AND, a list of lists an OR of such; a pattern must match the whole value."""
        assert numbers(messages, filter=given) == expected


class TestOrder:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ({}, [1, 2, 3, 4]),
            ({"sort": 2}, [4, 3, 2, 1]),
            ({"sort": 2, "limit": 1}, [4]),
            ({"sort": 1, "sort_fields": ["Level"]}, [3, 4, 2, 1]),
            ({"sort": 2, "sort_fields": ["Source", "Level"]}, [4, 3, 2, 1]),
            ({"limit": 0}, [1, 2, 3, 4]),
        ],
    )
    def test_rows_come_in_the_order_asked_for(self, messages: Store, given: Any, expected: list[int]) -> None:
        """Without an order it is by time; the limit cuts after the order."""
        assert numbers(messages, **given) == expected


class TestMessages:
    def test_an_empty_column_is_null(self, messages: Store) -> None:
        """Where there is no category, null is told."""
        rows = ask(messages, query(LOG, "Category", filter=[term("Category", "")]))

        assert rows == [{"Category": None}]

    def test_the_end_of_the_time_is_included(self, messages: Store) -> None:
        """A row at the very start or end is in the answer."""
        assert numbers(messages, start_time=us(2), end_time=us(3)) == [2, 3]

    def test_what_is_older_than_kept_is_not_told(self, messages: Store) -> None:
        """Retention cuts the time, even when rows are still there."""
        asked = query(LOG, "SequenceNum", start_time=0)

        rows = ask(messages, asked, keep=Retention(messages_s=117))

        assert [row["SequenceNum"] for row in rows] == [3, 4]

    def test_a_message_that_was_sent_twice_is_one_row(self, store: Store) -> None:
        """What a producer repeated is told once, before any merge."""
        put(store, "messages", message(1))
        put(store, "messages", message(1), message(2))

        assert numbers(store) == [1, 2]

    @pytest.mark.parametrize(
        ("where", "expected"),
        [
            (None, ["contrail-api"]),
            ([[term("Source", "a6s40")]], ["contrail-api"]),
            ([[term("ModuleId", "contrail-query-engine")]], ["contrail-query-engine"]),
        ],
    )
    def test_the_engines_own_messages_are_hidden(self, store: Store, where: Any, expected: list[str]) -> None:
        """What the query engine says is told only when a module is asked for."""
        put(store, "messages", message(1, module="contrail-query-engine"), message(2, module="contrail-api"))

        assert [row["ModuleId"] for row in ask(store, query(LOG, "ModuleId", where=where))] == expected


class TestObjects:
    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            (["MessageTS"], [1, 2, 3]),
            (["MessageTS", "ObjectLog"], [1, 3]),
            (["MessageTS", "SystemLog"], [2]),
            (["MessageTS", "ObjectLog", "SystemLog"], [1, 2, 3]),
        ],
    )
    def test_kinds_that_are_not_selected_are_skipped(
        self, store: Store, fields: list[str], expected: list[int]
    ) -> None:
        """Selecting one kind of log leaves the rows of the other out."""
        put(store, "objects", named(1), named(2, type=1), named(3, type=6))

        rows = ask(store, query("ObjectVNTable", *fields))

        assert [row["MessageTS"] for row in rows] == [us(number) for number in expected]

    def test_the_column_of_the_other_kind_is_null(self, store: Store) -> None:
        """A row shows its log under its kind."""
        put(store, "objects", named(1, type=1))

        (row,) = ask(store, query("ObjectVNTable", "ObjectLog", "SystemLog"))

        assert row == {"ObjectLog": None, "SystemLog": "<VncApiConfigLog>1</VncApiConfigLog>"}

    def test_a_table_that_only_its_rows_tell_of_can_be_asked(self, store: Store) -> None:
        """A raw table that came at run time answers like any other."""
        put(store, "objects", named(1, object_table="ObjectFoo", name="foo"))

        assert ask(store, query("ObjectFoo", "ObjectId")) == [{"ObjectId": "foo"}]
