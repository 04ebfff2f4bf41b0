"""Statistics on the real embedded engine: aggregates, groups, what is absent, tables that nobody declared."""

from typing import Any

import pytest

from satark.analytics.store.client import Store
from tests.unit.analytics.query.scene import ask, learnt_column, message, named, put, query, sample, term, us

STAT = "Foo.bar"
TABLE = "StatTable.Foo.bar"
COLUMNS = (("bar.tag", "string", 1), ("bar.n", "int", 0), ("bar.x", "double", 0), ("bar.words", "list", 1))


def bar(second: float, tag: str, n: int | None, x: float, **given: Any) -> dict[str, Any]:
    """Return a sample; without `n` when it is None."""
    integers = {} if n is None else {"bar.n": n}
    return sample(second, STAT, texts={"bar.tag": tag}, integers=integers, doubles={"bar.x": x}, **given)


@pytest.fixture
def bars(store: Store) -> Store:
    """Five samples of two tags; one lacks its number."""
    put(store, "stat_columns", *(learnt_column(STAT, name, kind, indexed=indexed) for name, kind, indexed in COLUMNS))
    put(
        store,
        "statistics",
        bar(1, "a", 10, 0.5, lists={"bar.words": ["u", "v"]}),
        bar(2, "a", 20, 1.5),
        bar(3, "a", None, 2.5),
        bar(4, "b", -5, 9.5, lists={"bar.words": ["v"]}),
        bar(61, "a", 10, 7.0),
    )
    return store


class TestAggregates:
    def test_each_function_is_exact(self, bars: Store) -> None:
        """SUM, COUNT, MIN, MAX, AVG and COUNT_DISTINCT of a group; a number that is absent does not count."""
        fields = ("SUM(bar.n)", "COUNT(bar)", "MIN(bar.n)", "MAX(bar.n)", "AVG(bar.n)", "COUNT_DISTINCT(bar.n)")
        asked = query(TABLE, "bar.tag", *fields, "SUM(bar.x)", sort_fields=["bar.tag"])

        rows = ask(bars, asked)

        assert rows == [
            {
                "bar.tag": "a",
                "SUM(bar.n)": 40,
                "COUNT(bar)": 4,
                "MIN(bar.n)": 10,
                "MAX(bar.n)": 20,
                "AVG(bar.n)": 40 / 3,
                "COUNT_DISTINCT(bar.n)": 2,
                "SUM(bar.x)": 11.5,
            },
            {
                "bar.tag": "b",
                "SUM(bar.n)": -5,
                "COUNT(bar)": 1,
                "MIN(bar.n)": -5,
                "MAX(bar.n)": -5,
                "AVG(bar.n)": -5.0,
                "COUNT_DISTINCT(bar.n)": 1,
                "SUM(bar.x)": 9.5,
            },
        ]

    def test_sums_are_whole_beyond_what_doubles_hold(self, store: Store) -> None:
        """A sum of integers is an integer, to the last digit."""
        put(store, "stat_columns", learnt_column(STAT, "bar.n", "int"))
        put(store, "statistics", bar(1, "a", 2**53, 0), bar(2, "a", 1, 0))

        assert ask(store, query(TABLE, "SUM(bar.n)")) == [{"SUM(bar.n)": 2**53 + 1}]

    def test_no_samples_are_no_row(self, bars: Store) -> None:
        """An aggregate over nothing is an empty answer."""
        assert ask(bars, query(TABLE, "COUNT(bar)", where=[[term("bar.tag", "z")]])) == []

    def test_each_sample_is_its_own_group_when_its_time_is_selected(self, bars: Store) -> None:
        """With T an aggregate is that of one sample."""
        fields = ("T", "SUM(bar.n)", "AVG(bar.n)", "COUNT(bar)", "COUNT_DISTINCT(bar.n)", "PERCENTILES(bar.n)")

        first, *rest = ask(bars, query(TABLE, *fields))

        assert (len(rest), rest[1]["PERCENTILES(bar.n)"], rest[1]["COUNT_DISTINCT(bar.n)"]) == (4, None, 0)
        assert first == {
            "T": us(1),
            "SUM(bar.n)": 10,
            "AVG(bar.n)": 10.0,
            "COUNT(bar)": 1,
            "COUNT_DISTINCT(bar.n)": 1,
            "PERCENTILES(bar.n)": dict.fromkeys(("01", "05", "25", "50", "75", "95", "99"), 10.0),
        }

    def test_plain_columns_are_told_once(self, bars: Store) -> None:
        """Without time and aggregate, each combination of values is one row."""
        rows = ask(bars, query(TABLE, "bar.tag", sort=2, sort_fields=["bar.tag"]))

        assert rows == [{"bar.tag": "b"}, {"bar.tag": "a"}]

    def test_a_class_is_the_same_in_all_bins_of_a_series(self, bars: Store) -> None:
        """CLASS tells series apart, whichever the time, and whatever the order of the fields."""
        asked = query(TABLE, "T=60", "bar.tag", "name", "CLASS(T=)", "COUNT(bar)", sort_fields=["bar.tag", "T="])
        turned = asked | {"select_fields": ["CLASS(T=)", "name", "bar.tag", "T=60"]}

        first, second, other = (row["CLASS(T=)"] for row in ask(bars, asked))

        assert first == second != other
        assert {row["CLASS(T=)"] for row in ask(bars, turned)} == {first, other}
        assert 0 <= first < 2**53

    def test_a_class_without_a_column_joins_what_differs_in_it(self, bars: Store) -> None:
        """CLASS(bar.n) is the same for rows that differ in bar.n alone."""
        rows = ask(bars, query(TABLE, "bar.tag", "bar.n", "CLASS(bar.n)"))

        assert len({(row["bar.tag"], row["CLASS(bar.n)"]) for row in rows}) == 2
        assert len(rows) == 4

    def test_time_bins_can_come_latest_first(self, bars: Store) -> None:
        """Sort 2 is honoured for statistics."""
        rows = ask(bars, query(TABLE, "T=60", "COUNT(bar)", sort=2))

        assert [row["T="] for row in rows] == [us(60), us(0)]


