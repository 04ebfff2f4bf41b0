"""Writing to Kafka in batches until it is safe (docs/adr/0004): going on without it would lose it."""

import asyncio
from collections.abc import Iterator, Sequence

import structlog

from satark.detector.uves import metrics
from satark.runtime.backoff import Backoff
from satark.runtime.groups import KafkaSettings
from satark.runtime.health import Health
from satark.runtime.kafka import TOO_LARGE, KafkaError, Producer, Written
from satark.runtime.records import OutgoingRecord

log = structlog.get_logger(__name__)

BACKOFF = Backoff(first_s=0.2, max_s=10.0)
MAX_BYTES = 4_000_000
"""What is sent together: so much is safe long before the producer takes a broker for dead."""


class Writer:
    """A producer that is opened when it is first needed, and again after `close`."""

    def __init__(self, kafka: KafkaSettings, health: Health) -> None:
        self._kafka = kafka
        self._health = health
        self._producer: Producer | None = None

    async def write(self, records: Sequence[OutgoingRecord]) -> list[Written]:
        """Write records in order and wait until all are safe; return where they are.

        One that no broker takes for its size is left out.
        """
        return [place for part in _parts(records) for place in await self._write(part)]

    async def _write(self, records: Sequence[OutgoingRecord]) -> list[Written]:
        attempt = 0
        while True:
            try:
                written = await (await self._opened()).send_all(records)
            except TOO_LARGE:
                half = len(records) // 2
                if half:
                    return [*await self._write(records[:half]), *await self._write(records[half:])]
                self._refused(records[0])
                return []
            except (KafkaError, OSError) as error:
                delay_s = BACKOFF.delay_s(attempt)
                attempt += 1
                reason = str(error) or type(error).__name__
                self._health.set("kafka", ready=False, reason=f"cannot write: {reason}")
                log.warning("publish_failed", topic=records[0].topic, error=reason, retry_in_s=delay_s)
                await asyncio.sleep(delay_s)
            else:
                if attempt:
                    self._health.set("kafka", ready=True)
                return written

    async def close(self) -> None:
        """Close the connection, if there is one."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.__aexit__(None, None, None)

    async def _opened(self) -> Producer:
        if self._producer is None:
            self._producer = await Producer(
                self._kafka, client_id="satark-detector-uves", compressed=False
            ).__aenter__()
        return self._producer

    @staticmethod
    def _refused(record: OutgoingRecord) -> None:
        metrics.TOO_LARGE.labels(record.topic).inc()
        key = (record.key or b"").decode(errors="replace")
        log.error("record_too_large", topic=record.topic, key=key[:512], bytes=len(record.value or b""))


def _parts(records: Sequence[OutgoingRecord]) -> Iterator[Sequence[OutgoingRecord]]:
    """Yield records in parts that are not too large; one that is larger alone is a part of its own."""
    begin = size = 0
    for at, record in enumerate(records):
        more = len(record.value or b"")
        if size and size + more > MAX_BYTES:
            yield records[begin:at]
            begin, size = at, 0
        size += more
    if records[begin:]:
        yield records[begin:]
