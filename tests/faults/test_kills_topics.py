"""kill -9 of the job that makes the topics: running it again makes them whole."""

import pytest

from satark.runtime.admin import Admin
from satark.runtime.groups import KafkaSettings
from satark.runtime.topics import partitions_of
from satark.schemas.topics import METRICS, all_topics
from tests.faults.gate import Gate
from tests.faults.moments import Api, after, before
from tests.faults.recovery import Clock
from tests.faults.wires import KafkaWire
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcesses

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(120)]

MOMENTS = {
    "it asks for topics": before(Api.CREATE_TOPICS, METRICS),
    "topics are made": after(Api.CREATE_TOPICS, METRICS),
}


@pytest.mark.parametrize("moment", MOMENTS)
async def test_killed_while_it_makes_topics(
    own_kafka: KafkaEndpoint, satark: SatarkProcesses, recovery: Clock, moment: str
) -> None:
    """The job is killed before or after Kafka has heard of it: the next run succeeds, and every topic is as it should be."""
    settings = KafkaSettings(brokers=own_kafka.brokers, partitions=3)
    environment = {"SATARK_KAFKA_PARTITIONS": "3"}
    async with Gate(own_kafka.brokers, KafkaWire) as gate:
        held = gate.hold(MOMENTS[moment])
        job = satark.start("topics", "apply", environment=environment | {"SATARK_KAFKA_BROKERS": gate.address})
        await held.come()
        await job.kill()

    with recovery("all topics are there"):
        again = satark.start("topics", "apply", environment=environment | {"SATARK_KAFKA_BROKERS": own_kafka.brokers})
        assert await again.ended() == 0

    async with Admin(settings) as admin:
        there = await admin.partitions_by_topic()
    assert {topic.name: partitions_of(topic, settings) for topic in all_topics()} == there
