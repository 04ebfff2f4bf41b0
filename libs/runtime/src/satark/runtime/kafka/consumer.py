"""Reading records as a member of a consumer group."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition

from satark.runtime import metrics
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka.connection import client_options, closed, connected
from satark.runtime.records import Record

Position = tuple[str, int]
Rebalanced = Callable[[frozenset[Position]], Awaitable[None]]

SESSION_TIMEOUT_MS = 6_000
"""Kafka's default of 45 s leaves the partitions of a dead consumer unread for so long."""

HEARTBEAT_MS = 1_000
MAX_POLL_INTERVAL_MS = 300_000


class Consumer:
    """A member of a consumer group that commits only what it is told to.

    `on_revoked` is awaited before partitions are given away, `on_assigned` before records of new ones come.
    """

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
        self._on_assigned = on_assigned
        self._on_revoked = on_revoked
        self._next: dict[Any, int] = {}
        self._paused = False
        self._consumer: Any = None

    async def __aenter__(self) -> Self:
        self._consumer = await connected(self._make)
        self._consumer.subscribe(list(self._topics), listener=_Listener(self._assigned, self._revoked))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await closed(self._consumer)
        self._forget(list(self._next))

    async def poll(self, *, timeout_s: float, max_records: int = 500) -> list[Record]:
        """Return the next records, oldest first within a partition; empty after `timeout_s` seconds without any."""
        batches = await self._consumer.getmany(timeout_ms=int(timeout_s * 1000), max_records=max_records)
        records = [record_of(message) for messages in batches.values() for message in messages]
        for record in records:
            metrics.EVENTS_CONSUMED.labels(record.topic).inc()
        self._next |= {partition: messages[-1].offset + 1 for partition, messages in batches.items()}
        self._measure()
        return records

    async def commit(self, offsets: Mapping[Position, int]) -> None:
        """Store the next offset to read of each (topic, partition).

        Raises KafkaError, e.g. when the group has given the partition to somebody else.
        """
        if offsets:
            await self._consumer.commit({TopicPartition(*position): offset for position, offset in offsets.items()})

    def seek(self, offsets: Mapping[Position, int]) -> None:
        """Go on at the given offset of each (topic, partition); at the oldest that is kept where that one is not.

        What was fetched and not returned is forgotten. Raises KafkaError for a partition that is somebody else's.
        """
        for position, offset in offsets.items():
            self._consumer.seek(TopicPartition(*position), offset)

    def pause(self) -> None:
        """Fetch nothing more until `resume`, also of partitions that come meanwhile; the membership goes on."""
        self._paused = True
        self._consumer.pause(*self._consumer.assignment())

    def resume(self) -> None:
        """Fetch again."""
        self._paused = False
        self._consumer.resume(*self._consumer.paused())

    async def _assigned(self, partitions: Iterable[Any]) -> None:
        metrics.REBALANCES.inc()
        if self._paused:
            self._consumer.pause(*partitions)
        if self._on_assigned is not None:
            await self._on_assigned(_positions(partitions))

    async def _revoked(self, partitions: Iterable[Any]) -> None:
        if self._on_revoked is not None:
            await self._on_revoked(_positions(partitions))
        self._forget(partitions)

    def _measure(self) -> None:
        """Tell how many records are waiting, by what the last answers of the broker said."""
        assigned = self._consumer.assignment()
        for partition in [one for one in self._next if one in assigned]:
            lag = max(0, (self._consumer.highwater(partition) or 0) - self._next[partition])
            metrics.CONSUMER_LAG.labels(partition.topic, str(partition.partition)).set(lag)

    def _forget(self, partitions: Iterable[Any]) -> None:
        """Somebody else reads them now: their lag is not ours to tell."""
        for partition in partitions:
            if self._next.pop(partition, None) is not None:
                metrics.CONSUMER_LAG.remove(partition.topic, str(partition.partition))

    def _make(self) -> Any:
        return AIOKafkaConsumer(
            group_id=self._group_id,
            client_id=self._group_id,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=SESSION_TIMEOUT_MS,
            heartbeat_interval_ms=HEARTBEAT_MS,
            max_poll_interval_ms=MAX_POLL_INTERVAL_MS,
            **client_options(self._settings),
        )


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    def __init__(
        self,
        assigned: Callable[[Iterable[Any]], Awaitable[None]],
        revoked: Callable[[Iterable[Any]], Awaitable[None]],
    ) -> None:
        self._assigned = assigned
        self._revoked = revoked

    async def on_partitions_revoked(self, revoked: Iterable[Any]) -> None:
        await self._revoked(revoked)

    async def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        await self._assigned(assigned)


def record_of(message: Any) -> Record:
    """Return aiokafka's record as ours."""
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        timestamp=datetime.fromtimestamp(message.timestamp / 1000, UTC),
        key=message.key,
        value=message.value,
        headers=tuple(message.headers),
    )


def _positions(partitions: Iterable[Any]) -> frozenset[Position]:
    return frozenset((partition.topic, partition.partition) for partition in partitions)
