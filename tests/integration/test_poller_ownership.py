"""Pollers share orchestrators by Kafka's consumer group: each is polled by one process, and by another when that dies."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from satark.poller.journal import KafkaJournal
from satark.poller.ownership import LEASE_S, Ownership, OwnershipLostError
from satark.runtime import kafka
from satark.runtime.groups import KafkaSettings
from satark.schemas.codec import decode
from satark.schemas.metrics import WAN_LINK, MetricSample
from satark.schemas.states import EntityState, State
from satark.schemas.topics import METRICS
from satark.simulators.vco.server import RunningVco, running_vco
from tests.integration.test_poller import prepared
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcess, SatarkProcesses, http_get
from tests.support.waiting import eventually
from tests.unit.poller.doubles import NOON

pytestmark = pytest.mark.kafka

NAMES = ("emea", "apac", "americas", "lab")
STEP = timedelta(minutes=5)


@pytest.fixture
async def broker(own_kafka: KafkaEndpoint) -> KafkaSettings:
    """A broker with the contract's topics, of the test's own."""
    return await prepared(own_kafka)


@pytest.fixture
async def vcos() -> AsyncIterator[dict[str, RunningVco]]:
    """Four orchestrators."""
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(running_vco()) for name in NAMES}


def orchestrators_file(folder: Path, vcos: dict[str, RunningVco]) -> Path:
    """Write the file of all orchestrators."""
    tables = []
    for name, vco in vcos.items():
        token = vco.accounts["customer"].token
        assert token is not None
        tables.append(f'[orchestrators.{name}]\nurl = "{vco.url}"\ntoken = "{token.reveal()}"\n')
    path = folder / "orchestrators.toml"
    path.write_text("\n".join(tables))
    return path


async def owned(process: SatarkProcess) -> frozenset[str]:
    """Return the orchestrators that a process says it polls."""
    answer = await http_get(f"{await process.ops_url()}/readyz")
    conditions = answer.json()["conditions"] if answer else []
    mine = [c for c in conditions if c["name"].startswith("vco/") and "another process" not in c["reason"]]
    return frozenset(c["name"].removeprefix("vco/") for c in mine if c["ready"])


async def samples(broker: KafkaSettings) -> list[MetricSample]:
    """Return the samples of links."""
    found = [decode(r.topic, r.value, r.headers) async for r in kafka.read_to_end(broker, METRICS)]
    return [sample for sample in found if sample.kind == WAN_LINK]


async def test_two_pollers_share_and_take_over(
    broker: KafkaSettings, vcos: dict[str, RunningVco], satark: SatarkProcesses, tmp_path: Path
) -> None:
    """Four orchestrators are shared by two pollers; when one is killed the other polls all; no sample twice."""
    environ = {
        "SATARK_KAFKA_BROKERS": broker.brokers,
        "SATARK_POLLER_ORCHESTRATORS_FILE": str(orchestrators_file(tmp_path, vcos)),
        "SATARK_POLLER_INTERVAL_S": "0.3",
        "SATARK_POLLER_REQUESTS_PER_S": "1000",
    }
    first = satark.start("poller", environment=environ)
    second = satark.start("poller", environment=environ)

    async def shared() -> bool:
        mine, others = await owned(first), await owned(second)
        return mine | others == set(NAMES) and not mine & others

    await eventually(shared, 60, what="shared orchestrators")
    for vco in vcos.values():
        vco.sim.advance(300)
    await first.kill()
    for vco in vcos.values():
        vco.sim.advance(300)

    wanted = {(name, NOON + number * STEP) for name in NAMES for number in range(-13, 2)}

    async def taken_over() -> bool:
        found = [s for s in await samples(broker) if s.labels["link"] == "Fibre A"]
        return {(s.labels["orchestrator"], s.time) for s in found} >= wanted

    await eventually(taken_over, 60, what="every sample of all orchestrators")
    status = await second.terminate()
    found = await samples(broker)
    ids = Counter(sample.id for sample in found)

    assert status == 0
    assert max(ids.values()) == 1


async def test_who_stood_still_may_not_write(broker: KafkaSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that did not run for longer than its membership lasts must not write what it had in hand."""
    owned_by_us: list[frozenset[str]] = []

    async def change(names: frozenset[str]) -> None:
        owned_by_us.append(names)

    async with Ownership(broker, NAMES, change) as ownership, kafka.Producer(broker, client_id="poller") as producer:
        journal = KafkaJournal(broker, producer, orchestrator="emea", sample_s=300, require=ownership.require)
        keeping = asyncio.create_task(ownership.keep())
        await eventually(lambda: owned_by_us[-1:] == [frozenset(NAMES)], what="ownership")
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        monkeypatch.setattr(ownership, "_ran_at", ownership._ran_at - LEASE_S)
        state = EntityState(id="x", entity="wan-link/emea/1/a", kind=WAN_LINK, time=NOON, state=State.OK, since=NOON)
        with pytest.raises(OwnershipLostError):
            await journal.tell([state])

    assert owned_by_us[-1] == frozenset()
