import asyncio
import gc
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from satark.runtime.kafka import KafkaError, Producer
from satark.runtime.records import OutgoingRecord
from tests.integration.runtime_kafka import all_of, sample, settings_of, write
from tests.support.kafka import KafkaCluster, KafkaEndpoint
from tests.support.plugin import Topics
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka


class TestProducer:
    async def test_what_is_written_can_be_read(self, kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
        """A record comes back with key, value, headers, place and time; tombstones and empty values too."""
        settings, topic = settings_of(kafka), await kafka_topics.create("t")
        records = [
            OutgoingRecord(topic, b"k", b"v", (("a", b"1"), ("a", b"2"))),
            OutgoingRecord(topic, b"k", None),
            OutgoingRecord(topic, None, b""),
        ]

        written = await write(settings, records)
        read = await all_of(settings, topic)

        assert written == [(0, 0), (0, 1), (0, 2)]
        assert [OutgoingRecord(r.topic, r.key, r.value, r.headers) for r in read] == records
        assert [(r.partition, r.offset) for r in read] == written
        assert abs((read[0].timestamp - datetime.now(UTC)).total_seconds()) < 60

    async def test_order_holds_within_a_key(self, kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
        """Records of one key stay in one partition and in order; every written one is counted."""
        settings, topic = settings_of(kafka), await kafka_topics.create("t", partitions=3)
        records = [OutgoingRecord(topic, b"key-%d" % (n % 7), b"%d" % n) for n in range(200)]

        written = await write(settings, records)
        read = await all_of(settings, topic)

        assert len(written) == 200
        for key in range(7):
            own = [r for r in read if r.key == b"key-%d" % key]
            assert [int(r.value or b"") for r in own] == list(range(key, 200, 7))
            assert len({r.partition for r in own}) == 1
        assert sample("satark_events_produced_total", topic=topic) == 200.0

    async def test_a_refused_record_is_told_and_the_next_is_written(
        self, kafka: KafkaEndpoint, kafka_topics: Topics
    ) -> None:
        """A record that the broker refuses raises KafkaError; the producer goes on with others."""
        topic = await kafka_topics.create("t", config={"max.message.bytes": "1000"})
        noise = secrets.token_bytes(50_000)

        async with Producer(settings_of(kafka), client_id="test") as producer:
            with pytest.raises(KafkaError, match="MessageSizeTooLarge"):
                await producer.send(OutgoingRecord(topic, b"k", noise))
            with pytest.raises(KafkaError, match=r"MessageSizeTooLarge|bytes when serialized"):
                await producer.send(OutgoingRecord(topic, b"k", b"x" * 3_000_000))
            written = await producer.send(OutgoingRecord(topic, b"k", b"small"))

        assert written == (0, 0)

    async def test_a_dead_broker_is_told_in_time(self, start_kafka: Callable[..., Any]) -> None:
        """While no broker answers, sending raises KafkaError in time; when it is back, the same producer writes."""
        cluster: KafkaCluster = await start_kafka()
        settings = settings_of(cluster.endpoint())
        await cluster.endpoint().create_topics(["t"])

        async with Producer(settings, client_id="test", delivery_timeout_s=1.0) as producer:
            await producer.send(OutgoingRecord("t", b"k", b"1"))
            await cluster.kill()
            for _ in range(2):
                with pytest.raises(KafkaError):
                    await producer.send(OutgoingRecord("t", b"k", b"lost"))
            await cluster.restart()
            written = await eventually(lambda: _sent(producer, OutgoingRecord("t", b"k", b"2")), 60.0)

        assert written == (0, 1)
        assert [record.value for record in await all_of(settings, "t")] == [b"1", b"2"]

    async def test_what_is_given_up_leaves_no_traceback(
        self, start_kafka: Callable[..., Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        """Batches that were to be sent again, and others that wait, are forgotten without a word of asyncio's."""
        cluster: KafkaCluster = await start_kafka()
        await cluster.endpoint().create_topics(["t"])
        noise = [OutgoingRecord("t", b"k", secrets.token_bytes(9_000)) for _ in range(10)]

        async with Producer(settings_of(cluster.endpoint()), client_id="test", delivery_timeout_s=2.0) as producer:
            await producer.send_all(noise)
            await cluster.kill()
            with pytest.raises(KafkaError):
                await producer.send_all(noise)
            gc.collect()
            await asyncio.sleep(0)

        assert [] == [record for record in caplog.records if record.name == "asyncio"]

    async def test_a_short_outage_is_waited_out(self, start_kafka: Callable[..., Any]) -> None:
        """A broker that restarts within the time costs nothing but the wait; leaving without one does not hang."""
        cluster: KafkaCluster = await start_kafka()
        settings = settings_of(cluster.endpoint())
        await cluster.endpoint().create_topics(["t"])

        async with Producer(settings, client_id="test", delivery_timeout_s=60.0) as producer:
            await producer.send(OutgoingRecord("t", b"k", b"1"))
            await cluster.kill()
            sending = asyncio.create_task(producer.send(OutgoingRecord("t", b"k", b"2")))
            await cluster.restart()
            written = await sending
            await cluster.kill()

        assert written == (0, 1)


async def _sent(producer: Producer, record: OutgoingRecord) -> tuple[int, int] | None:
    try:
        return await producer.send(record)
    except KafkaError:
        return None
