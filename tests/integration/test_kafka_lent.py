import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from tests.support.kafka import KafkaEndpoint
from tests.support.kafka_lent import KafkaLender, wipe

pytestmark = pytest.mark.kafka

GROUP = "borrowers"
TOPIC = "links"


@pytest.fixture
async def lender(tmp_path: Path) -> AsyncIterator[KafkaLender]:
    """A lender of the test's own."""
    made = KafkaLender(tmp_path)
    yield made
    await made.close()


async def use(endpoint: KafkaEndpoint) -> None:
    """Write a record in a transaction, read it as a member of a group, and commit that."""
    await endpoint.create_topics([TOPIC])
    producer = AIOKafkaProducer(**endpoint.client_options(), transactional_id="borrower")
    async with producer, producer.transaction():
        await producer.send_and_wait(TOPIC, b"mine", partition=0)
    async with member(endpoint) as consumer:
        await consumer.getone()
        await consumer.commit()


def member(endpoint: KafkaEndpoint) -> AIOKafkaConsumer:
    """Return a consumer of the group that begins where the group has committed, else at the beginning."""
    return AIOKafkaConsumer(
        TOPIC, **endpoint.client_options(), group_id=GROUP, auto_offset_reset="earliest", enable_auto_commit=False
    )


class TestLending:
    async def test_the_same_broker_is_empty_again(self, lender: KafkaLender) -> None:
        """The next borrower gets the same broker without the records, the groups and their offsets of the last one."""
        first = await lender.lend()
        await use(first)

        second = await lender.lend()
        await second.create_topics([TOPIC])
        async with member(second) as consumer:
            committed = await consumer.committed(TopicPartition(TOPIC, 0))
            ends = await consumer.end_offsets([TopicPartition(TOPIC, 0)])

        assert first == second
        assert lender.started == 1
        assert committed is None
        assert list(ends.values()) == [0]

    async def test_a_broker_with_a_client_is_not_lent(self, lender: KafkaLender) -> None:
        """While somebody is still connected to the broker, the next borrower gets another one."""
        first = await lender.lend()
        host, _, port = first.brokers.rpartition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        second = await lender.lend()
        writer.close()
        await writer.wait_closed()

        assert lender.started == 2
        assert first != second
        assert await wipe(second)

    async def test_a_dead_broker_is_not_lent(self, lender: KafkaLender) -> None:
        """A broker that died is replaced."""
        first = await lender.lend()
        assert lender.cluster is not None
        await lender.cluster.kill()

        second = await lender.lend()

        assert lender.started == 2
        assert first != second
        assert await second.node_ids()
