"""A broker of three is slow, by its network or by itself: what it leads takes seconds, and nothing is lost or done twice."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from satark.schemas.topics import METRICS
from tests.faults import brokers
from tests.faults.namespaces import Network
from tests.faults.recovery import Clock
from tests.faults.story import Story, all_ready
from tests.support.kafka import KafkaCluster
from tests.support.processes import SatarkProcess

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.faults,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("three-brokers"),
]

STOPPED_S, RUNNING_S = 1.5, 0.7
"""Shorter than a broker's session with the controller, longer than a producer's patience with itself."""

KBIT = 96
MANY = 6
"""A process shares partitions out at its start, and once more when the coordinator is lost for longer than a session."""

Services = dict[str, SatarkProcess]


@asynccontextmanager
async def stuttering(pid: int) -> AsyncIterator[None]:
    """Let a process run for moments only."""

    async def stutter() -> None:
        while True:
            os.kill(pid, signal.SIGSTOP)
            await asyncio.sleep(STOPPED_S)
            os.kill(pid, signal.SIGCONT)
            await asyncio.sleep(RUNNING_S)

    task = asyncio.create_task(stutter())
    try:
        yield
    finally:
        task.cancel()
        os.kill(pid, signal.SIGCONT)


def rebalances(services: Services) -> int:
    """Return how often the pollers' group shared its orchestrators out."""
    return len(services["poller"].events("ownership"))


async def test_a_broker_that_stutters(
    three_brokers: KafkaCluster, services: Services, story: Story, recovery: Clock
) -> None:
    """A broker that stands still every other second delays what it leads; groups do not break up over it."""
    victim = (await brokers.leaders(three_brokers, METRICS))[0]
    async with stuttering(three_brokers.nodes[victim].pid):
        with recovery("a mail of what began while a broker stutters"):
            await story.told_since(story.bucket)
    with recovery("a mail of what began afterwards"):
        await story.told_since(story.bucket)

    await story.told_once()
    await all_ready(services)
    assert rebalances(services) < MANY


async def test_a_broker_behind_a_slow_line(
    three_brokers: KafkaCluster, net: Network, services: Services, story: Story, recovery: Clock
) -> None:
    """A broker behind a line of a modem's speed delays what it leads; groups do not break up over it."""
    victim = (await brokers.leaders(three_brokers, METRICS))[0]
    net.slow_down(victim, kbit=KBIT)
    with recovery("a mail of what began while the line is slow"):
        await story.told_since(story.bucket)
    net.heal()
    with recovery("a mail of what began afterwards"):
        await story.told_since(story.bucket)
    await brokers.in_step(three_brokers)

    await story.told_once()
    await all_ready(services)
    assert rebalances(services) < MANY
