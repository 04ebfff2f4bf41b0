"""Kafka as the poller's memory: samples go out, checkpoints come back, a restart learns what was published."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol

import structlog

from satark.poller.errors import OrchestratorError
from satark.poller.inventory import entity_prefix
from satark.poller.memory.memory import Memory
from satark.poller.memory.roster import Roster
from satark.poller.telling.watch import entity_of
from satark.runtime import kafka
from satark.runtime.deadletter import MAX_DETAIL_CHARS, PREFIX
from satark.runtime.groups import KafkaSettings
from satark.runtime.metrics import EVENTS_DEAD_LETTERED, EVENTS_UNREADABLE
from satark.runtime.records import OutgoingRecord, Record
from satark.schemas.checkpoints import PollerCheckpoint
from satark.schemas.codec import Event, UndecodableEventError, decode, encode
from satark.schemas.messages import Message
from satark.schemas.metrics import MetricSample
from satark.schemas.states import EntityState
from satark.schemas.topics import BY_NAME, MESSAGES, METRICS, POLLER_CHECKPOINTS, STATES

log = structlog.get_logger(__name__)

DEAD_LETTERS = BY_NAME[METRICS].dead_letter_name
TOPICS = (METRICS, STATES, MESSAGES, POLLER_CHECKPOINTS, DEAD_LETTERS)
MAX_LETTER_BYTES = 900_000
"""Kafka's default limit of a record batch is about a million bytes; headers need room too."""

BATCH = 500
SLOW_S = 5.0
"""An acknowledgement that takes longer is told; the producer gives up after its delivery timeout."""


class Journal(Protocol):
    """What the collector needs of Kafka."""

    async def checkpoint(self) -> PollerCheckpoint | None:
        """Return the latest checkpoint of the orchestrator."""
        ...

    async def ends(self) -> dict[int, int]:
        """Return the next offset of each partition of the samples' topic."""
        ...

    async def learn(self, memory: Memory, offsets: dict[int, int]) -> None:
        """Let a memory learn what was published from the given offsets on."""
        ...

    async def learn_roster(self, roster: Roster) -> None:
        """Enter into the roster what was told of the orchestrator's links."""
        ...

    async def publish(self, samples: Sequence[MetricSample]) -> list[tuple[int, int]]:
        """Publish samples in order; return partition and offset of each once they are safe."""
        ...

    async def tell(self, events: Sequence[EntityState | Message]) -> None:
        """Publish states and messages in order; return once they are safe."""
        ...

    async def set_aside(self, error: OrchestratorError, now: datetime) -> None:
        """Keep an answer that cannot be read."""
        ...

    async def save(self, checkpoint: PollerCheckpoint) -> None:
        """Write a checkpoint."""
        ...


