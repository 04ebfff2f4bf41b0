"""Several `satark analytics` on one store server: whoever dies, process or server, each row is there once."""

import asyncio
import signal
from pathlib import Path

import pytest

from satark.analytics.store.address import address_of
from satark.analytics.store.client import Store
from satark.analytics.store.statement import Row, Statement
from tests.integration.analytics.keeping import inserted, metric, publish, samples, started, topics_on
from tests.support.clickhouse_http import clickhouse_server
from tests.support.kafka import KafkaEndpoint
from tests.support.processes import SatarkProcesses
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.faults]

SAMPLES = Statement("SELECT count(), uniqExact(id, metric) FROM samples")
SMALL = {"SATARK_ANALYTICS_BATCH_ROWS": "60", "SATARK_ANALYTICS_BATCH_WAIT_S": "0.1"}


async def all_there(url: str, rows: int) -> list[Row]:
    """Wait until the store has so many different rows; return how many there are, and how many are different."""
    store = Store(address_of(url))

    async def enough() -> list[Row]:
        found = await asyncio.to_thread(store.rows, SAMPLES)
        return found if found[0][1] >= rows else []

    try:
        return await eventually(enough, 90.0, what=f"{rows} rows", pause_s=0.5)
    finally:
        store.close()


class TestShared:
    async def test_one_of_two_is_killed(
        self, own_kafka: KafkaEndpoint, satark: SatarkProcesses, tmp_path: Path
    ) -> None:
        """The other one goes on with its partitions: no gap, and nothing double."""
        settings = await topics_on(own_kafka)
        async with clickhouse_server(tmp_path / "clickhouse") as server:
            both = [started(satark, own_kafka, server.url, **SMALL) for _ in range(2)]
            for process in both:
                await process.ready()
            await publish(settings, samples(0, 1000))
            await inserted(both[0], "samples", 90)
            both[0].signal(signal.SIGKILL)
            await publish(settings, samples(1000, 500))

            assert await all_there(server.url, 4500) == [(4500, 4500)]

    async def test_the_server_is_killed(
        self, own_kafka: KafkaEndpoint, satark: SatarkProcesses, tmp_path: Path
    ) -> None:
        """While the store is away the process says so and loses nothing; when it is back, all is inserted, once."""
        settings = await topics_on(own_kafka)
        async with clickhouse_server(tmp_path / "clickhouse") as server:
            process = started(satark, own_kafka, server.url, **SMALL)
            await publish(settings, samples(0, 600))
            await inserted(process, "samples", 90)
            await server.kill()
            failed = await process.event("store_failed", reason="unreachable")
            ready = await metric(process, "satark_ready", condition="store")
            await publish(settings, samples(600, 100))
            await server.start()
            found = await all_there(server.url, 2100)

            assert (failed["level"], ready, found) == ("error", 0, [(2100, 2100)])
            await eventually(lambda: metric(process, "satark_ready", condition="store"), 60.0, what="readiness")
