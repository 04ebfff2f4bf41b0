"""A person says that what a link does now is its normal."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from satark.schemas.incidents import IncidentOpened, IncidentResolved, Reason
from satark.simulators.vco.scenario import Incident, Script
from tests.support.estate import EDGE, LINK, Estate, estate
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcesses

pytestmark = [pytest.mark.kafka, pytest.mark.e2e, pytest.mark.asyncio]

MOVED = Script(
    incidents=(Incident(edge=EDGE, link=LINK, kind="step", start_s=0, duration_s=86_400, add={"latency_ms_rx": 67}),)
)


@pytest.fixture
async def whole(tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> AsyncIterator[Estate]:
    """A link that is slower from now on, for good."""
    async with estate(tmp_path, own_kafka, satark, script=MOVED) as running:
        yield running


async def test_the_incident_ends_with_the_next_sample(whole: Estate) -> None:
    """By the incident's id: it is over because a person said so, also for a detector that is killed meanwhile."""
    processes = {service: whole.start(service) for service in ("detector", "notifier", "poller")}
    for process in processes.values():
        await process.ready()
    await whole.samples_until(-1)
    whole.show(2)
    await whole.outcomes_until(1)
    (opened,) = [event for event in await whole.incidents() if isinstance(event, IncidentOpened)]

    accepting = whole.satark.start(
        "accept",
        opened.incident[:8],
        "--by",
        "alice",
        "--note",
        "another provider",
        environment={"SATARK_KAFKA_BROKERS": whole.kafka.brokers},
    )
    assert 0 == await accepting.ended()
    word = await processes["detector"].event("normal_accepted")
    assert (opened.entity, "alice", True) == (word["entity"], word["by"], word["taken"])
    await processes["detector"].kill()
    await whole.start("detector").ready()
    whole.show(8)
    await whole.mails(2)

    events = await whole.incidents()
    assert [Reason.ACCEPTED] == [event.reason for event in events if isinstance(event, IncidentResolved)]
    assert 1 == sum(isinstance(event, IncidentOpened) for event in events)
