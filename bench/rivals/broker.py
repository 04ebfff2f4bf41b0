"""A Kafka of one run: real Apache Kafka with the topics of the contract, fed in one go with what was made ready before.

The batches are compressed as the poller compresses them, and are built before the clock runs: feeding then costs next
to nothing, and nobody waits for the feeder.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from satark.runtime import topics
from satark.runtime.admin import Admin
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import partition_of
from satark.schemas.codec import Encoded, header
from satark.schemas.topics import DETECTOR_CHANGELOG, METRICS
from tests.support.kafka import KafkaCluster

BATCH_BYTES = 262_144
"""As the runtime's producer makes them."""

QUIET_MS = 1_000
TOLD = "rival.incidents"
"""Where those who have no topic in the contract tell."""

FOR_EVER = {"retention.ms": "-1"}

Batches = list[tuple[int, Any]]


class Broker:
    """One running broker and clients for it."""

    def __init__(self, settings: KafkaSettings, producer: AIOKafkaProducer, admin: AIOKafkaAdminClient) -> None:
        self.settings = settings
        self._producer = producer
        self._admin = admin

    def batches(self, records: Iterable[Encoded]) -> Batches:
        """Return records as finished batches of their partitions, in order."""
        done: Batches = []
        growing: dict[int, Any] = {}
        places: dict[bytes, int] = {}
        for record in records:
            place = places.get(record.key)
            if place is None:
                place = places[record.key] = partition_of(record.key, self.settings.partitions)
            batch = growing.get(place) or self._producer.create_batch()
            if not _appended(batch, record):
                done.append((place, _built(batch)))
                batch = self._producer.create_batch()
                _appended(batch, record)
            growing[place] = batch
        return done + [(place, _built(batch)) for place, batch in growing.items()]

    async def feed(self, batches: Batches, topic: str = METRICS) -> None:
        """Write batches and wait until they are there."""
        sent = [await self._producer.send_batch(batch, topic, partition=place) for place, batch in batches]
        await asyncio.gather(*sent)

    async def committed(self, group: str, topic: str = METRICS) -> int:
        """Return how many records of a topic a consumer group has committed; none while there is no such group."""
        try:
            offsets = await self._admin.list_consumer_group_offsets(group)
        except KafkaError:
            return 0
        return sum(max(0, meta.offset) for place, meta in offsets.items() if place.topic == topic)

    async def topics(self) -> list[str]:
        """Return the names of all topics."""
        return sorted(await self._admin.list_topics())

    async def read(self, names: Sequence[str]) -> AsyncIterator[Any]:
        """Yield all records of topics, up to their present ends."""
        options = {"bootstrap_servers": self.settings.brokers, "auto_offset_reset": "earliest"}
        async with AIOKafkaConsumer(enable_auto_commit=False, **options) as consumer:
            described = await self._admin.describe_topics(list(names))
            places = [
                TopicPartition(topic["topic"], partition["partition"])
                for topic in described
                for partition in topic["partitions"]
            ]
            consumer.assign(places)
            ends = {place: end for place, end in (await consumer.end_offsets(places)).items() if end}
            while ends:
                found = await consumer.getmany(*ends, timeout_ms=QUIET_MS)
                for records in found.values():
                    for record in records:
                        yield record
                for place in [place for place, end in ends.items() if await consumer.position(place) >= end]:
                    del ends[place]
                if not found and ends:
                    return  # what is left are marks of transactions, or was compacted

    async def state_bytes(self) -> int:
        """Return the bytes of live state in all changelogs: the last value of each key, with its key."""
        sizes: dict[tuple[str, bytes], int] = {}
        if names := [name for name in await self.topics() if "changelog" in name]:
            async for record in self.read(names):
                place = (record.topic, record.key or b"")
                sizes[place] = 0 if record.value is None else len(place[1]) + len(record.value)
        return sum(sizes.values())


def _appended(batch: Any, record: Encoded) -> bool:
    """Append a record if it still fits; an event was written at its time, for those who go by the record's time."""
    time = header(record.headers, "ce_time")
    stamp_ms = None if time is None else int(datetime.fromisoformat(time).timestamp() * 1_000)
    headers = list(record.headers)
    return batch.append(timestamp=stamp_ms, key=record.key, value=record.value, headers=headers) is not None


def _built(batch: Any) -> Any:
    """Compress now and not while the clock runs; the producer keeps what is built."""
    batch._build()  # noqa: SLF001 - aiokafka builds at sending, and offers no other moment
    return batch


@asynccontextmanager
async def broker(folder: Path, *, partitions: int, compacted: Sequence[str] = ()) -> AsyncIterator[Broker]:
    """Run a broker with the topics of the contract; the samples stay for ever. More topics may be `compacted`."""
    async with AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(KafkaCluster(folder))
        endpoint = cluster.endpoint()
        settings = KafkaSettings(brokers=endpoint.brokers, partitions=partitions)
        await endpoint.create_topics({METRICS: partitions, TOLD: partitions}, config=FOR_EVER)
        if compacted:
            await endpoint.create_topics(dict.fromkeys(compacted, partitions), config={"cleanup.policy": "compact"})
        async with Admin(settings) as admin:
            await topics.apply(settings, admin)
        await endpoint.create_topics({DETECTOR_CHANGELOG: partitions})  # it is there; this waits until it has a leader
        producer = AIOKafkaProducer(
            bootstrap_servers=settings.brokers, acks="all", compression_type="gzip", max_batch_size=BATCH_BYTES
        )
        await producer.start()
        stack.push_async_callback(producer.stop)
        client = AIOKafkaAdminClient(bootstrap_servers=settings.brokers)
        await client.start()
        stack.push_async_callback(client.close)
        yield Broker(settings, producer, client)