class TestColumns:
    def test_what_is_absent_is_null(self, bars: Store) -> None:
        """A sample without a member shows null, and its id and host are there."""
        (row,) = ask(bars, query(TABLE, "T", "bar.n", "Source", "proxy", "UUID", start_time=us(3), end_time=us(3)))

        assert row == {"T": us(3), "bar.n": None, "Source": "a6s40", "proxy": None, "UUID": "s3"}

    @pytest.mark.parametrize(("word", "expected"), [("v", [us(1), us(4)]), ("u", [us(1)]), ("uv", [])])
    def test_lists_contain(self, bars: Store, word: str, expected: list[int]) -> None:
        """CONTAINS compares the elements of a list."""
        rows = ask(bars, query(TABLE, "T", "bar.words", where=[[term("bar.words", word, 9)]]))

        assert [row["T"] for row in rows] == expected

    def test_filters_see_plain_columns(self, bars: Store) -> None:
        """A filter on a plain column keeps groups; an absent number is neither less nor more."""
        rows = ask(bars, query(TABLE, "bar.n", "COUNT(bar)", filter=[term("bar.n", 15, 5)], sort_fields=["bar.n"]))

        assert rows == [{"bar.n": -5, "COUNT(bar)": 1}, {"bar.n": 10, "COUNT(bar)": 2}]

    def test_a_column_of_two_types_is_read_from_both(self, store: Store) -> None:
        """What one daemon sends as integer and another as double is one number."""
        put(store, "stat_columns", learnt_column(STAT, "bar.n", "int"), learnt_column(STAT, "bar.n", "double"))
        put(
            store,
            "statistics",
            sample(1, STAT, integers={"bar.n": 1}),
            sample(2, STAT, doubles={"bar.n": 0.5}),
        )

        assert ask(store, query(TABLE, "SUM(bar.n)")) == [{"SUM(bar.n)": 1.5}]

    def test_a_table_that_was_never_seen_is_empty(self, store: Store) -> None:
        """A statistics table of any name can be asked, and answers nothing until there is something."""
        asked = query("StatTable.Never.seen", "T", "seen.x", "SUM(seen.y)")

        assert ask(store, asked) == []

    def test_a_struct_is_queryable_as_soon_as_it_came(self, store: Store) -> None:
        """No restart: the columns are looked up with the query."""
        put(store, "stat_columns", learnt_column("New.thing", "thing.v", "int"))
        put(store, "statistics", sample(1, "New.thing", integers={"thing.v": 3}))

        assert ask(store, query("StatTable.New.thing", "SUM(thing.v)")) == [{"SUM(thing.v)": 3}]

    def test_a_built_in_table_has_what_came_besides(self, store: Store) -> None:
        """Columns that a daemon sends beyond the declared ones can be selected too."""
        stat = "NodeStatus.disk_usage_info"
        put(store, "stat_columns", learnt_column(stat, "disk_usage_info.extra", "int"))
        put(store, "statistics", sample(1, stat, integers={"disk_usage_info.extra": 3}))

        assert ask(store, query(f"StatTable.{stat}", "disk_usage_info.extra")) == [{"disk_usage_info.extra": 3}]


class TestFieldNames:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("MessageTable:Messagetype", ["BgpPeerMessage", "Other"]),
            ("MessageTable:ModuleId", ["contrail-control"]),
            ("MessageTable:Source", ["a6s40"]),
            ("ObjectVNTable:ObjectId", ["default-domain:admin:vn1"]),
            ("OBJECT:ObjectVNTable", ["a6s40"]),
            ("STAT:StatTable.Foo.bar", ["a6s40"]),
            ("StatTable.Foo.bar:bar.tag", ["a"]),
            ("StatTable.Foo.bar:name", ["a6s40"]),
            ("nothing", []),
        ],
    )
    def test_values_of_columns_are_listed(self, store: Store, name: str, expected: list[str]) -> None:
        """Every name and value is told once, from what is stored."""
        put(store, "messages", message(1), message(2), message(3, message_type="Other"))
        put(store, "objects", named(1), named(2))
        put(store, "stat_columns", learnt_column(STAT, "bar.tag", "string", indexed=1))
        put(store, "statistics", bar(1, "a", 1, 1), bar(2, "a", 1, 1))
        asked = query("StatTable.FieldNames.fields", "fields.value", where=[[term("name", name)]])

        rows = ask(store, asked)

        assert sorted(row["fields.value"] for row in rows) == expected

    def test_numbers_have_a_table_of_their_own(self, store: Store) -> None:
        """Levels of messages and tags that are numbers are in fieldi; samples can be counted."""
        put(store, "messages", message(1), message(2, level=7))
        put(store, "stat_columns", learnt_column(STAT, "bar.n", "int", indexed=1))
        put(store, "statistics", bar(1, "a", 5, 1))
        asked = query("StatTable.FieldNames.fieldi", "name", "MAX(fieldi.value)", "COUNT(fieldi)", sort_fields=["name"])

        rows = ask(store, asked)

        assert [tuple(row.values()) for row in rows] == [
            ("MessageTable:Level", 7, 2),
            ("MessageTable:Type", 1, 1),
            ("StatTable.Foo.bar:bar.n", 5, 1),
        ]
