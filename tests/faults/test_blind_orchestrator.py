"""Poll row 17 from end to end: an orchestrator that cannot be read is a mail, and so is its return."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from satark.schemas import topics
from satark.schemas.states import ORCHESTRATOR, State
from tests.faults.truth import failed_cycles_until
from tests.support.estate import BUCKET, Estate, doubles, estate
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcesses

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(240)]


@pytest.fixture
async def whole(tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> AsyncIterator[Estate]:
    """An estate on a Kafka of its own."""
    async with estate(tmp_path, own_kafka, satark) as running:
        yield running


async def test_row_17_unreadable_for_three_cycles(whole: Estate) -> None:
    """The third cycle in a row with a refused token opens one incident and sends one mail; a good one resolves it."""
    whole.show(-6)
    for process in [whole.start(service) for service in ("detector", "notifier", "poller")]:
        await process.ready()
    await whole.samples_until(-6)
    whole.vco.sim.change(token_expires=whole.begin - 20 * BUCKET)
    for cycle in (1, 2, 3):
        whole.vco.sim.advance(300)
        await failed_cycles_until(whole, cycle)
    (opened,) = await whole.mails(1)
    whole.vco.sim.heal()
    whole.vco.sim.advance(300)
    resolved = (await whole.mails(2))[-1]
    states = [s.state for s in await whole.records(topics.STATES) if s.kind == ORCHESTRATOR]

    assert opened.subject == "[OPENED] CRITICAL vco.test: cannot be read for 3 cycles (auth_failed)"
    assert resolved.subject.startswith("[RESOLVED] vco.test: readable again after ")
    assert states == [State.OK, State.BLIND, State.OK]
    assert doubles(await whole.records(topics.METRICS)) == {}
