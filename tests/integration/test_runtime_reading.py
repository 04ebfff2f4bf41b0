import asyncio
import secrets
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from satark.runtime.kafka import KafkaError, KafkaUnavailableError, end_offsets, read_to_end
from satark.runtime.records import OutgoingRecord, Record
from tests.integration.runtime_kafka import all_of, settings_of, write
from tests.support.kafka import KafkaCluster, KafkaEndpoint
from tests.support.plugin import Topics
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka


class TestReadToEnd:
    async def test_it_ends_at_the_end_of_the_call(self, kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
        """Reading stops at the end offsets of its begin, although more comes meanwhile; empty partitions are no wait."""
        settings, topic = settings_of(kafka), await kafka_topics.create("t", partitions=5)
        await write(settings, [OutgoingRecord(topic, b"k", b"%d" % n) for n in range(3)])
        read: list[bytes | None] = []

        async with aclosing(read_to_end(settings, topic)) as records:
            async for record in records:
                if not read:
                    await write(settings, [OutgoingRecord(topic, b"k", b"late")])
                read.append(record.value)

        assert read == [b"0", b"1", b"2"]
        assert sorted((await end_offsets(settings, topic)).values()) == [0, 0, 0, 0, 4]

    async def test_it_begins_where_it_is_told(self, kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
        """A start offset counts for its partition, others begin at the beginning; one beyond the end reads nothing."""
        settings, topic = settings_of(kafka), await kafka_topics.create("t", partitions=2)
        written = await write(settings, [OutgoingRecord(topic, b"%d" % n, b"x") for n in range(20)])
        ends = await end_offsets(settings, topic)

        read = await all_of(settings, topic, start={0: ends[0] - 1})
        nothing = await all_of(settings, topic, start=ends | {1: 10_000})

        expected = {(0, ends[0] - 1), *(place for place in written if place[0] == 1)}
        assert {(record.partition, record.offset) for record in read} == expected
        assert nothing == []

    async def test_an_empty_topic_is_read_at_once(self, kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
        """A topic without records has none."""
        assert await all_of(settings_of(kafka), await kafka_topics.create("t", partitions=3)) == []

    async def test_offsets_without_records_are_passed(self, kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
        """Reading ends although the last offsets hold no records but the marks of transactions."""
        settings, topic = settings_of(kafka), await kafka_topics.create("t")
        producer = AIOKafkaProducer(transactional_id=kafka_topics.name("x"), **kafka.client_options())
        async with producer:
            for number in range(2):
                async with producer.transaction():
                    await producer.send(topic, b"%d" % number)

        read = await all_of(settings, topic)

        assert [record.value for record in read] == [b"0", b"1"]
        assert await end_offsets(settings, topic) == {0: 4}

    async def test_compacted_gaps_are_passed(self, start_kafka: Callable[..., Any]) -> None:
        """Records that compaction has removed are missing, and nobody waits for them."""
        cluster: KafkaCluster = await start_kafka(properties={"log.cleaner.backoff.ms": "100"})
        endpoint = cluster.endpoint()
        settings = settings_of(endpoint)
        config = {"cleanup.policy": "compact", "segment.ms": "100", "min.cleanable.dirty.ratio": "0.01"}
        await endpoint.create_topics({"t": 1}, config=config)
        await write(settings, [OutgoingRecord("t", b"same", b"%d" % n) for n in range(50)])

        async def compacted() -> list[Record]:
            await write(settings, [OutgoingRecord("t", b"other", b"x")])  # a new segment lets the old one be cleaned
            read = await all_of(settings, "t")
            return read if len(read) < 50 else []

        read = await eventually(compacted, 90.0, what="compaction", pause_s=0.3)

        assert [record.value for record in read if record.key == b"same"] == [b"49"]

    async def test_a_topic_that_is_not_there_is_told(
        self, kafka: KafkaEndpoint, kafka_topics: Topics, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A missing topic is an error that names it, not an empty reading."""
        monkeypatch.setattr("satark.runtime.kafka.reading.ATTEMPTS", 1)
        monkeypatch.setattr("satark.runtime.kafka.connection.REQUEST_TIMEOUT_MS", 2_000)

        with pytest.raises((KafkaError, KafkaUnavailableError), match="absent"):
            await all_of(settings_of(kafka), kafka_topics.name("absent"))

    async def test_a_broker_that_goes_is_told(
        self, start_kafka: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """When the broker dies in the middle of a reading, the reading ends with an error."""
        monkeypatch.setattr("satark.runtime.kafka.reading.SILENCE_S", 2.0)
        cluster: KafkaCluster = await start_kafka()
        settings = settings_of(cluster.endpoint())
        await cluster.endpoint().create_topics({"t": 1})
        await write(settings, [OutgoingRecord("t", None, secrets.token_bytes(900_000)) for _ in range(8)])

        async def read() -> None:
            async with aclosing(read_to_end(settings, "t")) as records:
                await anext(records)
                await cluster.kill()
                async for _ in records:
                    pass

        with pytest.raises(KafkaUnavailableError, match="no broker answered for 2 s while t was read"):
            await asyncio.wait_for(read(), 60.0)
