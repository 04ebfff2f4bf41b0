"""Kafka, the only module that speaks aiokafka: a producer that waits for safety and a consumer that commits by hand."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaConnectionError
from aiokafka.errors import KafkaError as KafkaError  # noqa: PLC0414 - services catch it from here

from satark.runtime import metrics
from satark.runtime.backoff import Backoff
from satark.runtime.groups import KafkaSettings
from satark.runtime.records import OutgoingRecord, Record

log = structlog.get_logger(__name__)

Position = tuple[str, int]
Written = tuple[int, int]
Rebalanced = Callable[[frozenset[Position]], Awaitable[None]]

REQUEST_TIMEOUT_MS = 20_000
SESSION_TIMEOUT_MS = 6_000
"""Kafka's default of 45 s leaves the partitions of a dead consumer unread for so long."""

CONNECT_BACKOFF = Backoff(first_s=0.5, max_s=10.0)


class KafkaUnavailableError(ConnectionError):
    """No broker answered within the allowed number of attempts."""


def ssl_context(settings: KafkaSettings) -> ssl.SSLContext | None:
    """Return the TLS context (1.2 or newer, host names verified), or None without TLS."""
    if not settings.tls:
        return None
    context = ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.cert_file and settings.key_file:
        context.load_cert_chain(settings.cert_file, settings.key_file)
    return context


def client_options(settings: KafkaSettings) -> dict[str, Any]:
    """Return the connection options shared by every aiokafka client."""
    options: dict[str, Any] = {
        "bootstrap_servers": [broker.strip() for broker in settings.brokers.split(",")],
        "security_protocol": settings.security_protocol,
        "ssl_context": ssl_context(settings),
        "request_timeout_ms": REQUEST_TIMEOUT_MS,
    }
    if settings.sasl and settings.sasl_password is not None:
        options |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_username,
            "sasl_plain_password": settings.sasl_password.reveal(),
        }
    return options


async def start_with_retry(client: Any, *, attempts: int | None = None) -> None:
    """Start an aiokafka client, waiting longer after each failure.

    Raises KafkaUnavailableError after `attempts` tries (None: tries until cancelled).
    """
    attempt = 0
    while True:
        try:
            await client.start()
        except (KafkaConnectionError, KafkaError, OSError) as error:
            metrics.KAFKA_RETRIES.labels("connect").inc()
            attempt += 1
            if attempts is not None and attempt >= attempts:
                raise KafkaUnavailableError(f"no Kafka broker answered in {attempt} attempts: {error}") from error
            delay_s = CONNECT_BACKOFF.delay_s(attempt - 1)
            log.warning("kafka_unreachable", error=str(error), attempt=attempt, retry_in_s=delay_s)
            await asyncio.sleep(delay_s)
        else:
            return


class Producer:
    """Writes records and returns when all in-sync replicas have them."""

    def __init__(self, settings: KafkaSettings, *, client_id: str, connect_attempts: int | None = None) -> None:
        self._settings = settings
        self._client_id = client_id
        self._attempts = connect_attempts
        self._producer: Any = None

    async def __aenter__(self) -> Self:
        self._producer = AIOKafkaProducer(
            client_id=self._client_id,
            acks="all",
            enable_idempotence=True,
            linger_ms=5,
            compression_type="gzip",
            max_request_size=2_000_000,
            **client_options(self._settings),
        )
        try:
            await start_with_retry(self._producer, attempts=self._attempts)
        except BaseException:
            await self._producer.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._producer.stop()

    async def send(self, record: OutgoingRecord) -> Written:
        """Write one record; return its (partition, offset) once it is safe."""
        return (await self.send_all([record]))[0]

    async def send_all(self, records: Sequence[OutgoingRecord]) -> list[Written]:
        """Write records in order; return their (partition, offset) once all are safe.

        Raises KafkaError when the broker refuses one or does not answer in time.
        """
        futures = [
            await self._producer.send(r.topic, value=r.value, key=r.key, headers=list(r.headers)) for r in records
        ]
        written = await asyncio.gather(*futures)
        for record in records:
            metrics.EVENTS_PRODUCED.labels(record.topic).inc()
        return [(meta.partition, meta.offset) for meta in written]


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    def __init__(self, assigned: Rebalanced | None, revoked: Rebalanced | None) -> None:
        self._assigned = assigned
        self._revoked = revoked

    async def on_partitions_revoked(self, revoked: Iterable[Any]) -> None:
        if self._revoked is not None:
            await self._revoked(_positions(revoked))

    async def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        if self._assigned is not None:
            await self._assigned(_positions(assigned))


