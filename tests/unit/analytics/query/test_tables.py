"""Every table and column of the schema: selectable on the real engine, and told as the schema has it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from satark.analytics.query.catalogue import Table, TableType
from satark.analytics.query.columnvalues import values
from satark.analytics.query.conditions import COMPANIONS
from satark.analytics.query.learnt import all_tables, names
from satark.analytics.query.schema import schema, value_columns
from satark.analytics.query.tables import builtin, facts
from satark.analytics.store.client import Store
from satark.analytics.store.statement import Statement
from tests.unit.analytics.query.scene import (
    NOW_US,
    learnt_column,
    message,
    named,
    plan,
    put,
    query,
    sample,
    table_of,
    term,
)

TABLES = builtin()
ASKED = [table for table in TABLES.values() if table.type is not TableType.OBJECT]
CPU = "StatTable.NodeStatus.system_cpu_usage"
SESSIONS = {"session_type": "client"}


def given(table: Table) -> dict[str, Any]:
    """Return what a query of a table must have besides."""
    return SESSIONS if table.type is TableType.SESSION else {}


def fields_of(table: Table) -> Iterator[list[str]]:
    """Yield selections that together have every column of a table; of one table of statistics, all aggregates too."""
    told = [column["name"] for column in schema(table)["columns"] if column["select"] is not False]
    if table.type is TableType.STAT and table.name != CPU:
        told = [*table.columns, "T="]
    computed = [name for name in told if name not in ("T", "T=")]
    yield [*computed, "T=60"] if "T=" in told else computed
    if "T" in told:
        yield [*(name for name in computed if not name.startswith("SUM(")), "T"]


def comparable(table: Table) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield each column with an index, compared alone by an operator that it knows, or with its companion."""
    for column in table.columns.values():
        if column.index:
            op, value = (9, "x") if column.several else (1, 5 if column.datatype.number else "x")
            companions = [term("protocol", 6)] if column.name in COMPANIONS else []
            yield column.name, [term(column.name, value, op), *companions]


class TestEveryColumn:
    def test_it_can_be_selected(self, store: Store) -> None:
        """All columns of a table together are a statement that the engine runs."""
        for table in ASKED:
            for fields in fields_of(table):
                planned = plan(store, query(table.name, *fields, **given(table)))

                assert store.rows(planned.statement) == []

    def test_all_object_tables_have_the_same(self, store: Store) -> None:
        """The 44 object tables have the same columns, and the engine runs them."""
        objects = [table for table in TABLES.values() if table.type is TableType.OBJECT]

        assert len(objects) == 44
        assert {tuple(table.columns) for table in objects} == {tuple(objects[0].columns)}
        assert store.rows(plan(store, query("ObjectVRouter", *objects[0].columns)).statement) == []

    def test_an_indexed_column_can_be_compared(self, store: Store) -> None:
        """Each column with an index is compared alone, by the operator that it knows."""
        for table in ASKED:
            field = next(name for name, column in reversed([*table.columns.items()]) if column.select)
            for name, terms in comparable(table):
                planned = plan(store, query(table.name, field, where=[terms], **given(table)))

                assert (name, store.rows(planned.statement)) == (name, [])


