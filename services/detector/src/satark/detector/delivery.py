"""Writing to Kafka through Faust so that nothing is lost: a record is safe, or one waits (docs/adr/0004)."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import faust
import structlog

from satark.detector import metrics
from satark.detector.codec import bytes_schema
from satark.detector.transport import Span
from satark.runtime.backoff import Backoff
from satark.runtime.deadletter import dead_letter, reason_of
from satark.runtime.health import Health
from satark.runtime.kafka import TOO_LARGE
from satark.runtime.metrics import EVENTS_DEAD_LETTERED, EVENTS_PRODUCED
from satark.runtime.records import OutgoingRecord, Record
from satark.schemas.codec import Event, UndecodableEventError, decode, encode, partition_key

log = structlog.get_logger(__name__)

Rows = Sequence[tuple[bytes, bytes]]

SOURCE = "/satark/detector"
BACKOFF = Backoff(first_s=0.2, max_s=10.0)


class MisplacedKeyError(ValueError):
    """A record's key is not its event's, so its partition is not where the state lives that it belongs to."""

    reason = "wrong_key"


class Delivery:
    """The topics of one Faust app, written to until Kafka has acknowledged."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._app: faust.App | None = None
        self._topics: dict[str, Any] = {}

    def attach(self, app: faust.App) -> None:
        """Write through this app from now on."""
        self._app = app
        self._topics.clear()

    def topic(self, name: str) -> Any:
        """Return a topic of the app, bytes in and bytes out, always the same object."""
        if name not in self._topics:
            assert self._app is not None  # noqa: S101 - attached before anything is sent
            self._topics[name] = self._app.topic(name, schema=bytes_schema())
        return self._topics[name]

    async def publish(self, event: Event) -> None:
        """Write an event to its topic and wait until it is safe."""
        encoded = encode(event, source=SOURCE)
        await self.send(OutgoingRecord(encoded.topic, encoded.key, encoded.value, encoded.headers))

    async def send(self, record: OutgoingRecord) -> None:
        """Write a record and wait until it is safe, however long that takes: going on without it would lose it."""
        attempt = 0
        while True:
            try:
                # Faust's own `send` leaves a second future with the error, which nobody can look at.
                topic = self.topic(record.topic)
                message = topic.as_future_message(key=record.key, value=record.value, headers=list(record.headers))
                await topic.publish_message(message, wait=True)
            except Exception as error:  # noqa: BLE001 - Faust wraps client errors in several types; all mean: not safe yet
                await self._put_off(record.topic, error, attempt)
                attempt += 1
            else:
                self._went_through(attempt)
                EVENTS_PRODUCED.labels(record.topic).inc()
                return

    async def store(self, topic: str, partition: int, rows: Rows, *, wanted: Callable[[], bool]) -> Span | None:
        """Write rows of a table and wait until they are safe, as long as they are wanted.

        Returns where they are, or None: some may not be written, because they are wanted no more or too large for Kafka.
        """
        attempt = 0
        while wanted():
            assert self._app is not None  # noqa: S101 - attached before anything is stored
            try:
                span: Span = await self._app.producer.send_many(topic, partition, rows)  # type: ignore[attr-defined]
            except TOO_LARGE as error:
                if len(rows) > 1:
                    for row in rows:
                        await self.store(topic, partition, [row], wanted=wanted)
                else:
                    metrics.STATES_LOST.inc()
                    key = rows[0][0].decode(errors="replace")
                    log.error("state_too_large", topic=topic, key=key[:512], bytes=len(rows[0][1]), error=str(error))
                return None
            except Exception as error:  # noqa: BLE001 - as above
                await self._put_off(topic, error, attempt)
                attempt += 1
            else:
                self._went_through(attempt)
                return span
        return None

    async def _put_off(self, topic: str, error: Exception, attempt: int) -> None:
        metrics.PUBLISH_RETRIES.inc()
        delay_s = BACKOFF.delay_s(attempt)
        self._health.set("kafka", ready=False, reason=f"cannot write to {topic}: {error}")
        log.warning("publish_failed", topic=topic, error=str(error), retry_in_s=delay_s)
        await asyncio.sleep(delay_s)

    def _went_through(self, attempts: int) -> None:
        if attempts:
            self._health.set("kafka", ready=True)

    async def set_aside(self, record: Record, error: Exception) -> None:
        """Keep a record that cannot be processed in its dead letter topic, and say why."""
        where = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        if not isinstance(error, UndecodableEventError | MisplacedKeyError):
            log.error("record_failed", **where, exc_info=error)
        await self.send(dead_letter(record, error, service="detector", now=datetime.now(UTC)))
        EVENTS_DEAD_LETTERED.labels(record.topic, reason_of(error)).inc()
        log.warning("dead_letter", **where, error=str(error))


def event_of(record: Any) -> Any:
    """Return the event of a record, the runtime's or the client's own.

    Raises UndecodableEventError, and MisplacedKeyError when its key is not the event's.
    """
    event = decode(record.topic, record.value, record.headers)
    if record.key != partition_key(event).encode():
        raise MisplacedKeyError(f"the key is {record.key!r}, not {partition_key(event)!r}")
    return event
