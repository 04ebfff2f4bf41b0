"""Tables, schemas and column values over HTTP, on the real engine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from satark.analytics.query.tables import builtin
from satark.analytics.routes import tables
from satark.analytics.store.client import Store
from tests.unit.analytics.desk.scene import Clock, desk_over
from tests.unit.analytics.query.scene import NOW_US, learnt_column, message, named, put, sample
from tests.unit.analytics.web.asking import BASE, client, served


@asynccontextmanager
async def reading(store: Store) -> AsyncIterator[Any]:
    """Yield what reads a path as JSON."""
    clock = Clock(NOW_US)
    async with desk_over(store, clock=clock) as desk, client(served(*tables.routes(desk, store, now_us=clock))) as one:

        async def read(path: str) -> Any:
            answer = await one.get(path)
            assert answer.status_code == 200
            return answer.json()

        yield read


@pytest.fixture
def filled(store: Store) -> Store:
    """A message, an object of a raw table, and a struct that nobody declared."""
    put(store, "messages", message(1), message(2, source="a6s41"))
    put(store, "objects", named(1, object_table="ObjectFoo", name="foo"))
    put(store, "stat_columns", learnt_column("Foo.bar", "bar.tag", "string", indexed=1, suffixes=["bar.n"]))
    put(store, "stat_columns", learnt_column("Foo.bar", "bar.n", "int"))
    put(store, "statistics", sample(1, "Foo.bar", texts={"bar.tag": "t"}, integers={"bar.n": 1}))
    return store


class TestTables:
    async def test_all_tables_are_listed(self, filled: Store) -> None:
        """The fixed tables, and those that came."""
        async with reading(filled) as read:
            told = {each["name"]: each for each in await read("/analytics/tables")}

        assert told.keys() == builtin().keys() | {"ObjectFoo", "StatTable.Foo.bar"}
        assert told["ObjectVNTable"] == {
            "name": "ObjectVNTable",
            "href": f"{BASE}/analytics/table/ObjectVNTable",
            "type": "OBJECT",
            "display_name": "Virtual Network",
        }
        assert told["StatTable.NodeStatus.system_cpu_usage"]["display_name"] == "Analytics System CPU Usage"
        assert told["ObjectFoo"]["type"] == "OBJECT"

    async def test_hrefs_resolve(self, filled: Store) -> None:
        """Links of a table lead to its schema and to the values of its columns."""
        async with reading(filled) as read:
            links = {each["name"]: each["href"] for each in await read("/analytics/table/StatTable.Foo.bar")}
            columns = {each["name"]: each for each in (await read(links["schema"]))["columns"]}
            values = {each["name"]: each["href"] for each in await read(links["column-values"])}

            assert (columns["bar.tag"]["index"], columns["bar.tag"]["suffixes"]) == (True, ["bar.n"])
            assert columns["SUM(bar.n)"]["datatype"] == "int"
            assert await read(values["bar.tag"]) == ["t"]
            assert await read(values["Source"]) == ["a6s40"]

    async def test_sources_and_modules_are_listed(self, filled: Store) -> None:
        """The old path of column values knows four columns of messages."""
        async with reading(filled) as read:
            links = await read("/analytics/table/MessageTable/column-values")

            assert [each["name"] for each in links] == ["ModuleId", "Source", "Category", "Level"]
            assert await read("/analytics/table/MessageTable/column-values/Source") == ["a6s40", "a6s41"]
            assert await read("/analytics/table/MessageTable/column-values/Type") == []

    @pytest.mark.parametrize("name", ["Nothing", "StatTable.No.thing", "x' OR 1", "%2e%2e"])
    async def test_a_table_that_there_is_not_is_empty(self, store: Store, name: str) -> None:
        """Unknown tables have no links, no columns and no values, and that is no error."""
        async with reading(store) as read:
            assert await read(f"/analytics/table/{name}") == []
            assert await read(f"/analytics/table/{name}/schema") == {}
            assert await read(f"/analytics/table/{name}/column-values") == []
            assert await read(f"/analytics/table/{name}/column-values/Source") == []

    async def test_message_table_has_its_schema(self, store: Store) -> None:
        """The schema is of the original's shape."""
        async with reading(store) as read:
            told = await read("/analytics/table/MessageTable/schema")

        assert told["type"] == "LOG"
        assert told["columns"][:2] == [
            {"name": "MessageTS", "datatype": "int", "index": False, "select": None, "suffixes": None},
            {"name": "Source", "datatype": "string", "index": True, "select": None, "suffixes": None},
        ]
