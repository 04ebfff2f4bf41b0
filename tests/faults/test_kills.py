"""kill -9 in the middle of an incident: still exactly one opened and one resolved mail."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from satark.schemas import topics
from satark.schemas.incidents import IncidentOpened, IncidentResolved
from tests.support.estate import BAD_BUCKETS, EDGE, LINK, Estate, doubles, estate
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcess, SatarkProcesses

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(240)]

SERVICES = ("detector", "notifier", "poller")


@pytest.fixture
async def whole(tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> AsyncIterator[Estate]:
    """An estate on a Kafka of its own."""
    async with estate(tmp_path, own_kafka, satark) as running:
        yield running


async def _running(whole: Estate) -> dict[str, SatarkProcess]:
    processes = {service: whole.start(service) for service in SERVICES}
    for process in processes.values():
        await process.ready()
    await whole.samples_until(-1)
    return processes


async def _check_story(whole: Estate, victim: str) -> None:
    opened, resolved = await whole.mails(2)
    told = await whole.incidents()
    # Killed between telling and remembering, a detector tells again, under the same id (docs/adr/0019).
    incidents = list({event.id: event for event in told}.values()) if victim == "detector" else told

    assert [mail.subject.split()[0] for mail in (opened, resolved)] == ["[OPENED]", "[RESOLVED]"]
    assert all(EDGE in mail.subject and LINK in mail.subject for mail in (opened, resolved))
    assert set(opened.references) & set(resolved.references)
    assert [IncidentOpened, IncidentResolved] == [
        type(e) for e in incidents if isinstance(e, IncidentOpened | IncidentResolved)
    ]
    assert doubles(await whole.records(topics.METRICS)) == {}
    assert doubles(incidents) == {}
    assert doubles(await whole.records(topics.NOTIFICATIONS)) == {}


@pytest.mark.parametrize("victim", SERVICES)
async def test_killed_while_the_incident_is_open(whole: Estate, victim: str) -> None:
    """A service that is killed between the two mails comes back and sends nothing twice."""
    processes = await _running(whole)
    whole.show(1)
    await whole.outcomes_until(1)

    await processes[victim].kill()
    await whole.start(victim).ready()
    whole.show(BAD_BUCKETS + 5)

    await whole.mails(2)
    await whole.samples_until(BAD_BUCKETS + 5)
    await _check_story(whole, victim)


@pytest.mark.parametrize("victim", SERVICES)
async def test_killed_while_the_incident_opens(whole: Estate, victim: str) -> None:
    """A service that is killed the moment the bad samples appear loses nothing and tells once."""
    processes = await _running(whole)
    whole.mail.script.reply("451 4.3.0 try again later", stage="data", times=None)
    whole.show(1)
    if victim == "notifier":
        await processes[victim].event("message_put_off")
    elif victim == "detector":
        await whole.samples_until(0)

    await processes[victim].kill()
    whole.mail.script.clear()
    await whole.start(victim).ready()
    await whole.mails(1)
    whole.show(BAD_BUCKETS + 5)

    await whole.mails(2)
    await whole.samples_until(BAD_BUCKETS + 5)
    await _check_story(whole, victim)
