import json
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import certifi
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from tests.support.kafka import MECHANISMS, KafkaCluster, KafkaEndpoint
from tests.support.kafka_config import Listener, Mechanism
from tests.support.kafka_shared import shared_kafka
from tests.support.plugin import Topics
from tests.support.waiting import blocking, eventually

pytestmark = pytest.mark.kafka


async def write(endpoint: KafkaEndpoint, topic: str, *values: bytes, timeout_ms: int = 40_000) -> None:
    """Write records and wait until they are safe."""
    options = endpoint.client_options() | {"acks": "all", "request_timeout_ms": timeout_ms}
    async with AIOKafkaProducer(**options) as producer:
        for value in values:
            await producer.send_and_wait(topic, value, partition=0)


async def silent(endpoint: KafkaEndpoint) -> bool:
    """Tell whether nobody answers."""
    return not await endpoint.node_ids()


async def read(endpoint: KafkaEndpoint, topic: str, count: int) -> list[bytes]:
    """Read the first records of partition 0."""
    async with AIOKafkaConsumer(**endpoint.client_options()) as consumer:
        consumer.assign([TopicPartition(topic, 0)])
        await consumer.seek_to_beginning()
        return [(await consumer.getone()).value for _ in range(count)]


class TestSharedBroker:
    async def test_keeps_what_is_written(self, kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
        """Records come back in the order in which they were written."""
        topic = await kafka_topics.create("links", partitions=3)
        await write(kafka, topic, b"one", b"two")

        found = await read(kafka, topic, 2)

        assert found == [b"one", b"two"]

    async def test_creates_no_topic_by_itself(self, kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
        """Writing to a topic that nobody created is refused."""
        with pytest.raises(KafkaError):
            await write(kafka, kafka_topics.name("absent"), b"one", timeout_ms=1_500)


class TestSharing:
    def test_the_last_one_ends_it(self, tmp_path: Path) -> None:
        """Whoever comes second gets the broker of the first, and it ends with its data when both have let go."""
        with shared_kafka(tmp_path) as first:
            with shared_kafka(tmp_path) as second:
                pass
            still_there = blocking(first.node_ids())
            data = Path(json.loads((tmp_path / "kafka" / "broker.json").read_text())["data"])
            assert data.exists()

        assert second == first
        assert still_there
        blocking(eventually(lambda: not data.exists(), 20.0, what="the data's end"))
        assert not blocking(first.node_ids())

    def test_a_dead_one_is_replaced(self, tmp_path: Path) -> None:
        """When the shared broker has died, the next one to ask gets a new one."""
        with shared_kafka(tmp_path) as dead:
            os.killpg(json.loads((tmp_path / "kafka" / "broker.json").read_text())["pid"], signal.SIGKILL)
            blocking(eventually(lambda: silent(dead), 20.0, what="the broker's end"))
            with shared_kafka(tmp_path) as fresh:
                answered = blocking(fresh.node_ids())

        assert answered
        assert fresh != dead


class TestSecurity:
    @pytest.mark.parametrize(("listener", "mechanism"), [("SSL", None), *(("SASL_SSL", name) for name in MECHANISMS)])
    async def test_carries_records(
        self, listener: Listener, mechanism: Mechanism | None, start_kafka: Callable[..., Any]
    ) -> None:
        """Records pass through TLS, with a client certificate or with each SASL mechanism."""
        kafka: KafkaCluster = await start_kafka(
            listeners=(listener,), client_auth="required" if listener == "SSL" else "none"
        )
        endpoint = kafka.endpoint(listener, mechanism=mechanism or MECHANISMS[0], client_certificate=listener == "SSL")
        await endpoint.create_topics(["links"])

        await write(endpoint, "links", b"sealed")

        assert await read(endpoint, "links", 1) == [b"sealed"]

    async def test_turns_strangers_away(self, start_kafka: Callable[..., Any]) -> None:
        """A wrong password, an unknown authority and a missing client certificate each end the conversation."""
        kafka: KafkaCluster = await start_kafka(listeners=("SSL", "SASL_SSL"), client_auth="required")
        member = kafka.endpoint("SASL_SSL", client_certificate=True)

        known = await member.node_ids()
        wrong_password = await replace(member, password="guessed").node_ids()
        unknown_authority = await replace(member, ca_file=Path(certifi.where())).node_ids()
        no_certificate = await kafka.endpoint("SSL").node_ids()

        assert {1} == known
        assert not wrong_password | unknown_authority | no_certificate


class TestRestart:
    async def test_finds_records_after_kill(self, start_kafka: Callable[..., Any]) -> None:
        """A broker killed with SIGKILL comes back on its port with what it had acknowledged."""
        kafka: KafkaCluster = await start_kafka()
        endpoint = kafka.endpoint()
        await endpoint.create_topics({"links": 1})
        await write(endpoint, "links", b"before")

        await kafka.kill()
        assert not await endpoint.node_ids()
        await kafka.restart()
        await write(endpoint, "links", b"after")

        assert await read(endpoint, "links", 2) == [b"before", b"after"]


class TestCluster:
    async def test_survives_a_node(self, start_kafka: Callable[..., Any]) -> None:
        """With three copies, two of three brokers go on writing and reading when one is killed."""
        kafka: KafkaCluster = await start_kafka(nodes=3)
        endpoint = kafka.endpoint()
        await endpoint.create_topics({"links": 1}, copies=3, config={"min.insync.replicas": "2"})
        await write(endpoint, "links", b"before")
        await kafka.kill(2)

        await write(endpoint, "links", b"after")
        await kafka.restart(2)

        assert await read(endpoint, "links", 2) == [b"before", b"after"]
