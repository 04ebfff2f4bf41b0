"""Writing records: idempotent, and done only when all in-sync replicas have them."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError, KafkaTimeoutError

from satark.runtime import metrics
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka.batches import are_placed, sent_in_batches
from satark.runtime.kafka.connection import KafkaUnavailableError, client_options, closed, connected
from satark.runtime.records import OutgoingRecord

log = structlog.get_logger(__name__)

Written = tuple[int, int]

DELIVERY_TIMEOUT_S = 30.0
"""aiokafka's idempotent producer repeats a request for ever; after this we say so instead."""

MAX_REQUEST_BYTES = 2_000_000
MAX_BATCH_BYTES = 262_144
"""Of one partition. aiokafka's own 16 KiB are one event of a large object: each would travel alone."""

ABORT_TIMEOUT_S = 2.0


class Producer:
    """Writes records and returns when all in-sync replicas have them.

    Without `compressed` they take more room on the broker, and an eighth of the processor's time here.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        *,
        client_id: str,
        connect_attempts: int | None = None,
        delivery_timeout_s: float = DELIVERY_TIMEOUT_S,
        compressed: bool = True,
    ) -> None:
        self._settings = settings
        self._client_id = client_id
        self._attempts = connect_attempts
        self._delivery_timeout_s = delivery_timeout_s
        self._compressed = compressed
        self._opening = asyncio.Lock()
        self._producer: Any = None

    async def __aenter__(self) -> Self:
        self._producer = await connected(self._make, attempts=self._attempts)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await closed(producer)

    async def send(self, record: OutgoingRecord) -> Written:
        """Write one record; return its (partition, offset) once it is safe.

        Raises KafkaError as `send_all` does.
        """
        return (await self.send_all([record]))[0]

    async def send_all(self, records: Sequence[OutgoingRecord]) -> list[Written]:
        """Write records in order; return their (partition, offset) once all are safe.

        Where the partition of each is given, they go in batches, and order holds within a partition.
        Raises KafkaError when the broker refuses one or does not answer in time. Some of the records may have been
        written then; nothing more is tried for them, so that a repetition by the caller keeps the order.
        """
        producer = await self._opened()
        try:
            sending = sent_in_batches if are_placed(records) else _sent
            written = await asyncio.wait_for(sending(producer, records), self._delivery_timeout_s)
        except TimeoutError as error:
            await self._give_up(producer)
            raise KafkaTimeoutError(f"no acknowledgement within {self._delivery_timeout_s:g} s") from error
        except KafkaError:
            await self._give_up(producer)
            raise
        for record in records:
            metrics.EVENTS_PRODUCED.labels(record.topic).inc()
        return written

    async def partitions(self, topic: str) -> frozenset[int]:
        """Return the numbers of a topic's partitions, as the broker says now or said within the last minutes.

        Raises KafkaError when no broker answers.
        """
        producer = await self._opened()
        return frozenset(await asyncio.wait_for(producer.partitions_for(topic), self._delivery_timeout_s))

    async def flush(self) -> None:
        """Wait until nothing is on its way any more: what a cancelled `send_all` left is written, or given up.

        Raises KafkaError when it is given up.
        """
        producer = self._producer
        if producer is None:
            return
        try:
            await asyncio.wait_for(producer.flush(), self._delivery_timeout_s)
        except TimeoutError as error:
            await self._give_up(producer)
            raise KafkaTimeoutError(f"records were on their way for {self._delivery_timeout_s:g} s") from error

    async def _opened(self) -> Any:
        async with self._opening:
            if self._producer is None:
                try:
                    self._producer = await connected(self._make, attempts=1)
                except KafkaUnavailableError as error:
                    raise KafkaConnectionError(str(error)) from error
            return self._producer

    async def _give_up(self, producer: Any) -> None:
        """Drop a producer with all it has not delivered; the next sending opens another."""
        if self._producer is producer:
            self._producer = None
            metrics.KAFKA_RETRIES.labels("produce").inc()
            log.warning("kafka_producer_dropped", client_id=self._client_id)
            await _aborted(producer)

    def _make(self) -> Any:
        return AIOKafkaProducer(
            client_id=self._client_id,
            acks="all",
            enable_idempotence=True,
            linger_ms=5,
            max_batch_size=MAX_BATCH_BYTES,
            compression_type="gzip" if self._compressed else None,
            max_request_size=MAX_REQUEST_BYTES,
            **client_options(self._settings),
        )


async def _sent(producer: Any, records: Sequence[OutgoingRecord]) -> list[Written]:
    futures: list[asyncio.Future[Any]] = []
    try:
        for record in records:
            place = {"key": record.key, "partition": record.partition, "headers": list(record.headers)}
            futures.append(await producer.send(record.topic, value=record.value, **place))
        return [(meta.partition, meta.offset) for meta in await asyncio.gather(*futures)]
    finally:
        for future in futures:
            future.cancel()  # nobody is left to hear of it; a future that is done stays as it is


async def _aborted(producer: Any) -> None:
    """Close a producer without waiting for what it holds: its own `stop` waits for ever while no broker answers."""
    with suppress(KafkaError, OSError):
        await producer.client.close()
    with suppress(KafkaError, OSError):
        await asyncio.wait_for(producer._sender.close(), ABORT_TIMEOUT_S)  # noqa: SLF001 - as above
    _fail_all(producer._message_accumulator)  # noqa: SLF001 - as above
    await closed(producer)


def _fail_all(accumulator: Any) -> None:
    """Fail what it holds, without the tracebacks that its own `fail_all` leaves in the log.

    A batch that is to be sent again is expected among the pending ones when it ends, and is not there; and each has a
    future that nobody looks at.
    """
    waiting = [batch for batches in accumulator._batches.values() for batch in batches]  # noqa: SLF001 - as above
    accumulator._pending_batches.update(waiting)  # noqa: SLF001 - as above
    accumulator.fail_all(KafkaTimeoutError("given up"))
    for batch in waiting:
        batch._drain_waiter.exception()  # noqa: SLF001 - as above
