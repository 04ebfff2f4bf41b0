"""Replaying and explaining from real topics."""

import argparse
import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from satark.detector.explain.command import command as explain
from satark.detector.replay.backtest.command import command as backtest
from satark.detector.replay.command import command as replay
from satark.runtime.command import Command
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka.ranges import TopicRange
from satark.runtime.records import OutgoingRecord, Record
from satark.schemas import codec
from satark.schemas.metrics import MetricSample
from satark.schemas.topics import ANOMALIES
from tests.integration.runtime_kafka import settings_of, write
from tests.support.kafka import KafkaEndpoint
from tests.support.plugin import Topics
from tests.support.ports import free_port
from tests.unit.detector.explain.incidents import opened, resolved
from tests.unit.detector.replay.links import at, day, sample

pytestmark = pytest.mark.kafka


@pytest.fixture
def settings(kafka: KafkaEndpoint, monkeypatch: pytest.MonkeyPatch) -> KafkaSettings:
    """Settings of the shared broker, which the commands find in their environment."""
    for name, text in kafka.environment().items():
        monkeypatch.setenv(name, text)
    monkeypatch.setenv("SATARK_DETECTOR_METHOD", "seed")
    return settings_of(kafka)


async def run(command: Command, *arguments: object) -> int:
    """Run a command as a person does: in an event loop of its own."""
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return await asyncio.to_thread(command.run, parser.parse_args([str(argument) for argument in arguments]))


def outgoing(topic: str, each: MetricSample, partition: int | None = None) -> OutgoingRecord:
    """Return a sample's record."""
    encoded = codec.encode(each, source="/satark/test")
    return OutgoingRecord(topic, encoded.key, encoded.value, encoded.headers, partition=partition)


async def records(topic: TopicRange) -> list[Record]:
    """Read all of a range."""
    async with topic as entered:
        return [record async for batch in entered.batches() for record in batch]


class TestTopicRange:
    async def test_partitions_are_merged_by_time(self, settings: KafkaSettings, kafka_topics: Topics) -> None:
        """Records of all partitions come in the order in which they were written, however unequal the partitions are."""
        topic = await kafka_topics.create("t", partitions=3)
        for number in range(30):
            row = OutgoingRecord(topic, None, b"%d" % number, partition=0 if number % 5 else number % 3)
            await write(settings, [row])

        found = await records(TopicRange(settings, topic))

        assert [record.timestamp for record in found] == sorted(record.timestamp for record in found)
        assert sorted(int(record.value or b"") for record in found) == list(range(30))

    async def test_it_begins_where_asked(self, settings: KafkaSettings, kafka_topics: Topics) -> None:
        """From a time on, only what was written since is read; the number of records is known before."""
        topic = await kafka_topics.create("t")
        await write(settings, [OutgoingRecord(topic, None, b"old")])
        (old,) = await records(TopicRange(settings, topic))
        await asyncio.sleep(0.005)  # Kafka's clock has milliseconds.
        await write(settings, [OutgoingRecord(topic, None, b"new")])

        since = TopicRange(settings, topic, written_from=old.timestamp + timedelta(milliseconds=1))
        assert [record.value for record in await records(since)] == [b"new"]
        assert since.total == 1
        later = TopicRange(settings, topic, written_from=old.timestamp + timedelta(days=1))
        assert await records(later) == []

    async def test_an_empty_topic_is_not_waited_for(self, settings: KafkaSettings, kafka_topics: Topics) -> None:
        """An empty topic has an end at once."""
        topic = await kafka_topics.create("t", partitions=2)

        assert await records(TopicRange(settings, topic)) == []