class TestSchema:
    @pytest.mark.parametrize("found", facts()["query_tables"], ids=lambda found: found["name"])
    def test_columns_are_those_of_the_original(self, found: dict[str, Any]) -> None:
        """Names, types and indexes of the fixed tables are as tables.json has them."""
        told = schema(TABLES[found["name"]])

        assert told["type"] == found["type"]
        assert [(each["name"], each["datatype"], each["index"]) for each in told["columns"]] == [
            (each["name"], each["datatype"], each["index"]) for each in found["columns"]
        ]

    @pytest.mark.parametrize("found", facts()["stat_tables"], ids=lambda found: found["table"].split(".", 1)[1])
    def test_columns_of_statistics_are_all_there(self, found: dict[str, Any]) -> None:
        """Every column of the 75 declared statistics is told, with its type, index and suffixes."""
        told = {each["name"]: each for each in schema(TABLES[found["table"]])["columns"]}

        for each in found["columns"]:
            shown = told[each["name"]]

            assert (shown["datatype"], shown["index"]) == (each["datatype"], each["index"])
            assert shown["suffixes"] == (each.get("suffixes") or None)

    def test_a_statistics_table_tells_what_is_made_of_its_numbers(self) -> None:
        """Besides the columns there are times, classes, the count and the aggregates of each number."""
        told = {each["name"]: each for each in schema(TABLES[CPU])["columns"]}
        number = "system_cpu_usage.cpu_share"

        assert {"Source", "T", "T=", "CLASS(T)", "CLASS(T=)", "UUID", "COUNT(system_cpu_usage)", "name"} <= told.keys()
        assert {f"{name}({number})" for name in ("SUM", "CLASS", "MAX", "MIN", "PERCENTILES", "AVG")} <= told.keys()
        assert told["name"]["uve_type"] == "analytics-node"

    def test_what_is_only_for_where_says_so(self) -> None:
        """Columns of the overlay are not selectable, the session's side is mandatory."""
        overlay = {each["name"]: each for each in schema(TABLES["OverlayToUnderlayFlowMap"])["columns"]}
        sessions = {each["name"]: each for each in schema(TABLES["SessionSeriesTable"])["columns"]}

        assert (overlay["o_svn"]["select"], overlay["o_svn"]["suffixes"]) == (False, ["o_sip"])
        assert sessions["session_type"]["requiredness"] == "mandatory"

    def test_all_of_it_is_json(self) -> None:
        """What is told can be sent."""
        assert json.dumps([schema(table) for table in TABLES.values()])


class TestTables:
    def test_there_are_those_of_the_original(self) -> None:
        """6 fixed tables, 44 of objects, and the statistics: 75 declarations, of which node types share some names."""
        kinds = [table.type.value for table in TABLES.values()]

        assert {kind: kinds.count(kind) for kind in set(kinds)} == {
            "LOG": 1,
            "FLOW": 3,
            "SESSION": 2,
            "OBJECT": 44,
            "STAT": len({each["table"] for each in facts()["stat_tables"]}),
        }

    def test_those_that_came_are_added(self) -> None:
        """A raw table and a struct that nobody declared are listed after the others, once."""
        found = all_tables(["ObjectFoo", "ObjectVRouter"], ["Foo.bar", "UFlowData.flow"])

        assert [(table.name, table.type.value) for table in found[len(TABLES) :]] == [
            ("ObjectFoo", "OBJECT"),
            ("StatTable.Foo.bar", "STAT"),
        ]


class TestColumnValues:
    @pytest.mark.parametrize(
        ("table", "column", "expected"),
        [
            ("MessageTable", "Source", ["a6s40", "a6s41"]),
            ("MessageTable", "Level", ["4", "7"]),
            ("ObjectVNTable", "ObjectId", ["default-domain:admin:vn1"]),
            ("StatTable.Foo.bar", "bar.tag", ["t"]),
            ("StatTable.Foo.bar", "name", ["a6s40"]),
        ],
    )
    def test_values_of_the_last_day_are_sorted(
        self, store: Store, table: str, column: str, expected: list[str]
    ) -> None:
        """Each value is told once; an empty one is none."""
        put(store, "messages", message(1), message(2, source="a6s41", level=7), message(3, source=""))
        put(store, "objects", named(1), named(2))
        put(store, "stat_columns", learnt_column("Foo.bar", "bar.tag", "string", indexed=1))
        put(store, "statistics", sample(1, "Foo.bar", texts={"bar.tag": "t"}), sample(2, "Foo.bar"))
        statement = values(table_of(store, table), column, NOW_US)

        assert isinstance(statement, Statement)
        assert names(store.rows(statement)) == expected

    def test_other_columns_have_no_list(self, store: Store) -> None:
        """A column whose values are not listed, and one that there is not, have no statement."""
        assert values(table_of(store, "MessageTable"), "Xmlmessage", NOW_US) is None
        assert values(table_of(store, "SessionSeriesTable"), "vn", NOW_US) is None
        assert value_columns(TABLES["StatTable.UFlowData.flow"]) == [
            "Source",
            "name",
            "flow.sip",
            "flow.dip",
            "flow.vlan",
        ]
