import asyncio
import gc
import secrets
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from prometheus_client import REGISTRY

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import (
    Consumer,
    KafkaError,
    KafkaUnavailableError,
    Position,
    Producer,
    end_offsets,
    read_to_end,
)
from satark.runtime.records import OutgoingRecord, Record
from tests.integration.runtime_kafka import settings_of, write
from tests.support.kafka import KafkaCluster, KafkaEndpoint
from tests.support.plugin import Topics
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka


async def all_of(settings: KafkaSettings, topic: str, start: dict[int, int] | None = None) -> list[Record]:
    """Read a topic to its end."""
    return [record async for record in read_to_end(settings, topic, start=start)]


def sample(name: str, **labels: str) -> float:
    """Return the value of a metric; 0 where it is not there."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


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


class TestConsumer:
    async def test_it_goes_on_where_it_committed(self, kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
        """A new member of the group reads from the committed offset on, the first from the beginning."""
        settings, topic, group = settings_of(kafka), await kafka_topics.create("t"), kafka_topics.name("g")
        await write(settings, [OutgoingRecord(topic, None, b"%d" % n) for n in range(5)])

        async with Consumer(settings, topics=[topic], group_id=group) as consumer:
            first = await polled(consumer, 5)
            await consumer.commit({})
            await consumer.commit({(topic, 0): 3})
        async with Consumer(settings, topics=[topic], group_id=group) as consumer:
            second = await polled(consumer, 2)

        assert [record.offset for record in first] == [0, 1, 2, 3, 4]
        assert [record.offset for record in second] == [3, 4]
        assert sample("satark_events_consumed_total", topic=topic) == 7.0

    async def test_lag_is_told_while_it_is_ours(self, kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
        """The lag counts what is not read yet, and is told no more after the consumer has left."""
        settings, topic = settings_of(kafka), await kafka_topics.create("t")
        await write(settings, [OutgoingRecord(topic, None, b"x") for _ in range(5)])

        async with Consumer(settings, topics=[topic], group_id=kafka_topics.name("g")) as consumer:
            await eventually(lambda: consumer.poll(timeout_s=1.0, max_records=2), 30.0)
            behind = REGISTRY.get_sample_value("satark_consumer_lag_records", {"topic": topic, "partition": "0"})
            await polled(consumer, 3)
            level = REGISTRY.get_sample_value("satark_consumer_lag_records", {"topic": topic, "partition": "0"})
        gone = REGISTRY.get_sample_value("satark_consumer_lag_records", {"topic": topic, "partition": "0"})

        assert (behind, level, gone) == (3.0, 0.0, None)

    async def test_partitions_are_shared_and_taken_over(self, kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
        """A second member gets its share, the first is asked before and told after; a leaver's share comes back."""
        settings, topic, group = (
            settings_of(kafka),
            await kafka_topics.create("t", partitions=4),
            kafka_topics.name("g"),
        )
        owned: dict[str, frozenset[Position]] = {}
        revoked: list[frozenset[Position]] = []

        async def assigned_one(positions: frozenset[Position]) -> None:
            owned["one"] = positions

        async def assigned_two(positions: frozenset[Position]) -> None:
            owned["two"] = positions

        async def revoked_one(positions: frozenset[Position]) -> None:
            revoked.append(positions)

        everything = frozenset((topic, n) for n in range(4))
        async with Consumer(
            settings, topics=[topic], group_id=group, on_assigned=assigned_one, on_revoked=revoked_one
        ) as one:
            await eventually(lambda: shared(owned, everything, one), 60.0, what="the first owns all")
            async with Consumer(settings, topics=[topic], group_id=group, on_assigned=assigned_two) as two:
                await eventually(lambda: len(owned.get("two", ())) == 2 and shared(owned, everything, one, two), 60.0)
            await eventually(lambda: owned.pop("two", None) is None and shared(owned, everything, one), 60.0)

        assert everything in revoked

    async def test_a_pause_holds_for_new_partitions(self, kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
        """While it is paused nothing is delivered, also not of partitions that come by a rebalance; then all is."""
        settings, topic, group = (
            settings_of(kafka),
            await kafka_topics.create("t", partitions=2),
            kafka_topics.name("g"),
        )
        assigned = asyncio.Event()

        async def on_assigned(_: frozenset[Position]) -> None:
            assigned.set()

        async with Consumer(settings, topics=[topic], group_id=group, on_assigned=on_assigned) as consumer:
            consumer.pause()
            await asyncio.wait_for(assigned.wait(), 60.0)
            await write(settings, [OutgoingRecord(topic, b"%d" % n, b"x") for n in range(10)])
            during = await consumer.poll(timeout_s=1.0)
            consumer.resume()
            after = await polled(consumer, 10)

        assert (during, len(after)) == ([], 10)

    async def test_it_survives_the_broker(self, start_kafka: Callable[..., Any]) -> None:
        """A consumer whose broker is killed and comes back reads on, with nothing lost."""
        cluster: KafkaCluster = await start_kafka()
        settings = settings_of(cluster.endpoint())
        await cluster.endpoint().create_topics(["t"])
        await write(settings, [OutgoingRecord("t", None, b"1")])

        async with Consumer(settings, topics=["t"], group_id="g") as consumer:
            before = await polled(consumer, 1)
            await cluster.kill()
            during = await consumer.poll(timeout_s=0.2)
            await cluster.restart()
            await write(settings, [OutgoingRecord("t", None, b"2")])
            after = await polled(consumer, 1)
            await eventually(lambda: _committed(consumer, ("t", 0), 2), 60.0)

        assert [record.value for record in (*before, *during, *after)] == [b"1", b"2"]


async def _committed(consumer: Consumer, position: Position, offset: int) -> bool:
    try:
        await consumer.commit({position: offset})
    except KafkaError:
        return False
    return True


async def polled(consumer: Consumer, count: int) -> list[Record]:
    """Poll until so many records have come."""
    records: list[Record] = []

    async def more() -> bool:
        records.extend(await consumer.poll(timeout_s=0.5))
        return len(records) >= count

    await eventually(more, 60.0, what=f"{count} records")
    return records


async def shared(owned: dict[str, frozenset[Position]], everything: frozenset[Position], *consumers: Consumer) -> bool:
    """Poll, as members must, and tell whether together they own everything."""
    for consumer in consumers:
        await consumer.poll(timeout_s=0.1)
    return frozenset().union(*owned.values()) == everything


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


class TestSecurity:
    @pytest.mark.parametrize(
        ("listener", "mechanism"), [("SSL", "PLAIN"), ("SASL_SSL", "SCRAM-SHA-512"), ("SASL_PLAINTEXT", "PLAIN")]
    )
    async def test_clients_log_in(self, start_kafka: Callable[..., Any], listener: Any, mechanism: Any) -> None:
        """Producer, consumer and reader work over TLS and with SASL."""
        cluster: KafkaCluster = await start_kafka(listeners=[listener])
        await cluster.endpoint().create_topics(["t"])
        settings = settings_of(cluster.endpoint(listener, mechanism=mechanism))

        written = await write(settings, [OutgoingRecord("t", None, b"x")])
        read = await all_of(settings, "t")
        async with Consumer(settings, topics=["t"], group_id="g") as consumer:
            polled_once = await polled(consumer, 1)

        assert written == [(0, 0)]
        assert [record.value for record in (*read, *polled_once)] == [b"x", b"x"]

    async def test_a_wrong_password_is_told(self, start_kafka: Callable[..., Any]) -> None:
        """A login that is refused ends the attempts with an error that does not show the password."""
        cluster: KafkaCluster = await start_kafka(listeners=["SASL_PLAINTEXT"])
        endpoint = cluster.endpoint("SASL_PLAINTEXT", mechanism="PLAIN")
        settings = settings_of(endpoint, sasl_password="hunter2-wrong")

        with pytest.raises(KafkaUnavailableError) as caught:
            await Producer(settings, client_id="test", connect_attempts=2).__aenter__()

        assert "hunter2" not in str(caught.value)
