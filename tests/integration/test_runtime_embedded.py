"""The runtime on librdkafka's in-process cluster, as `satark up` starts it where nobody has a Kafka."""

import argparse
import asyncio
import json
from collections.abc import Iterator

import pytest
from confluent_kafka import Producer as EmbeddedCluster

from satark.runtime import topics
from satark.runtime.commands.dlq import command
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Consumer, Producer, end_offsets, read_to_end
from satark.runtime.records import OutgoingRecord, Record
from satark.schemas.topics import METRICS, all_topics
from tests.support.waiting import eventually


@pytest.fixture
def embedded() -> Iterator[KafkaSettings]:
    """The settings for a cluster that lives as long as the test, with the contract's topics touched."""
    cluster = EmbeddedCluster({"bootstrap.servers": "", "test.mock.num.brokers": 1, "log_level": 0})
    for topic in all_topics():
        cluster.list_topics(topic.name, timeout=10)
    broker = next(iter(cluster.list_topics(timeout=10).brokers.values()))
    yield KafkaSettings(brokers=f"{broker.host}:{broker.port}", topic_admin=False, partitions=4)
    del cluster  # it ends with its client object


async def test_records_go_through(embedded: KafkaSettings) -> None:
    """Producer, consumer, offsets and reading to the end work without the admin API."""
    await topics.wait_for(embedded, [METRICS])
    read: list[Record] = []

    async with Producer(embedded, client_id="test") as producer:
        written = await producer.send_all([OutgoingRecord(METRICS, b"%d" % n, b"x") for n in range(20)])
    at_the_end = [record async for record in read_to_end(embedded, METRICS)]
    ends = await end_offsets(embedded, METRICS)
    async with Consumer(embedded, topics=[METRICS], group_id="g") as consumer:

        async def polled() -> bool:
            read.extend(await consumer.poll(timeout_s=0.5))
            return len(read) >= 20

        await eventually(polled, 60.0)
        await consumer.commit({(METRICS, partition): end for partition, end in ends.items() if end})

    assert sorted(written) == sorted((record.partition, record.offset) for record in at_the_end)
    assert sorted(written) == sorted((record.partition, record.offset) for record in read)
    assert sum(ends.values()) == 20


async def test_dead_letters_are_listed_and_sent_back(
    embedded: KafkaSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`satark dlq` knows the contract's topics where it cannot ask for them."""
    monkeypatch.setenv("SATARK_KAFKA_BROKERS", embedded.brokers)
    monkeypatch.setenv("SATARK_KAFKA_TOPIC_ADMIN", "false")
    headers = (("dlq_topic", METRICS.encode()), ("dlq_reason", b"invalid"))
    async with Producer(embedded, client_id="test") as producer:
        await producer.send(OutgoingRecord(f"{METRICS}.dlq", b"k", b"{", headers))

    statuses = [
        await asyncio.to_thread(command.run, parsed(*arguments))
        for arguments in (["list", "--json"], ["replay", "--reason", "invalid", "--yes"])
    ]

    lines = capsys.readouterr().out.splitlines()
    assert statuses == [0, 0]
    assert json.loads(lines[0])["reason"] == "invalid"
    assert lines[-1] == f"1 sent back: {METRICS}.dlq (invalid)"
    assert [r.value async for r in read_to_end(embedded, METRICS)] == [b"{"]


def parsed(*arguments: str) -> argparse.Namespace:
    """Return the parsed arguments of `satark dlq`."""
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return parser.parse_args(arguments)
