"""Writing to Kafka in batches until it is safe (docs/adr/0004): going on without it would lose it."""

import asyncio
from collections.abc import Sequence

import structlog

from satark.detector.uves import metrics
from satark.runtime.backoff import Backoff
from satark.runtime.groups import KafkaSettings
from satark.runtime.health import Health
from satark.runtime.kafka import TOO_LARGE, KafkaError, Producer
from satark.runtime.records import OutgoingRecord

log = structlog.get_logger(__name__)

BACKOFF = Backoff(first_s=0.2, max_s=10.0)


class Writer:
    """A producer that is opened when it is first needed, and again after `close`."""

    def __init__(self, kafka: KafkaSettings, health: Health) -> None:
        self._kafka = kafka
        self._health = health
        self._producer: Producer | None = None

    async def write(self, records: Sequence[OutgoingRecord]) -> None:
        """Write records in order and wait until all are safe. One that no broker takes for its size is left out."""
        attempt = 0
        while records:
            try:
                await (await self._opened()).send_all(records)
            except TOO_LARGE:
                if len(records) > 1:
                    for record in records:
                        await self.write([record])
                else:
                    self._refused(records[0])
                return
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
                return

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
