"""A replay tells what the service told: the same events with the same ids."""

import json

import msgspec
import pytest

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import read_to_end
from satark.runtime.records import OutgoingRecord
from satark.schemas import codec
from satark.schemas.topics import ANOMALIES, METRICS
from tests.integration.runtime_kafka import write
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcesses
from tests.support.waiting import eventually
from tests.unit.detector.replay.links import day

pytestmark = [pytest.mark.kafka, pytest.mark.e2e, pytest.mark.timeout(240)]


async def test_the_service_and_a_replay_agree(own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> None:
    """Of the same samples, the detector's events and those of `satark replay` are equal; `satark explain` finds them."""
    kafka = {"SATARK_KAFKA_BROKERS": own_kafka.brokers}
    assert await satark.start("topics", "apply", environment=kafka).ended() == 0
    settings = KafkaSettings(brokers=own_kafka.brokers)
    samples = [each for pair in zip(day("wan-link/c", level=60.0), day(), strict=True) for each in pair]
    encoded = [codec.encode(each, source="/satark/test") for each in samples]
    detector = satark.start("detector", environment=kafka)
    await detector.ready()
    await write(settings, [OutgoingRecord(METRICS, one.key, one.value, one.headers) for one in encoded])

    async def published() -> list[bytes]:
        return sorted([record.value or b"" async for record in read_to_end(settings, ANOMALIES)])

    async def all_told() -> bool:
        return len(await published()) >= 4

    await eventually(all_told, 60, what="two incidents, opened and resolved")
    replayed = satark.start("replay", "--topic", METRICS, "--json", environment=kafka)
    assert await replayed.ended() == 0
    explained = satark.start("explain", "--last", "2", "--json", environment=kafka)
    assert await explained.ended() == 0

    told = [msgspec.json.decode(event) for event in await published()]
    by_id = {event["id"]: event for event in told}
    assert {event["id"]: event for event in map(json.loads, replayed.log_file.read_text().splitlines())} == by_id
    stories = [json.loads(line) for line in explained.log_file.read_text().splitlines()]
    assert {event["id"] for story in stories for event in story["events"]} == by_id.keys()
