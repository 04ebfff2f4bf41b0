"""Two hundred generators on two gateways: one gateway dies, then Kafka; in the end the topics hold the truth."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from satark.schemas.topics import GENERATORS, UVES
from satark.simulators.generators.actor import Wiring
from satark.simulators.generators.estate import Estate
from satark.simulators.generators.scenario import SCENARIOS
from tests.faults.gateways import FATES, QUICK, Gateway, balanced, holds_the_truth, start, told
from tests.faults.recovery import Clock
from tests.integration.gateway.ledger import Reader
from tests.integration.test_poller import prepared
from tests.support.kafka import KafkaCluster
from tests.support.processes import SatarkProcesses

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(300)]

COUNT = 200
WITHOUT_KAFKA_S = 30.0
SCENARIO = replace(SCENARIOS["churn"], generators=COUNT, objects=1, life_ticks=(3, 6), restart_ticks=12)


async def closed(gateway: Gateway) -> Sequence[Mapping[str, str]]:
    """Return the books of all generators once each is balanced; they go on sending while the pages are read."""
    books = [book for hundred in range(COUNT // 100) for book in await gateway.books(f"-00{hundred}")]
    balances = (int(book["received"]) == sum(int(book[fate]) for fate in FATES) for book in books)
    return books if all(balances) else []


async def test_two_hundred_generators_outlive_a_gateway_and_kafka(
    tmp_path: Path, start_kafka: Callable[..., Any], satark: SatarkProcesses, recovery: Clock
) -> None:
    """Kill -9 of one gateway, then of Kafka for half a minute: books balance, and every share is true and of its session."""
    cluster: KafkaCluster = await start_kafka()
    settings = await prepared(cluster.endpoint())
    first, second = (start(satark, tmp_path, name, settings.brokers) for name in ("g1", "g2"))
    wiring = Wiring((await first.address(), await second.address()), timers=QUICK)
    async with Reader(settings, (UVES, GENERATORS)) as reader, Estate(SCENARIO, seed=5, wiring=wiring) as estate:
        await told(estate, 1)
        await holds_the_truth(estate, reader)
        for gateway in (first, second):
            await gateway.process.until(lambda gateway=gateway: balanced(gateway), what="balanced books")
        assert {"g1", "g2"} == {event.gateway for event in reader.ledger.sessions.values()}

        with recovery("all generators are with the other gateway"):
            await first.process.kill()
            await told(estate, 2)
            await holds_the_truth(estate, reader)

        await cluster.kill()
        died_s = monotonic()
        await told(estate, 2)
        await asyncio.sleep(max(0.0, died_s + WITHOUT_KAFKA_S - monotonic()))
        assert not await balanced(second)
        with recovery("the topics hold the truth again"):
            await cluster.restart()
            await told(estate, 1)
            await holds_the_truth(estate, reader)
        books = await second.process.until(lambda: closed(second), what="every generator's balanced books")

    assert {"g2"} == {event.gateway for name, event in reader.ledger.sessions.items() if name in reader.ledger.up()}
    assert COUNT == len({book["generator"] for book in books})
