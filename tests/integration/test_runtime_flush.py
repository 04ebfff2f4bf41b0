"""Producer.flush on real Kafka: who hands over to others knows that nothing of his own still comes."""

import asyncio

import pytest

from satark.runtime.kafka import Producer, end_offsets
from satark.runtime.records import OutgoingRecord
from tests.integration.runtime_kafka import settings_of
from tests.support.kafka import KafkaEndpoint
from tests.support.plugin import Topics

pytestmark = pytest.mark.kafka


async def test_nothing_comes_after_a_flush(kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
    """What a cancelled sending left on its way is written when the flush returns, and nothing follows it."""
    settings, topic = settings_of(kafka), await kafka_topics.create("t")
    async with Producer(settings, client_id="test") as producer:
        sending = asyncio.create_task(producer.send_all([OutgoingRecord(topic, b"k", b"v" * 500)] * 300))
        await asyncio.sleep(0)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await producer.flush()
        flushed = sum((await end_offsets(settings, topic)).values())
        ((_, offset),) = await producer.send_all([OutgoingRecord(topic, b"k", b"last")])

    assert offset == flushed


async def test_nothing_to_flush(kafka: KafkaEndpoint) -> None:
    """A producer that wrote nothing has nothing on its way."""
    async with Producer(settings_of(kafka), client_id="test") as producer:
        await producer.flush()
