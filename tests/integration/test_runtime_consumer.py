import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client import REGISTRY

from satark.runtime.kafka import Consumer, KafkaError, Position
from satark.runtime.records import OutgoingRecord
from tests.integration.runtime_kafka import polled, sample, settings_of, write
from tests.support.kafka import KafkaCluster, KafkaEndpoint
from tests.support.plugin import Topics
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka


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

    async def test_it_goes_on_where_it_is_told_to(self, kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
        """Reading goes on at the offset that is sought, back or ahead; a partition of somebody else's cannot be sought."""
        settings, topic = settings_of(kafka), await kafka_topics.create("t")
        await write(settings, [OutgoingRecord(topic, None, b"%d" % n) for n in range(5)])

        async with Consumer(settings, topics=[topic], group_id=kafka_topics.name("g")) as consumer:
            await polled(consumer, 5)
            consumer.seek({(topic, 0): 1})
            back = await polled(consumer, 4)
            consumer.seek({(topic, 0): 4})
            ahead = await polled(consumer, 1)
            with pytest.raises(KafkaError):
                consumer.seek({(topic, 7): 0})

        assert [record.offset for record in (*back, *ahead)] == [1, 2, 3, 4, 4]

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


async def shared(owned: dict[str, frozenset[Position]], everything: frozenset[Position], *consumers: Consumer) -> bool:
    """Poll, as members must, and tell whether together they own everything."""
    for consumer in consumers:
        await consumer.poll(timeout_s=0.1)
    return frozenset().union(*owned.values()) == everything