class KafkaJournal:
    """The journal on Kafka. Errors are those of `satark.runtime.kafka`.

    `on_waiting` is told the seconds that a write has been waiting for its acknowledgement, and 0 once nobody waits.
    `require` raises when this process may not write any more.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        producer: kafka.Producer,
        *,
        orchestrator: str,
        sample_s: int,
        on_waiting: Callable[[float], None] = lambda _: None,
        require: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings = settings
        self._producer = producer
        self._on_waiting = on_waiting
        self._require = require
        self._orchestrator = orchestrator
        self._sample_s = sample_s
        self._source = f"/satark/poller/{orchestrator}"

    async def checkpoint(self) -> PollerCheckpoint | None:
        """Return the latest checkpoint of the orchestrator that can be read, None when it was never read."""
        key = self._orchestrator.encode()
        latest: PollerCheckpoint | None = None
        async for record in kafka.read_to_end(self._settings, POLLER_CHECKPOINTS):
            if record.key == key:
                try:
                    latest = checkpoint_of(record)
                except UndecodableEventError as error:
                    EVENTS_UNREADABLE.labels(record.topic).inc()
                    log.warning("checkpoint_unreadable", offset=record.offset, error=str(error))
        return latest

    async def ends(self) -> dict[int, int]:
        """Return the next offset of each partition of the samples' topic."""
        return await kafka.end_offsets(self._settings, METRICS)

    async def learn(self, memory: Memory, offsets: dict[int, int]) -> None:
        """Let a memory learn the samples of this orchestrator from the given offsets on."""
        prefixes = (entity_prefix(self._orchestrator), entity_of(self._orchestrator))
        own = tuple(prefix.encode() for prefix in prefixes)
        async for record in kafka.read_to_end(self._settings, METRICS, start=offsets):
            memory.ledger.passed(record.partition, record.offset)
            if record.key is None or not record.key.startswith(own):
                continue
            try:
                sample = decode(record.topic, record.value, record.headers)
            except UndecodableEventError:
                continue  # not written by this poller; the detector sets it aside
            if sample.interval_s == self._sample_s and sample.entity.startswith(prefixes):
                memory.learn(sample, record.partition, record.offset)

    async def learn_roster(self, roster: Roster) -> None:
        """Enter into the roster the latest state of each of the orchestrator's links."""
        own = entity_prefix(self._orchestrator).encode()
        async for record in kafka.read_to_end(self._settings, STATES):
            if record.key is not None and record.key.startswith(own) and record.value:
                try:
                    roster.learn(decode(record.topic, record.value, record.headers))
                except UndecodableEventError as error:
                    EVENTS_UNREADABLE.labels(record.topic).inc()
                    log.warning("state_unreadable", offset=record.offset, error=str(error))

    async def publish(self, samples: Sequence[MetricSample]) -> list[tuple[int, int]]:
        """Publish samples in order; return partition and offset of each once they are safe."""
        written: list[tuple[int, int]] = []
        for start in range(0, len(samples), BATCH):
            written += await self._send(self._records(samples[start : start + BATCH]))
            await asyncio.sleep(0)
        return written

    async def tell(self, events: Sequence[EntityState | Message]) -> None:
        """Publish states and messages in order; return once they are safe."""
        for start in range(0, len(events), BATCH):
            await self._send(self._records(events[start : start + BATCH]))
            await asyncio.sleep(0)

    async def set_aside(self, error: OrchestratorError, now: datetime) -> None:
        """Keep an answer that cannot be read as a dead letter. It was no record, so it names no topic to go back to."""
        about = {
            "reason": error.reason,
            "detail": str(error)[:MAX_DETAIL_CHARS],
            "service": "poller",
            "method": error.method,
            "time": now.isoformat(),
            "bytes": str(len(error.body)),
        }
        headers = tuple((PREFIX + name, text.encode(errors="replace")) for name, text in about.items())
        key = self._orchestrator.encode()
        await self._send([OutgoingRecord(DEAD_LETTERS, key, error.body[:MAX_LETTER_BYTES], headers)])
        EVENTS_DEAD_LETTERED.labels(METRICS, error.reason).inc()

    async def save(self, checkpoint: PollerCheckpoint) -> None:
        """Write a checkpoint and wait until it is safe."""
        await self._send(self._records([checkpoint]))

    async def _send(self, records: list[OutgoingRecord]) -> list[tuple[int, int]]:
        self._require()
        sending = asyncio.create_task(self._producer.send_all(records))
        waited_s = 0.0
        try:
            while not (await asyncio.wait({sending}, timeout=SLOW_S))[0]:
                waited_s += SLOW_S
                log.warning("kafka_slow", waited_s=waited_s, records=len(records))
                self._on_waiting(waited_s)
        finally:
            sending.cancel()
            if waited_s:  # whoever gives up waiting, as a worker does that loses its orchestrator, waits no more
                self._on_waiting(0.0)
        return sending.result()

    def _records(self, events: Iterable[Event]) -> list[OutgoingRecord]:
        encoded = (encode(event, source=self._source) for event in events)
        return [OutgoingRecord(e.topic, e.key, e.value, e.headers) for e in encoded]


def checkpoint_of(record: Record) -> PollerCheckpoint:
    """Return a checkpoint. Raises UndecodableEventError, also for offsets of what is no partition."""
    found: PollerCheckpoint = decode(record.topic, record.value, record.headers)
    wrong = next((name for name in found.offsets if not name.isdecimal()), None)
    if wrong is not None:
        raise UndecodableEventError("invalid", f"{wrong!r} is no partition - at `key` in `$.offsets`")
    return found
