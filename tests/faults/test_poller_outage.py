"""Two hours without a poller: every sample is filled in, what happened meanwhile is recorded, nobody is paged about it."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from satark.schemas import topics
from satark.schemas.metrics import WAN_LINK
from satark.schemas.notifications import Outcome
from tests.support.estate import BUCKET, LINK, Estate, doubles, estate
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcesses
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(240)]

OUTAGE = 24
"""Buckets of five minutes."""


@pytest.fixture
async def whole(tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> AsyncIterator[Estate]:
    """An estate on a Kafka of its own."""
    async with estate(tmp_path, own_kafka, satark) as running:
        yield running


async def test_two_hours_without_a_poller(whole: Estate) -> None:
    """An incident that came and went meanwhile is on record and in no mail; no sample is missing, none is double."""
    poller = whole.start("poller")
    for process in (whole.start("detector"), whole.start("notifier"), poller):
        await process.ready()
    await whole.samples_until(-1)
    assert await poller.terminate() == 0

    whole.show(OUTAGE - 1)
    await whole.start("poller", SATARK_POLLER_INTERVAL_S="30").ready()
    await whole.samples_until(OUTAGE - 1)
    samples = [s for s in await whole.records(topics.METRICS) if s.kind == WAN_LINK]
    filled = Counter(s.entity for s in samples if whole.begin <= s.time < whole.begin + OUTAGE * BUCKET)

    async def recorded() -> bool:
        return len(await whole.records(topics.NOTIFICATIONS)) >= 2

    await eventually(recorded, 60, what="the outcomes of the historical incident")
    incidents = await whole.incidents()
    outcomes = await whole.records(topics.NOTIFICATIONS)

    assert set(filled.values()) == {OUTAGE}
    assert len(filled) == len({s.entity for s in samples})
    assert doubles(samples) == {}
    assert {event.labels["link"] for event in incidents} == {LINK}
    assert {event.historical for event in incidents} == {True}
    assert {outcome.outcome for outcome in outcomes} == {Outcome.SUPPRESSED}
    assert await whole.mails(0) == []
