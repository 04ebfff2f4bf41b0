"""The orchestrator is away for an hour, in the middle of an incident: a faked clock makes half a minute of it."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from satark.schemas import topics
from satark.schemas.incidents import IncidentOpened, IncidentResolved
from satark.schemas.states import ORCHESTRATOR
from tests.faults.doors import Door
from tests.faults.faketime import WallClock
from tests.faults.recovery import Clock
from tests.faults.truth import SETTLE_BUCKETS, assert_every_sample_once, failed_cycles_until
from tests.support.estate import BUCKET, LINK, Estate, doubles, estate
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcesses

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(240)]

HOUR = 12
"""Buckets of five minutes."""

BEFORE = 2
"""Bad buckets that are read before the orchestrator goes."""

BEHIND_S = 7_200
"""The poller begins in the past: a broker takes no record from more than an hour ahead of its own clock."""


@pytest.fixture
async def whole(tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> AsyncIterator[Estate]:
    """An estate on a Kafka of its own."""
    async with estate(tmp_path, own_kafka, satark) as running:
        yield running


async def test_away_for_an_hour(whole: Estate, tmp_path: Path, recovery: Clock) -> None:
    """Its absence is one mail and so is its return; the hour is read whole, and the incident ends where it did."""
    clock = WallClock(tmp_path / "clock")
    clock.set(-BEHIND_S)
    async with Door(whole.vco.sim) as door:
        await door.open()
        url = f"http://127.0.0.1:{door.port}"
        poller = whole.start("poller", SATARK_POLLER_VCO_URL=url, **clock.environment())
        for process in (whole.start("detector"), whole.start("notifier"), poller):
            await process.ready()
        await whole.samples_until(-1)
        whole.show(BEFORE - 1)
        await whole.outcomes_until(1)
        await door.shut()
        for failed in range(1, HOUR + 1):
            whole.show(BEFORE - 1 + failed)
            clock.set(int(failed * BUCKET.total_seconds()) - BEHIND_S)
            await failed_cycles_until(whole, failed)
        await whole.outcomes_until(2)
        with recovery("an hour of samples is read"):
            await door.open()
            await whole.samples_until(BEFORE - 1 + HOUR)
        last = BEFORE + HOUR + SETTLE_BUCKETS
        whole.show(last)
        clock.set(int((HOUR + 1 + SETTLE_BUCKETS) * BUCKET.total_seconds()) - BEHIND_S)
        await whole.samples_until(last)
        await whole.outcomes_until(4)

        mails = [mail.subject for mail in await whole.mails(4)]
        await assert_every_sample_once(whole, last)
    ends = [event for event in await whole.incidents() if isinstance(event, IncidentOpened | IncidentResolved)]
    told = Counter((event.kind == ORCHESTRATOR or event.labels["link"], type(event)) for event in ends)
    over = next(event for event in ends if isinstance(event, IncidentResolved) and event.kind != ORCHESTRATOR)

    assert told == Counter({(who, what): 1 for who in (True, LINK) for what in (IncidentOpened, IncidentResolved)})
    assert [mail.partition(" ")[0] for mail in mails[:2]] == ["[OPENED]", "[OPENED]"]
    assert [mail.partition(" ")[0] for mail in mails[2:]] == ["[RESOLVED]", "[RESOLVED]"]
    assert "vco.test: cannot be read for 3 cycles (unreachable)" in mails[1]
    assert over.time < whole.begin + (BEFORE + HOUR) * BUCKET
    assert doubles(await whole.records(topics.NOTIFICATIONS)) == {}
