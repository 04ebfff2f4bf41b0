"""The ledger: outcomes and dead letters in Kafka. What is written here is true for every member of the group."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from satark.runtime import kafka
from satark.runtime.backoff import Backoff
from satark.runtime.groups import KafkaSettings
from satark.runtime.health import Health
from satark.runtime.metrics import EVENTS_UNREADABLE
from satark.runtime.records import OutgoingRecord
from satark.schemas.codec import UndecodableEventError, decode, encode
from satark.schemas.notifications import Notification
from satark.schemas.topics import NOTIFICATIONS

log = structlog.get_logger(__name__)

BACKOFF = Backoff(first_s=0.5, max_s=10.0)

Learn = Callable[[str, Notification | None], None]
"""Takes an outcome by its id; None: somebody took it back."""


class Ledger:
    """Reads what all members have told, and writes what this one tells."""

    def __init__(
        self, settings: KafkaSettings, producer: kafka.Producer, learn: Learn, health: Health, *, source: str
    ) -> None:
        self._settings = settings
        self._producer = producer
        self._learn = learn
        self._health = health
        self._source = source
        self._next: dict[int, int] = {}

    async def refresh(self) -> None:
        """Read the notifications that were written since the last time; return when none is missing."""
        attempt = 0
        while True:
            try:
                await self._read()
            except (kafka.KafkaError, kafka.KafkaUnavailableError) as error:
                await self._wait(attempt, error)
                attempt += 1
            else:
                self._health.set("kafka", ready=True)
                log.info("outcomes_read", partitions=len(self._next))
                return

    async def write(self, records: Sequence[OutgoingRecord], told: Sequence[Notification] = ()) -> None:
        """Write dead letters, then outcomes; return when all are safe, however long that takes."""
        encoded = [encode(notification, source=self._source) for notification in told]
        outgoing = [*records, *(OutgoingRecord(e.topic, e.key, e.value, e.headers) for e in encoded)]
        attempt = 0
        while outgoing:
            try:
                await self._producer.send_all(outgoing)
            except kafka.KafkaError as error:
                await self._wait(attempt, error)
                attempt += 1
            else:
                break
        if attempt:
            self._health.set("kafka", ready=True)
        for notification in told:
            self._learn(notification.id, notification)

    async def _read(self) -> None:
        async for record in kafka.read_to_end(self._settings, NOTIFICATIONS, start=self._next):
            if record.value is None:
                self._learn((record.key or b"").decode(errors="replace"), None)
            else:
                try:
                    known: Notification = decode(NOTIFICATIONS, record.value, record.headers)
                    self._learn(known.id, known)
                except UndecodableEventError as error:
                    EVENTS_UNREADABLE.labels(NOTIFICATIONS).inc()
                    log.warning(
                        "outcome_unreadable", partition=record.partition, offset=record.offset, error=str(error)
                    )
            self._next[record.partition] = record.offset + 1

    async def _wait(self, attempt: int, error: Exception) -> None:
        delay_s = BACKOFF.delay_s(attempt)
        self._health.set("kafka", ready=False, reason=str(error) or type(error).__name__)
        log.warning("kafka_refused", error=str(error), attempt=attempt + 1, retry_in_s=delay_s)
        await asyncio.sleep(delay_s)
