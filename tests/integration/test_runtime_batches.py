import pytest

from satark.runtime.kafka import TOO_LARGE, Producer, read_to_end
from satark.runtime.records import OutgoingRecord
from tests.integration.runtime_kafka import settings_of
from tests.support.kafka import KafkaEndpoint
from tests.support.plugin import Topics

pytestmark = pytest.mark.kafka

MANY = 5_000
"""More than one batch holds, of values of a hundred bytes."""


def placed(topic: str, number: int, at: int) -> OutgoingRecord:
    """Return a record for a partition."""
    return OutgoingRecord(topic, b"%d" % at, b"v" * 100, (("at", b"%d" % at),), number)


async def test_records_with_places_arrive_there_in_order(kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
    """Each is where the answer says, with key, value and headers, in the order of its partition."""
    settings, topic = settings_of(kafka), await kafka_topics.create("t", partitions=2)
    records = [placed(topic, at % 2, at) for at in range(MANY)]

    async with Producer(settings, client_id="test") as producer:
        written = await producer.send_all(records)
        again = await producer.send_all(records[:3])
    found = {(each.partition, each.offset): each async for each in read_to_end(settings, topic)}

    assert [(at % 2, at // 2) for at in range(MANY)] == written
    assert [(0, MANY // 2), (1, MANY // 2), (0, MANY // 2 + 1)] == again
    assert records == [
        OutgoingRecord(each.topic, each.key, each.value, each.headers, each.partition)
        for each in (found[place] for place in written)
    ]


async def test_a_tombstone_goes_in_a_batch_too(kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
    """A record without a value is one among others."""
    settings, topic = settings_of(kafka), await kafka_topics.create("t")
    records = [OutgoingRecord(topic, b"k", b"v", (), 0), OutgoingRecord(topic, b"k", None, (), 0)]

    async with Producer(settings, client_id="test") as producer:
        await producer.send_all(records)

    assert [b"v", None] == [each.value async for each in read_to_end(settings, topic)]


async def test_a_record_that_no_broker_takes_is_refused(kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
    """The caller hears that it is too large, and the producer goes on with the next ones."""
    settings, topic = settings_of(kafka), await kafka_topics.create("t")
    large = OutgoingRecord(topic, b"large", b"x" * 3_000_000, (), 0)

    async with Producer(settings, client_id="test", compressed=False) as producer:
        with pytest.raises(TOO_LARGE):
            await producer.send_all([placed(topic, 0, 1), large])
        await producer.send_all([placed(topic, 0, 2), placed(topic, 0, 3)])

    assert b"3" in [each.key async for each in read_to_end(settings, topic)]