class TestReplay:
    async def test_a_topic_gives_what_its_export_gives(
        self,
        settings: KafkaSettings,
        kafka_topics: Topics,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """Samples of a topic are judged and kept; the file gives the same events, and what is no sample is named."""
        topic = await kafka_topics.create("m", partitions=3)
        samples = [each for pair in zip(day("wan-link/c", bad=()), day(), strict=True) for each in pair]
        await write(settings, [outgoing(topic, each) for each in samples])
        await write(settings, [OutgoingRecord(topic, b"k", b"{broken", partition=1)])
        kept = tmp_path / "kept.jsonl.gz"

        assert await run(replay, "--topic", topic, "--json", "--export", kept) == 0
        told = capsys.readouterr()
        assert await run(replay, kept, "--json") == 0

        assert capsys.readouterr().out == told.out
        assert [json.loads(line)["event"] for line in told.out.splitlines()] == ["opened", "resolved"]
        assert f"{topic}/1/" in told.err
        assert "1 rejected: no samples" in told.err

    async def test_the_period_is_that_of_the_samples(
        self, settings: KafkaSettings, kafka_topics: Topics, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """What counts is the samples' own time, also of those that were written long after it."""
        topic = await kafka_topics.create("m")
        await write(settings, [outgoing(topic, each) for each in day()])

        assert await run(replay, "--topic", topic, "--from", at(10).isoformat(), "--to", at(20).isoformat()) == 0
        assert capsys.readouterr().err.startswith("10 samples of 1 link from 2026-03-10 00:50 UTC")

    async def test_the_future_is_refused(
        self, settings: KafkaSettings, kafka_topics: Topics, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A sample that claims a time long after its writing is no sample, as for the detector."""
        topic = await kafka_topics.create("m")
        await write(settings, [outgoing(topic, sample(5_000_000))])

        assert await run(replay, "--topic", topic) == 1
        assert "future: written at" in capsys.readouterr().err

    async def test_a_backtest_reads_topics_too(
        self, settings: KafkaSettings, kafka_topics: Topics, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Both versions of rules see a topic's samples."""
        topic = await kafka_topics.create("m")
        await write(settings, [outgoing(topic, each) for each in day()])

        assert await run(backtest, "--topic", topic, "--method", "seed") == 0
        assert "1 incident now, 1 with the new rules" in capsys.readouterr().out

    async def test_an_unknown_topic(
        self, settings: KafkaSettings, kafka_topics: Topics, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Of a topic that is not there the nearest name is told."""
        topic = await kafka_topics.create("metrics")
        assert settings.brokers

        assert await run(replay, "--topic", f"{topic}s") == 2
        assert capsys.readouterr().err == f"satark replay: there is no topic {topic}s; did you mean {topic}?\n"

    async def test_no_broker(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """Where no broker answers the exit status is 69."""
        monkeypatch.setenv("SATARK_KAFKA_BROKERS", f"127.0.0.1:{free_port()}")

        assert await run(replay, "--topic", "satark.metrics.v1", "--method", "seed") == 69
        assert "satark replay: Kafka is not available after 5 attempts: " in capsys.readouterr().err


class TestExplain:
    async def test_incidents_of_the_topic(
        self,
        own_kafka: KafkaEndpoint,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """An incident is found in the topic by the beginning of its id; what is no event there is passed over."""
        monkeypatch.setenv("SATARK_KAFKA_BROKERS", own_kafka.brokers)
        await own_kafka.create_topics({ANOMALIES: 3})
        first = opened()
        encoded = [codec.encode(event, source="/satark/detector") for event in (first, resolved(first))]
        rows = [OutgoingRecord(ANOMALIES, one.key, one.value, one.headers) for one in encoded]
        await write(settings_of(own_kafka), [*rows, OutgoingRecord(ANOMALIES, b"k", b"{broken")])

        assert await run(explain, first.incident[:12]) == 0
        told = capsys.readouterr()
        assert "#1  2026-03-10 12:25 UTC  resolved: all clear" in told.out
        assert told.err == "satark explain: 1 records are no incident events and were passed over\n"
        assert await run(explain, "zzz") == 1
        assert f"nearest: {first.incident}" in capsys.readouterr().err
