"""What is to be published waits here in order, and goes to Kafka in batches until Kafka has it, however long that takes."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

import structlog

from satark.runtime.backoff import Backoff
from satark.runtime.kafka import TOO_LARGE, KafkaError, KafkaUnavailableError
from satark.runtime.records import OutgoingRecord
from satark.sandesh_gateway import metrics

log = structlog.get_logger(__name__)

BACKOFF = Backoff(first_s=0.5, max_s=10.0)
BATCH_RECORDS = 2_000
BATCH_BYTES = 4 * 1024 * 1024

Send = Callable[[Sequence[OutgoingRecord]], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Parcel:
    """Records that belong together; `done` is called when Kafka has all of them, or else `refused` with the reason."""

    records: tuple[OutgoingRecord, ...]
    size_bytes: int
    done: Callable[[], None]
    refused: Callable[[str], None]


class Publisher:
    """Parcels in, records to Kafka, in the order of `put`.

    Nothing is given up but what the broker will never take, a record over its limit: a batch that fails is sent again,
    and some of its records may then be there twice (under the same ids). Whoever puts looks at `pending_bytes` and stops reading where too much waits.
    """

    def __init__(self, send: Send, *, on_trouble: Callable[[str], None]) -> None:
        self._send = send
        self._on_trouble = on_trouble
        self._waiting: deque[Parcel] = deque()
        self._filled = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._moved = asyncio.Event()
        self.pending_bytes = 0

    def put(self, parcel: Parcel) -> None:
        """Queue a parcel."""
        self._waiting.append(parcel)
        self.pending_bytes += parcel.size_bytes
        self._filled.set()
        self._empty.clear()

    async def publish(self, records: Sequence[OutgoingRecord]) -> None:
        """Queue records behind all others, and return when Kafka has them."""
        done = asyncio.Event()
        self.put(Parcel(tuple(records), size_of(records), done.set, lambda _: done.set()))
        await done.wait()

    async def drained(self) -> None:
        """Return when nothing waits any more."""
        await self._empty.wait()

    async def moved(self, *, timeout_s: float) -> None:
        """Return when Kafka has taken something more, or after `timeout_s`."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._moved.wait(), timeout_s)

    async def run(self) -> NoReturn:
        """Send for ever."""
        while True:
            await self._filled.wait()
            await self._deliver(self._batch())
            metrics.PENDING_BYTES.set(self.pending_bytes)
            self._moved.set()
            self._moved = asyncio.Event()
            if not self._waiting:
                self._filled.clear()
                self._empty.set()

    def _batch(self) -> list[Parcel]:
        """Take the next parcels; a parcel is never divided."""
        batch: list[Parcel] = []
        records = size = 0
        while self._waiting and (not batch or (records < BATCH_RECORDS and size < BATCH_BYTES)):
            parcel = self._waiting.popleft()
            batch.append(parcel)
            records += len(parcel.records)
            size += parcel.size_bytes
        return batch

    async def _deliver(self, batch: Sequence[Parcel]) -> None:
        """Send until Kafka has it; where a record is over the broker's limit, parcel by parcel."""
        records = [record for parcel in batch for record in parcel.records]
        refusal = await self._sent(records) if records else ""
        if refusal and len(batch) > 1:
            for parcel in batch:
                await self._deliver([parcel])
            return
        for parcel in batch:
            self.pending_bytes -= parcel.size_bytes
            if refusal:
                log.error("record_refused", topics=sorted({each.topic for each in parcel.records}), error=refusal)
                parcel.refused(refusal)
            else:
                parcel.done()

    async def _sent(self, records: Sequence[OutgoingRecord]) -> str:
        """Return when Kafka has the records, or why it never will."""
        attempt = 0
        while True:
            try:
                await self._send(records)
            except TOO_LARGE as error:
                return str(error) or type(error).__name__
            except (KafkaError, KafkaUnavailableError) as error:
                delay_s = BACKOFF.delay_s(attempt)
                self._on_trouble(str(error) or type(error).__name__)
                log.error("publishing_failed", error=repr(error), records=len(records), retry_in_s=delay_s)
                await asyncio.sleep(delay_s)
                attempt += 1
            else:
                self._on_trouble("")
                return ""


def size_of(records: Sequence[OutgoingRecord]) -> int:
    """Return about how much memory records hold: their values, and a flat sum for the rest of each."""
    return sum(len(record.value or b"") + OVERHEAD_BYTES for record in records)


OVERHEAD_BYTES = 1_500
"""Measured: key, headers, tuple and the queue's own."""
