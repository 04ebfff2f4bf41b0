"""An incident that a person closes, on real Kafka."""

import argparse
import asyncio

import pytest

from satark.detector.closing.command import command
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Producer, read_to_end
from satark.schemas import codec
from satark.schemas.incidents import IncidentEvent, IncidentOpened, IncidentResolved, Reason
from satark.schemas.topics import ANOMALIES
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcesses
from tests.support.sick_links import sample
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.e2e, pytest.mark.timeout(180)]


async def close(*arguments: str) -> int:
    """Run `satark close` as a person does: in an event loop of its own."""
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return await asyncio.to_thread(command.run, parser.parse_args(arguments))


async def told(settings: KafkaSettings) -> list[IncidentEvent]:
    """Return the events of incidents, in order."""
    return [codec.decode(r.topic, r.value, r.headers) async for r in read_to_end(settings, ANOMALIES)]


async def test_an_incident_of_a_silent_link_is_closed(
    own_kafka: KafkaEndpoint, satark: SatarkProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No sample comes any more: the word ends it, is taken once, and says who it was; what is unknown or over is refused."""
    settings = KafkaSettings(brokers=own_kafka.brokers)
    environment = own_kafka.environment() | {"SATARK_DETECTOR_METHOD": "seed"}
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    assert await satark.start("topics", "apply", environment=environment).ended() == 0
    await satark.start("detector", environment=environment).ready()

    async def came(kind: type[IncidentEvent]) -> bool:
        return any(isinstance(event, kind) for event in await told(settings))

    async with Producer(settings, client_id="test") as producer:
        await producer.send_all(
            [sample(0, bucket, latency_ms=90.0 if bucket >= 12 else 20.0 + bucket % 2) for bucket in range(14)]
        )
    await eventually(lambda: came(IncidentOpened), 60, what="an incident")
    incident = (await told(settings))[0].incident

    assert 1 == await close("ffffffff-none", "--because", "x")
    assert 0 == await close(incident[:8], "--because", "taken down", "--by", "alice")
    await eventually(lambda: came(IncidentResolved), 60, what="its end")
    (end,) = [event for event in await told(settings) if isinstance(event, IncidentResolved)]
    assert (Reason.CLOSED, "alice", "taken down") == (end.reason, end.closed_by, end.because)
    assert 3 == await close(incident, "--because", "again")
