"""Generators come, restart, move and leave, bad peers between them, and nothing of it stays in a gateway."""

import pytest

from satark.runtime.groups import KafkaSettings
from tests.integration.gateway.soaking import Sample, Soak, gateways, growth
from tests.support.processes import SatarkProcesses

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

SOAK = Soak(rounds=2, round_s=4.0, generators=12, rate=5.0, speed=40.0, look_s=1.0)


async def test_churn_leaves_nothing_behind(broker: KafkaSettings, satark: SatarkProcesses) -> None:
    """File descriptors and tasks are after the last round what they were after the first; memory is nearly so."""
    samples: list[Sample] = []
    async with gateways(broker, satark) as running:
        await SOAK.run(running, samples.append)

    rests = [each for each in samples if each.rest]
    assert SOAK.rounds == len(rests)
    assert max(each.connections for each in samples) > rests[-1].connections
    assert rests[-1].received > rests[0].received > 0
    assert [each.received for each in rests] == [each.published + each.given_up for each in rests]
    assert [] == growth(samples, warm=1, rss_share=0.15)
