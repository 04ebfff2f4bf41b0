"""Writing to Kafka through Faust so that nothing is lost: a record is safe, or one waits (docs/adr/0004)."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import faust
import structlog

from satark.detector import metrics
from satark.detector.codec import bytes_schema
from satark.runtime.backoff import Backoff
from satark.runtime.deadletter import dead_letter, reason_of
from satark.runtime.health import Health
from satark.runtime.metrics import EVENTS_DEAD_LETTERED, EVENTS_PRODUCED
from satark.runtime.records import OutgoingRecord, Record
from satark.schemas.codec import Event, UndecodableEventError, decode, encode, partition_key

log = structlog.get_logger(__name__)

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
                sent = await self.topic(record.topic).send(
                    key=record.key, value=record.value, headers=list(record.headers)
                )
                await sent
            except Exception as error:  # noqa: BLE001 - Faust wraps client errors in several types; all mean: not safe yet
                metrics.PUBLISH_RETRIES.inc()
                delay_s = BACKOFF.delay_s(attempt)
                attempt += 1
                self._health.set("kafka", ready=False, reason=f"cannot write to {record.topic}: {error}")
                log.warning("publish_failed", topic=record.topic, error=str(error), retry_in_s=delay_s)
                await asyncio.sleep(delay_s)
            else:
                if attempt:
                    self._health.set("kafka", ready=True)
                EVENTS_PRODUCED.labels(record.topic).inc()
                return

    async def set_aside(self, record: Record, error: Exception) -> None:
        """Keep a record that cannot be processed in its dead letter topic, and say why."""
        where = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        if not isinstance(error, UndecodableEventError | MisplacedKeyError):
            log.error("record_failed", **where, exc_info=error)
        await self.send(dead_letter(record, error, service="detector", now=datetime.now(UTC)))
        EVENTS_DEAD_LETTERED.labels(record.topic, reason_of(error)).inc()
        log.warning("dead_letter", **where, error=str(error))


def event_of(record: Record) -> Any:
    """Return the event of a record.

    Raises UndecodableEventError, and MisplacedKeyError when its key is not the event's.
    """
    event = decode(record.topic, record.value, record.headers)
    if record.key != partition_key(event).encode():
        raise MisplacedKeyError(f"the key is {record.key!r}, not {partition_key(event)!r}")
    return event
