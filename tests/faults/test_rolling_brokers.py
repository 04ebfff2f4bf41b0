"""All three brokers are restarted, one after another, as an upgrade does: nobody notices."""

import pytest

from tests.faults import brokers
from tests.faults.recovery import Clock
from tests.faults.story import TARGETS, Story, all_ready
from tests.support.kafka import KafkaCluster
from tests.support.processes import SatarkProcess

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.faults,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("three-brokers"),
]


LEISURELY_S = 2.0
"""A bucket; three restarts take half a minute where the machine has nothing else to do, and the story goes on for longer."""

EACH = len(TARGETS) // brokers.COUNT
"""Links that may go bad by the end of each restart, where it takes longer."""


@pytest.mark.parametrize("story", [LEISURELY_S], indirect=True)
async def test_rolling_restart_under_traffic(
    three_brokers: KafkaCluster, services: dict[str, SatarkProcess], story: Story, recovery: Clock
) -> None:
    """Each broker is stopped and started again once all copies are in step: samples, incidents and mails go on all the time."""
    for turn, number in enumerate(three_brokers.nodes, start=1):
        story.allow(turn * EACH - 1)
        with recovery("a broker is restarted, all copies in step"):
            await three_brokers.stop(number)
            await three_brokers.restart(number)
            await brokers.in_step(three_brokers)
        story.allow(turn * EACH)
        await story.told_since(story.bucket)

    await story.told_once()
    await all_ready(services)