class Consumer:
    """A member of a consumer group that commits only what it is told to."""

    def __init__(
        self,
        settings: KafkaSettings,
        *,
        topics: Sequence[str],
        group_id: str,
        on_assigned: Rebalanced | None = None,
        on_revoked: Rebalanced | None = None,
    ) -> None:
        self._settings = settings
        self._topics = tuple(topics)
        self._group_id = group_id
        self._listener = _Listener(on_assigned, on_revoked)
        self._consumer: Any = None

    async def __aenter__(self) -> Self:
        self._consumer = AIOKafkaConsumer(
            group_id=self._group_id,
            client_id=self._group_id,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=SESSION_TIMEOUT_MS,
            heartbeat_interval_ms=1_000,
            max_poll_interval_ms=300_000,
            **client_options(self._settings),
        )
        try:
            await start_with_retry(self._consumer)
        except BaseException:
            await self._consumer.stop()
            raise
        self._consumer.subscribe(list(self._topics), listener=self._listener)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._consumer.stop()

    async def poll(self, *, timeout_s: float, max_records: int = 500) -> list[Record]:
        """Return the next records, oldest first within a partition; empty after `timeout_s` seconds without any."""
        batches = await self._consumer.getmany(timeout_ms=int(timeout_s * 1000), max_records=max_records)
        records = [_record(message) for messages in batches.values() for message in messages]
        for record in records:
            metrics.EVENTS_CONSUMED.labels(record.topic).inc()
        for partition, messages in batches.items():
            end = self._consumer.highwater(partition) or messages[-1].offset + 1
            lag = max(0, end - messages[-1].offset - 1)
            metrics.CONSUMER_LAG.labels(partition.topic, str(partition.partition)).set(lag)
        return records

    async def commit(self, offsets: Mapping[Position, int]) -> None:
        """Store the next offset to read of each (topic, partition).

        Raises KafkaError, e.g. when the group has given the partition to somebody else.
        """
        if offsets:
            await self._consumer.commit({TopicPartition(*position): offset for position, offset in offsets.items()})

    def pause(self) -> None:
        """Fetch nothing more until `resume`; membership in the group goes on."""
        self._consumer.pause(*self._consumer.assignment())

    def resume(self) -> None:
        """Fetch again."""
        self._consumer.resume(*self._consumer.paused())


async def read_to_end(
    settings: KafkaSettings, topic: str, *, start: Mapping[int, int] | None = None
) -> AsyncIterator[Record]:
    """Yield a topic's records up to its end offsets at the time of the call.

    `start` gives the first offset by partition (else the oldest that is kept). Outside any group: nothing is committed.
    Raises KafkaUnavailableError when no broker answers.
    """
    consumer = AIOKafkaConsumer(
        topic, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest", **client_options(settings)
    )
    try:
        await start_with_retry(consumer, attempts=5)
        remaining = await _seek(consumer, start or {})
        while remaining:
            batches = await consumer.getmany(*remaining, timeout_ms=1_000)
            for partition, messages in batches.items():
                for message in messages:
                    if message.offset < remaining[partition]:
                        yield _record(message)
            for partition in list(remaining):
                if await consumer.position(partition) >= remaining[partition]:
                    del remaining[partition]
    finally:
        await consumer.stop()


async def end_offsets(settings: KafkaSettings, topic: str) -> dict[int, int]:
    """Return the next offset to be written of each partition of a topic."""
    consumer = AIOKafkaConsumer(topic, group_id=None, enable_auto_commit=False, **client_options(settings))
    try:
        await start_with_retry(consumer, attempts=5)
        ends = await consumer.end_offsets(list(consumer.assignment()))
        return {partition.partition: end for partition, end in ends.items()}
    finally:
        await consumer.stop()


async def _seek(consumer: Any, start: Mapping[int, int]) -> dict[Any, int]:
    """Seek every assigned partition to its start; return the end offset of those that hold something from there on."""
    partitions = sorted(consumer.assignment())
    begins = await consumer.beginning_offsets(partitions)
    ends = await consumer.end_offsets(partitions)
    firsts = {p: max(begins[p], start.get(p.partition, 0)) for p in partitions}
    for partition in partitions:
        consumer.seek(partition, firsts[partition])
    return {p: ends[p] for p in partitions if firsts[p] < ends[p]}


def _positions(partitions: Iterable[Any]) -> frozenset[Position]:
    return frozenset((partition.topic, partition.partition) for partition in partitions)


def _record(message: Any) -> Record:
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        timestamp=datetime.fromtimestamp(message.timestamp / 1000, UTC),
        key=message.key,
        value=message.value,
        headers=tuple(message.headers),
    )
