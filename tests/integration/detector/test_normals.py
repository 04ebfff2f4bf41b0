"""What is normal, told by a detector on real Kafka and shown by the command."""

import argparse
import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from satark.detector.normals.command import command
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Producer, read_to_end
from satark.runtime.records import OutgoingRecord
from satark.schemas import codec
from satark.schemas.baselines import BaselineState, EntityBaseline
from satark.schemas.metrics import LATENCY_MS_RX, WAN_LINK, MetricSample
from satark.schemas.topics import BASELINES
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcesses
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.e2e, pytest.mark.timeout(180)]

BEGIN = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def record(link: int, bucket: int) -> OutgoingRecord:
    """Return a link's sample of five minutes."""
    sample = MetricSample.of(
        entity=f"wan-link/vco/1/{link}",
        kind=WAN_LINK,
        time=BEGIN + timedelta(minutes=5 * bucket),
        interval_s=300,
        metrics={LATENCY_MS_RX: 20.0 + bucket % 2},
        labels={"edge": f"PUNE-{link}", "link": "Broadband B"},
    )
    encoded = codec.encode(sample, source="/test")
    return OutgoingRecord(encoded.topic, encoded.key, encoded.value, encoded.headers)


async def shown(*arguments: str) -> int:
    """Run `satark normal` as a person does: in an event loop of its own."""
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return await asyncio.to_thread(command.run, parser.parse_args(arguments))


async def told(settings: KafkaSettings) -> list[EntityBaseline]:
    """Return what was told, in order."""
    return [codec.decode(r.topic, r.value, r.headers) async for r in read_to_end(settings, BASELINES)]


async def test_a_link_is_learnt_and_then_watched(
    own_kafka: KafkaEndpoint,
    satark: SatarkProcesses,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Fifty minutes of one link and ten of another: the topic has both states of the one, and the command shows both links."""
    settings = KafkaSettings(brokers=own_kafka.brokers)
    environment = own_kafka.environment() | {"SATARK_DETECTOR_METHOD": "seed"}
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    assert await satark.start("topics", "apply", environment=environment).ended() == 0
    await satark.start("detector", environment=environment).ready()
    old, young = "wan-link/vco/1/1", "wan-link/vco/1/2"

    async def came() -> bool:
        found = await told(settings)
        return young in {e.entity for e in found} and BaselineState.WATCHING in {e.state for e in found}

    async with Producer(settings, client_id="test") as producer:
        await producer.send_all([record(1, bucket) for bucket in range(10)] + [record(2, bucket) for bucket in (8, 9)])
        await eventually(came, 60, what="a link that is watched, and the other")

    states = [each.state for each in await told(settings) if each.entity == old]
    assert BaselineState.WATCHING == states[-1]
    assert 0 == await shown("--json")
    by_entity = {each["entity"]: each for each in map(json.loads, capsys.readouterr().out.splitlines())}
    assert {old: "watching", young: "learning"} == {name: each["state"] for name, each in by_entity.items()}
    known = by_entity[old]["metrics"][LATENCY_MS_RX]
    assert known["low"] < 20 <= known["centre"] <= 21 < known["high"] == known["limit"]
    assert 0 == await shown("--learning")
    assert "PUNE-2 / Broadband B" in (lines := capsys.readouterr().out)
    assert "PUNE-1" not in lines
    assert 1 == await shown("NOWHERE")
