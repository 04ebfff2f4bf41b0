"""Replaying on librdkafka's in-process cluster, as `satark up` starts it where nobody has a Kafka."""

import argparse
import asyncio
from collections.abc import Iterator

import pytest
from confluent_kafka import Producer as EmbeddedCluster

from satark.detector.explain.command import command as explain
from satark.detector.replay.command import command as replay
from satark.runtime.command import Command
from satark.runtime.groups import KafkaSettings
from satark.runtime.records import OutgoingRecord
from satark.schemas import codec
from satark.schemas.topics import METRICS, all_topics
from tests.integration.runtime_kafka import write
from tests.unit.detector.explain.incidents import opened
from tests.unit.detector.replay.links import at, day


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> Iterator[KafkaSettings]:
    """A cluster with the contract's topics, which the commands find in their environment."""
    cluster = EmbeddedCluster({"bootstrap.servers": "", "test.mock.num.brokers": 1, "log_level": 0})
    for topic in all_topics():
        cluster.list_topics(topic.name, timeout=10)
    broker = next(iter(cluster.list_topics(timeout=10).brokers.values()))
    settings = KafkaSettings(brokers=f"{broker.host}:{broker.port}", topic_admin=False, partitions=4)
    monkeypatch.setenv("SATARK_KAFKA_BROKERS", settings.brokers)
    monkeypatch.setenv("SATARK_KAFKA_TOPIC_ADMIN", "false")
    monkeypatch.setenv("SATARK_DETECTOR_METHOD", "seed")
    yield settings
    del cluster  # it ends with its client object


async def run(command: Command, *arguments: str) -> int:
    """Run a command as a person does: in an event loop of its own."""
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return await asyncio.to_thread(command.run, parser.parse_args(arguments))


async def publish(settings: KafkaSettings, *events: codec.Event) -> None:
    """Write events to their topics."""
    encoded = [codec.encode(event, source="/satark/test") for event in events]
    await write(settings, [OutgoingRecord(one.topic, one.key, one.value, one.headers) for one in encoded])


async def test_samples_are_replayed(embedded: KafkaSettings, capsys: pytest.CaptureFixture[str]) -> None:
    """A period of a topic is judged also where the broker knows little of times."""
    await publish(embedded, *day())

    assert await run(replay, "--topic", METRICS, "--from", at(0).isoformat()) == 0
    assert "1 incident opened, 1 resolved, 0 still open" in capsys.readouterr().err


async def test_incidents_are_explained(embedded: KafkaSettings, capsys: pytest.CaptureFixture[str]) -> None:
    """An incident is found also without the admin API."""
    await publish(embedded, opened())

    assert await run(explain, "--last", "1") == 0
    assert "LDN-BR-01 / Broadband B: critical incident" in capsys.readouterr().out
