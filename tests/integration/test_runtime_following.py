from collections.abc import Callable
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import KafkaUnavailableError
from satark.runtime.kafka.following import Follower
from satark.runtime.records import OutgoingRecord, Record
from tests.integration.runtime_kafka import settings_of, write
from tests.support.kafka import KafkaCluster, KafkaEndpoint
from tests.support.plugin import Topics
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka


async def followed(follower: Follower, count: int) -> list[Record]:
    """Poll until so many records have come."""
    records: list[Record] = []

    async def more() -> bool:
        records.extend(await follower.poll(timeout_s=0.2))
        return len(records) >= count

    await eventually(more, 60.0, what=f"{count} records")
    return records


def values(records: list[Record]) -> list[bytes]:
    """Return the records' values, sorted: order holds only within a partition."""
    return sorted(record.value or b"" for record in records)


async def numbered(settings: KafkaSettings, topic: str, numbers: range) -> None:
    """Write numbers as keys and values."""
    await write(settings, [OutgoingRecord(topic, b"%d" % n, b"%03d" % n) for n in numbers])


class TestFollower:
    async def test_it_reads_all_and_knows_when_it_has(self, kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
        """Every record of all partitions of all topics comes, and it has caught up when those of the start are there."""
        settings = settings_of(kafka)
        one, two = await kafka_topics.create("one", partitions=3), await kafka_topics.create("two")
        await numbered(settings, one, range(20))
        await numbered(settings, two, range(20, 25))

        async with Follower(settings, (one, two)) as follower:
            before = follower.caught_up
            first = await followed(follower, 25)
            caught_up = follower.caught_up
            await numbered(settings, one, range(25, 30))
            later = await followed(follower, 5)

        assert (before, caught_up) == (False, True)
        assert values(first) == [b"%03d" % n for n in range(25)]
        assert values(later) == [b"%03d" % n for n in range(25, 30)]

    async def test_an_empty_topic_is_caught_up_with(self, kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
        """Where nothing was written there is nothing to wait for."""
        topic = await kafka_topics.create("t", partitions=2)

        async with Follower(settings_of(kafka), (topic,)) as follower:
            assert follower.caught_up
            assert await follower.poll(timeout_s=0.1) == []

    async def test_from_the_end_only_what_is_new_comes(self, kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
        """With `from_end` nothing comes that was there before it was entered, and everything after."""
        settings, topic = settings_of(kafka), await kafka_topics.create("t", partitions=3)
        await numbered(settings, topic, range(10))

        async with Follower(settings, (topic,), from_end=True) as follower:
            assert follower.caught_up
            await numbered(settings, topic, range(10, 20))
            records = await followed(follower, 10)

        assert values(records) == [b"%03d" % n for n in range(10, 20)]

    async def test_new_partitions_are_read_whole_and_nothing_twice(
        self, kafka: KafkaEndpoint, kafka_topics: Topics, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A partition that is added is read from its beginning; the others go on where they were."""
        monkeypatch.setattr("satark.runtime.kafka.connection.METADATA_MAX_AGE_MS", 300)
        settings, topic = settings_of(kafka), await kafka_topics.create("t")
        await numbered(settings, topic, range(10))

        async with Follower(settings, (topic,), from_end=True) as follower:
            await numbered(settings, topic, range(10, 15))
            first = await followed(follower, 5)
            admin = AIOKafkaAdminClient(**kafka.client_options())
            await admin.start()
            await admin.create_partitions({topic: NewPartitions(4)})
            await admin.close()
            await eventually(lambda: _partitions(settings, topic, 4), 30.0)
            await numbered(settings, topic, range(15, 40))
            later = await followed(follower, 25)
            nothing = await follower.poll(timeout_s=1.0)

        assert values(first) == [b"%03d" % n for n in range(10, 15)]
        assert values(later) == [b"%03d" % n for n in range(15, 40)]
        assert {record.partition for record in later} == {0, 1, 2, 3}
        assert nothing == []

    async def test_it_survives_the_broker(self, start_kafka: Callable[..., Any]) -> None:
        """A follower whose broker is killed and comes back reads on, with nothing lost or twice."""
        cluster: KafkaCluster = await start_kafka()
        settings = settings_of(cluster.endpoint())
        await cluster.endpoint().create_topics({"t": 2})
        await numbered(settings, "t", range(5))

        async with Follower(settings, ("t",)) as follower:
            before = await followed(follower, 5)
            await cluster.kill()
            during = await follower.poll(timeout_s=0.5)
            await cluster.restart()
            await numbered(settings, "t", range(5, 10))
            after = await followed(follower, 5)

        assert during == []
        assert values([*before, *after]) == [b"%03d" % n for n in range(10)]

    async def test_no_broker_is_told_after_the_attempts(self) -> None:
        """Where nobody answers it gives up after as many attempts as it may make."""
        settings = KafkaSettings(brokers="127.0.0.1:1")

        with pytest.raises(KafkaUnavailableError):
            await Follower(settings, ("t",), connect_attempts=1).__aenter__()


async def _partitions(settings: KafkaSettings, topic: str, count: int) -> bool:
    async with Follower(settings, (topic,), from_end=True) as follower:
        return len(follower._assigned) == count
