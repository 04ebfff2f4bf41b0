"""Following topics outside any group: every record of all their partitions, from a start on and then as they come."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from satark.runtime import metrics
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka.connection import CONNECT_BACKOFF, KafkaUnavailableError, client_options, closed, connected
from satark.runtime.kafka.consumer import record_of
from satark.runtime.kafka.reading import Progress
from satark.runtime.records import Record

log = structlog.get_logger(__name__)


class Follower:
    """Reads every record of some topics, oldest first within a partition, and knows when it has seen what was there.

    From the beginning, or with `from_end` only what is written after it was entered; a partition that is added later
    is read from its beginning either way. It outlives brokers. It belongs to no group: nothing is committed.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        topics: Sequence[str],
        *,
        from_end: bool = False,
        connect_attempts: int | None = None,
    ) -> None:
        self._settings = settings
        self._topics = tuple(topics)
        self._from_end = from_end
        self._attempts = connect_attempts
        self._consumer: Any = None
        self._assigned: frozenset[Any] = frozenset()
        self._next: dict[Any, int] = {}
        self._missing: dict[Any, int] = {}
        self._progress = Progress(0.0)

    @property
    def caught_up(self) -> bool:
        """Whether every record has been returned that was there when it was entered."""
        return self._consumer is not None and not self._missing

    async def __aenter__(self) -> Self:
        """Connect and find the start. Raises KafkaUnavailableError after `connect_attempts` (None: never)."""
        failures = 0
        while True:
            consumer = await connected(self._make, attempts=self._attempts)
            try:
                await self._find_start(consumer)
            except KafkaError as error:
                await closed(consumer)
                failures += 1
                if self._attempts is not None and failures >= self._attempts:
                    raise KafkaUnavailableError(f"cannot read {', '.join(self._topics)}: {error}") from error
                log.warning("kafka_follower_start_failed", topics=self._topics, error=repr(error))
                await asyncio.sleep(CONNECT_BACKOFF.delay_s(failures - 1))
            except BaseException:
                await closed(consumer)
                raise
            else:
                self._consumer = consumer
                return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        consumer, self._consumer = self._consumer, None
        await closed(consumer)

    async def poll(self, *, timeout_s: float, max_records: int = 500) -> list[Record]:
        """Return the next records; empty after `timeout_s` seconds without any.

        Raises KafkaError as the broker has them, but waits for one that does not answer.
        """
        self._keep_places()
        batches = await self._consumer.getmany(timeout_ms=int(timeout_s * 1000), max_records=max_records)
        records: list[Record] = []
        for partition, messages in batches.items():
            records += [record_of(each) for each in messages if each.offset >= self._next.get(partition, 0)]
            self._next[partition] = max(self._next.get(partition, 0), messages[-1].offset + 1)
        for record in records:
            metrics.EVENTS_CONSUMED.labels(record.topic).inc()
        if self._missing:
            self._catch_up(bool(batches))
        return records

    def _keep_places(self) -> None:
        """Go on where we were: when aiokafka assigns new partitions it forgets the places in all others."""
        assigned = frozenset(self._consumer.assignment())
        if assigned == self._assigned:
            return
        log.info("kafka_follower_partitions", topics=self._topics, partitions=len(assigned))
        self._assigned = assigned
        for partition in assigned & self._next.keys():
            self._consumer.seek(partition, self._next[partition])

    def _catch_up(self, moved: bool) -> None:
        for partition in [each for each, end in self._missing.items() if self._next.get(each, 0) >= end]:
            del self._missing[partition]
        answered = [self._answered(partition) for partition in self._missing]
        if self._progress.ended(asyncio.get_running_loop().time(), moved, answered):
            self._missing.clear()

    def _answered(self, partition: Any) -> int | None:
        timestamp: int | None = self._consumer.last_poll_timestamp(partition)
        return timestamp

    async def _find_start(self, consumer: Any) -> None:
        partitions = sorted(consumer.assignment())
        begins = await consumer.beginning_offsets(partitions)
        ends = await consumer.end_offsets(partitions)
        starts = ends if self._from_end else begins
        for partition, offset in starts.items():
            consumer.seek(partition, offset)
        self._assigned, self._next = frozenset(partitions), dict(starts)
        self._missing = {each: end for each, end in ends.items() if starts[each] < end}
        self._progress = Progress(asyncio.get_running_loop().time())

    def _make(self) -> Any:
        return AIOKafkaConsumer(
            *self._topics,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            **client_options(self._settings),
        )
