"""kill -9 of analytics, at each moment between reading records and having their rows behind itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from satark.runtime.groups import KafkaSettings
from satark.schemas import topics
from tests.faults.gate import Gate, Held
from tests.faults.moments import Api, Moment, after, before
from tests.faults.recovery import Clock
from tests.faults.test_store_shared import SMALL, all_there
from tests.faults.wires import KafkaWire, PlainWire
from tests.integration.analytics.keeping import inserted, publish, samples, started, topics_on
from tests.support.clickhouse_http import ClickHouse, clickhouse_server
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import Answer, SatarkProcess, SatarkProcesses, http_get

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(240)]

METRICS_OF_A_SAMPLE = 3
INSERT = before(None, "INSERT INTO", "`samples`")
NOTE = before(None, "INSERT INTO", "`offsets`")

INSERTING = {
    "it asks whether the partitions are still its own": (before(Api.OFFSET_COMMIT, topics.METRICS),),
    "it inserts": (INSERT,),
    "it has inserted": (INSERT, after(None, "200 OK")),
    "it notes what it has inserted": (INSERT, NOTE),
}

SERIES = {"entity": "wan-link/v/1/3", "metric": "latency_ms_rx", "last": "1h", "step": "300"}

RECOVERING = {
    "it reads what was noted": before(None, "FROM offsets FINAL"),
    "it asks which rows are there": before(None, "SELECT DISTINCT kafka_offset FROM samples"),
    "it inserts again": INSERT,
}
"""While a process repeats what another one had begun."""


@dataclass
class Archive:
    """A store server, and analytics on it; one that is `watched` has the store and Kafka behind gates."""

    kafka: KafkaSettings
    server: ClickHouse
    store: Gate
    broker: Gate
    satark: SatarkProcesses

    def start(self, *, watched: bool = False) -> SatarkProcess:
        """Start a process."""
        port = self.store.port if watched else self.server.port
        brokers = self.broker.address if watched else self.kafka.brokers
        return started(self.satark, KafkaEndpoint(brokers), f"clickhouse://default@127.0.0.1:{port}", **SMALL)

    def hold(self, *moments: Moment) -> Held:
        """Hold the last of these moments, Kafka's or the store's."""
        return (self.store if moments[0].api is None else self.broker).hold(*moments)

    async def rows(self, of_samples: int) -> tuple[int, int]:
        """Wait until the rows of so many samples are there; return how many there are, and how many are different."""
        ((count, different),) = await all_there(self.server.url, of_samples * METRICS_OF_A_SAMPLE)
        return count // METRICS_OF_A_SAMPLE, different // METRICS_OF_A_SAMPLE


@pytest.fixture
async def archive(tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> AsyncIterator[Archive]:
    """A store server, and a Kafka of its own."""
    kafka = await topics_on(own_kafka)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(clickhouse_server(tmp_path / "clickhouse"))
        store = await stack.enter_async_context(Gate(f"127.0.0.1:{server.port}", PlainWire))
        broker = await stack.enter_async_context(Gate(kafka.brokers, KafkaWire))
        yield Archive(kafka, server, store, broker, satark)


@pytest.mark.parametrize("moment", INSERTING)
async def test_killed_while_it_inserts(archive: Archive, recovery: Clock, moment: str) -> None:
    """A process is killed in mid-insert, with or without the store's knowledge: each row is there once."""
    held = archive.hold(*INSERTING[moment])
    process = archive.start(watched=True)
    await publish(archive.kafka, samples(0, 100))
    await held.come()

    with recovery("rows are inserted again"):
        await process.kill()
        archive.start()
        await publish(archive.kafka, samples(100, 20))

        assert await archive.rows(120) == (120, 120)


@pytest.mark.parametrize("moment", RECOVERING)
async def test_killed_while_it_repeats(archive: Archive, recovery: Clock, moment: str) -> None:
    """A process is killed in mid-insert, and so is its heir while it looks what of that is there: the third one does it."""
    first = archive.start(watched=True)
    held = archive.hold(*INSERTING["it has inserted"])
    await publish(archive.kafka, samples(0, 100))
    await held.come()
    await first.kill()
    held = archive.hold(RECOVERING[moment])
    heir = archive.start(watched=True)
    await held.come()

    with recovery("rows are inserted again"):
        await heir.kill()
        archive.start()
        await publish(archive.kafka, samples(100, 20))

        assert await archive.rows(120) == (120, 120)


async def test_killed_while_it_answers(archive: Archive, recovery: Clock) -> None:
    """A process is killed while the store is asked: whoever asked hears nothing, and the next process answers."""
    await publish(archive.kafka, samples(0, 100))
    process = archive.start(watched=True)
    await inserted(process, "samples", 300)
    held = archive.hold(before(None, SERIES["metric"]))
    asking = asyncio.create_task(_asked(process))
    await held.come()

    with recovery("an answer"):
        await process.kill()
        assert await asking is None
        answer = await _asked(archive.start())

    assert answer is not None
    assert answer.status == 200
    assert await archive.rows(100) == (100, 100)


async def _asked(process: SatarkProcess) -> Answer | None:
    listening = await process.event("web_listening")
    return await http_get(f"{listening['url']}/v1/series?{urlencode(SERIES)}")
