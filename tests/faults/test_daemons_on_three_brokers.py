"""A broker of three fails while daemons talk: gateways and the store go on with the other two, and all of it is there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from satark.schemas.topics import UVES
from tests.faults import brokers
from tests.faults.everything import SERVICES, Everything, everything
from tests.faults.namespaces import Network
from tests.faults.recovery import Clock
from tests.support.estate import BAD_BUCKETS
from tests.support.kafka import KafkaCluster
from tests.support.processes import SatarkProcesses

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.faults,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("three-brokers"),
]

LAST = BAD_BUCKETS + 5
PATIENCE_S = 100.0

Fault = Callable[[KafkaCluster, Network, int], Awaitable[None]]


@pytest.fixture
async def site(tmp_path: Path, three_brokers: KafkaCluster, satark: SatarkProcesses) -> AsyncIterator[Everything]:
    """Everything on three brokers, ready, and something told of each kind."""
    async with everything(tmp_path, three_brokers.endpoint(), satark) as running:
        services = [running.start(service) for service in SERVICES]
        await asyncio.gather(*(process.ready() for process in services))
        await _tell(running, 0)
        yield running


async def _tell(site: Everything, bucket: int) -> None:
    """Show a bucket and let daemons tell something; wait until the topics have it."""
    site.whole.show(bucket)
    await site.generators.play(1)
    assert await site.generators.settle(PATIENCE_S)
    await site.topics_hold_the_truth()


async def _killed(cluster: KafkaCluster, _: Network, victim: int) -> None:
    await cluster.kill(victim)


async def _stopped(cluster: KafkaCluster, _: Network, victim: int) -> None:
    await cluster.stop(victim)


async def _silent(_: KafkaCluster, net: Network, victim: int) -> None:
    net.cut_off(victim)


@pytest.mark.parametrize("break_it", [_killed, _stopped, _silent], ids=["killed", "stopped", "silent"])
async def test_the_leader_of_the_objects_fails(
    three_brokers: KafkaCluster, net: Network, site: Everything, recovery: Clock, break_it: Fault
) -> None:
    """The leader of what daemons tell dies, is stopped or falls silent, and comes back: objects, rows and books are whole."""
    victim = (await brokers.leaders(three_brokers, UVES))[0]
    with recovery("the topics have what daemons tell"):
        await break_it(three_brokers, net, victim)
        await _tell(site, 1)
    with recovery("the broker is back, all copies in step"):
        net.heal()
        if not three_brokers.nodes[victim].running:
            await three_brokers.restart(victim)
        await brokers.in_step(three_brokers)

    await _tell(site, 2)
    await site.is_as_if_nothing_had_been(LAST)


async def test_the_coordinator_of_the_store_dies(
    three_brokers: KafkaCluster, site: Everything, recovery: Clock
) -> None:
    """The broker that looks after the store's group dies: the other two have all of it, and the store each row once."""
    victim = await brokers.coordinator(three_brokers, "satark-analytics")
    with recovery("the topics have what daemons tell"):
        await three_brokers.kill(victim)
        await _tell(site, 1)
    with recovery("all is as if nothing had been, with two brokers"):
        await _tell(site, 2)
        await site.is_as_if_nothing_had_been(LAST)
    await three_brokers.restart(victim)
