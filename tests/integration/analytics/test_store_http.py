"""The store over ClickHouse's HTTP interface: the same calls as on the embedded engine."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from satark.analytics.store.address import address_of
from satark.analytics.store.client import Store
from satark.analytics.store.migrations import migrate
from satark.analytics.store.statement import Statement, StoreError
from satark.analytics.store.tables import BY_NAME
from tests.support.clickhouse_http import ClickHouse, clickhouse_server
from tests.unit.analytics.store.test_client import COLUMNS, count, sample

pytestmark = pytest.mark.e2e


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ClickHouse]:
    """A server of the test's own."""
    async with clickhouse_server(tmp_path / "clickhouse") as running:
        yield running


@pytest.fixture
async def served(server: ClickHouse) -> AsyncIterator[Store]:
    """A store with all tables on it."""
    store = Store(address_of(server.url), database="satark")
    await asyncio.to_thread(migrate, store)
    yield store
    store.close()


class TestHttp:
    async def test_rows_come_back_as_they_were(self, served: Store) -> None:
        """What is inserted over HTTP comes back over HTTP, and a repeated token adds nothing."""
        rows = [sample(1), sample(2, days=40)]
        for _ in range(2):
            await asyncio.to_thread(served.insert, "samples", COLUMNS, rows, "t1")

        names = ", ".join(COLUMNS)
        statement = Statement(f"SELECT {names} FROM samples WHERE id = {{id:String}}", {"id": "s2"})  # noqa: S608 - ours
        assert await asyncio.to_thread(served.rows, statement) == [rows[1]]
        assert await asyncio.to_thread(count, served) == 2

    async def test_many_rows_come_in_blocks(self, served: Store) -> None:
        """A long answer is handed over block by block."""
        statement = Statement("SELECT number FROM numbers(200000)")

        sizes = await asyncio.to_thread(lambda: [len(block) for block in served.blocks(statement)])

        assert (sum(sizes), len(sizes) > 1) == (200_000, True)

    async def test_refusals_have_their_reasons(self, served: Store) -> None:
        """What the server refuses is told by the same words as what the embedded engine refuses."""
        reasons = []
        for sql in ("SELEC 1", "SELECT 1 FROM nothing"):
            with pytest.raises(StoreError) as refused:
                await asyncio.to_thread(served.rows, Statement(sql))
            reasons.append(refused.value.reason)

        assert reasons == ["refused", "no_such_table"]

    async def test_a_server_that_comes_back_is_used_again(self, served: Store, server: ClickHouse) -> None:
        """A dead server is unreachable; when it is back, so is the store, with what it had."""
        await asyncio.to_thread(served.insert, "samples", COLUMNS, [sample(1)])
        await server.kill()
        with pytest.raises(StoreError) as gone:
            await asyncio.to_thread(count, served)
        await server.start()

        assert gone.value.reason == "unreachable"
        assert await asyncio.to_thread(count, served) == 1

    async def test_the_same_tables_are_there(self, served: Store) -> None:
        """Migrations make the same of a server as of the embedded engine."""
        tables = Statement("SELECT name FROM system.tables WHERE database = currentDatabase()")

        assert {name for (name,) in await asyncio.to_thread(served.rows, tables)} == set(BY_NAME)
