"""Grouping on real Kafka: incidents on many partitions come to one group, also over a restart."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from satark.detector.codec import faust_app
from satark.detector.delivery import Delivery
from satark.detector.groups.app import IncidentGroups
from satark.detector.groups.model import GroupRules
from satark.detector.settings import DetectorSettings
from satark.runtime.admin import Admin
from satark.runtime.groups import KafkaSettings
from satark.runtime.health import Health
from satark.runtime.kafka import Producer, read_to_end
from satark.runtime.records import OutgoingRecord, Record
from satark.runtime.topics import apply
from satark.schemas import codec
from satark.schemas.incident_groups import IncidentGroupEvent, IncidentGroupOpened, IncidentGroupResolved
from satark.schemas.incidents import IncidentEvent
from satark.schemas.topics import ANOMALIES, BY_NAME, GROUP_NOTICES, INCIDENT_GROUPS
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.waiting import eventually
from tests.unit.detector.groups.estate import event, link

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

RULES = GroupRules(settle_s=1.0)
POISON = OutgoingRecord(GROUP_NOTICES, b"vco.example.net/7", b"{")


@pytest.fixture
async def kafka_settings(own_kafka: KafkaEndpoint) -> KafkaSettings:
    """A broker with all topics of the contract, four partitions each."""
    settings = KafkaSettings(brokers=own_kafka.brokers, partitions=4)
    async with Admin(settings) as admin:
        await apply(settings, admin)
    return settings


@asynccontextmanager
async def grouping(settings: KafkaSettings, folder: Path) -> AsyncIterator[None]:
    """A detector that does nothing but group, while the block lasts."""
    app = faust_app(DetectorSettings(), settings, datadir=folder)
    delivery = Delivery(Health())
    delivery.attach(app)
    IncidentGroups(settings, delivery, RULES).attach(app)
    await app.start()
    try:
        yield
    finally:
        await app.stop()


async def publish(settings: KafkaSettings, *incidents: IncidentEvent) -> None:
    """Publish incidents as the detector does."""
    encoded = [codec.encode(each, source="/test") for each in incidents]
    async with Producer(settings, client_id="test") as producer:
        await producer.send_all([OutgoingRecord(e.topic, e.key, e.value, e.headers) for e in encoded])


async def records(settings: KafkaSettings, topic: str) -> list[Record]:
    """Return what is in a topic."""
    return [record async for record in read_to_end(settings, topic)]


async def told(settings: KafkaSettings) -> list[IncidentGroupEvent]:
    """Return the events of groups."""
    found: list[Any] = [codec.decode(r.topic, r.value, r.headers) for r in await records(settings, INCIDENT_GROUPS)]
    return found


async def test_a_provider_s_trouble_is_one_group(kafka_settings: KafkaSettings, tmp_path: Path) -> None:
    """Links on several partitions become one group; after a restart and a broken record it ends with the last of them."""
    links = [link(number, isp="Comcast", site=f"Site {number}") for number in range(6)]
    opened = [event(labels, float(number)) for number, labels in enumerate(links)]
    over = [event(labels, float(number), 1, resolved_at=30.0) for number, labels in enumerate(links)]

    async def until(kind: type[IncidentGroupEvent]) -> list[IncidentGroupEvent]:
        async def came() -> bool:
            return any(isinstance(each, kind) for each in await told(kafka_settings))

        await eventually(came, timeout_s=60)
        return await told(kafka_settings)

    async with grouping(kafka_settings, tmp_path):
        await publish(kafka_settings, *opened)
        (first,) = await until(IncidentGroupOpened)
    partitions = {record.partition for record in await records(kafka_settings, ANOMALIES)}
    async with Producer(kafka_settings, client_id="test") as producer:
        await producer.send(POISON)
    async with grouping(kafka_settings, tmp_path):
        await publish(kafka_settings, *over)
        (again, *_, last) = await until(IncidentGroupResolved)

    assert len(partitions) > 1
    assert isinstance(first, IncidentGroupOpened)
    assert 6 == first.member_count == first.open_count
    assert first == again
    assert isinstance(last, IncidentGroupResolved)
    assert (first.group, 6) == (last.group, last.member_count)
    letters = await records(kafka_settings, BY_NAME[GROUP_NOTICES].dead_letter_name)
    assert [POISON.value] == [letter.value for letter in letters]
