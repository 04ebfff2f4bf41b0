"""A broker of three dies, or hands over what it leads: the other two go on with it, and so do the services."""

from collections.abc import Callable
from typing import Any

import pytest

from satark.schemas.topics import METRICS
from tests.faults import brokers
from tests.faults.recovery import Clock
from tests.faults.story import Story
from tests.support.kafka import KafkaCluster

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.faults,
    pytest.mark.timeout(240),
    pytest.mark.xdist_group("three-brokers"),
]


async def leader_of_samples(cluster: KafkaCluster) -> int:
    """Return the leader of the first partition of the samples."""
    return (await brokers.leaders(cluster, METRICS))[0]


async def coordinator_of_detectors(cluster: KafkaCluster) -> int:
    """Return the coordinator of the detectors' group."""
    return await brokers.coordinator(cluster, "satark-detector")


async def controller(cluster: KafkaCluster) -> int:
    """Return the active controller."""
    return brokers.controller(cluster)


@pytest.mark.parametrize("chosen", [leader_of_samples, coordinator_of_detectors, controller], ids=lambda f: f.__name__)
async def test_kill_of_one_broker_of_three(
    three_brokers: KafkaCluster, story: Story, recovery: Clock, chosen: Callable[[KafkaCluster], Any]
) -> None:
    """Kill -9 of the leader of samples, of a group's coordinator or of the controller stops nobody for longer than an election."""
    victim = await chosen(three_brokers)
    with recovery("a mail of what began after the kill"):
        await three_brokers.kill(victim)
        await story.told_since(story.bucket)
    with recovery("the broker is back, all copies in step"):
        await three_brokers.restart(victim)
        await brokers.in_step(three_brokers)

    await story.told_once()


async def test_leaders_change_in_an_orderly_way(three_brokers: KafkaCluster, story: Story, recovery: Clock) -> None:
    """A broker that is stopped hands over what it leads, and gets it back by an election: the traffic goes on through both."""
    victim = await brokers.busiest(three_brokers)
    with recovery("a mail of what began after the stop"):
        await three_brokers.stop(victim)
        await story.told_since(story.bucket)
    assert victim not in (await brokers.leaders(three_brokers, METRICS)).values()
    await three_brokers.restart(victim)
    await brokers.in_step(three_brokers)

    with recovery("a mail of what began after the election"):
        await brokers.elect_preferred(three_brokers)
        await story.told_since(story.bucket)

    assert set(three_brokers.nodes) == set((await brokers.leaders(three_brokers, METRICS)).values())
    await story.told_once()
