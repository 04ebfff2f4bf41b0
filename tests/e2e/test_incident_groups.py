"""A provider's bad half hour, through the real poller, two real detectors and the real notifier: one mail, not six."""

from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from satark.schemas import topics
from satark.schemas.incident_groups import IncidentGroupEvent, IncidentGroupOpened, IncidentGroupResolved
from satark.schemas.incidents import IncidentOpened
from satark.schemas.notifications import Outcome
from satark.simulators.vco.grid import grid
from satark.simulators.vco.scenario import Incident, Script
from tests.support.estate import BAD_BUCKETS, Estate, estate
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcesses
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.e2e, pytest.mark.timeout(300)]

ISP = "Example Telecom"
WORLD = grid(1, 12, 2)
"""Twenty-four links, six of them of that provider."""

SCRIPT = Script(
    incidents=(Incident(isp=ISP, kind="step", start_s=0, duration_s=BAD_BUCKETS * 300, add={"latency_ms_rx": 120}),)
)
KNOWN_BUCKETS = 13
"""What the poller reads on its first start, not always in order: what is normal is learnt from all of it."""

OVER = BAD_BUCKETS + 4


@pytest.fixture
async def whole(tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> AsyncIterator[Estate]:
    """An estate whose provider is going to fail."""
    async with estate(tmp_path, own_kafka, satark, world=WORLD, script=SCRIPT) as running:
        yield running


async def told(whole: Estate, kind: type[IncidentGroupEvent]) -> list[IncidentGroupEvent]:
    """Wait for an event of a group; return all that there are."""

    async def came() -> bool:
        return any(isinstance(event, kind) for event in await whole.records(topics.INCIDENT_GROUPS))

    await eventually(came, 90, what=kind.__name__)
    return await whole.records(topics.INCIDENT_GROUPS)


async def show(whole: Estate, buckets: Iterable[int]) -> None:
    """Let the clock go on, and wait each time until the samples are there."""
    for bucket in buckets:
        whole.show(bucket)
        await whole.samples_until(bucket)


async def test_one_mail_for_a_provider_s_trouble(whole: Estate) -> None:
    """All links of a provider go bad and recover: one mail when they do, one when it is over, and none for a link."""
    services = [whole.start("detector"), whole.start("detector"), whole.start("poller")]
    services.append(whole.start("notifier", SATARK_NOTIFIER_GROUP_WAIT_S="30"))
    for process in services:
        await process.ready()
    for bucket in range(-KNOWN_BUCKETS, 0):
        await whole.samples_until(bucket)

    await show(whole, range(BAD_BUCKETS))
    opened = (await told(whole, IncidentGroupOpened))[0]
    await whole.mails(1)
    await show(whole, range(BAD_BUCKETS, OVER))
    resolved = (await told(whole, IncidentGroupResolved))[-1]
    await whole.outcomes_until(2)
    mails = await whole.mails(2)
    incidents = [event for event in await whole.incidents() if isinstance(event, IncidentOpened)]
    outcomes = await whole.records(topics.NOTIFICATIONS)

    assert {whole.begin} == {member.opened_at for member in opened.members}
    assert (ISP, 6, 6) == (opened.value, opened.member_count, opened.open_count)
    assert {member.incident for member in opened.members} == {event.incident for event in incidents}
    assert (opened.group, 6, 0) == (resolved.group, resolved.member_count, resolved.open_count)
    assert [f"[OPENED] CRITICAL ISP {ISP}", f"[RESOLVED] ISP {ISP}"] == [
        mail.subject.partition(":")[0] for mail in mails
    ]
    assert {opened.group} == {outcome.incident for outcome in outcomes if outcome.outcome is Outcome.SENT}
