"""The network between three brokers, or to them, is cut: who has the majority goes on, and all is whole when it is mended."""

import pytest

from satark.schemas.topics import METRICS
from tests.faults import brokers
from tests.faults.namespaces import Network
from tests.faults.recovery import Clock
from tests.faults.story import Story, all_ready, all_unready
from tests.support.kafka import KafkaCluster
from tests.support.processes import SatarkProcess

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.faults,
    pytest.mark.timeout(240),
    pytest.mark.xdist_group("three-brokers"),
]

Services = dict[str, SatarkProcess]


def others(one: int) -> list[int]:
    """Return the other two."""
    return [number for number in range(1, brokers.COUNT + 1) if number != one]


async def test_a_leader_that_its_peers_do_not_reach(
    three_brokers: KafkaCluster, net: Network, services: Services, story: Story, recovery: Clock
) -> None:
    """A leader that its peers do not reach acknowledges nothing alone: the peers take what is written; all is read in the end."""
    # Who only reads is answered by the old leader, which does not know better, until its next look at who leads what.
    victim = (await brokers.leaders(three_brokers, METRICS))[0]
    with recovery("samples are acknowledged by the other two"):
        for other in others(victim):
            net.cut(victim, other)
        await story.published_anew()
    with recovery("a mail of what began after the network is mended"):
        net.heal()
        await story.told_since(story.bucket)
    await brokers.in_step(three_brokers)

    await story.told_once()
    await all_ready(services)


async def test_a_leader_that_nobody_reaches(
    three_brokers: KafkaCluster, net: Network, services: Services, story: Story, recovery: Clock
) -> None:
    """A broker that falls silent without a word, its connections open, is left by all its clients."""
    victim = (await brokers.leaders(three_brokers, METRICS))[0]
    with recovery("a mail of what began after the cut"):
        net.cut_off(victim)
        await story.told_since(story.bucket)
    with recovery("the network is mended, all copies in step"):
        net.heal()
        await brokers.in_step(three_brokers)

    await story.told_once()
    await all_ready(services)


async def test_two_of_three_that_nobody_reaches(
    three_brokers: KafkaCluster, net: Network, services: Services, story: Story, recovery: Clock
) -> None:
    """With one broker of three left nothing is accepted: services say so, keep what they have, and go on when the others are back."""
    left = (await brokers.leaders(three_brokers, METRICS))[0]
    with recovery("all services say that they are not ready"):
        net.cut_off(*others(left))
        reasons = await all_unready(services)
    with recovery("a mail of what began after the network is mended"):
        net.heal()
        await story.told_since(story.bucket)
    await brokers.in_step(three_brokers)

    await story.told_once()
    await all_ready(services)
    assert set(services) == set(reasons)
