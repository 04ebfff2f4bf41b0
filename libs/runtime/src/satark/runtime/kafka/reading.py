"""Reading a topic from a start to its present end, outside any group: nothing is committed."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.partitioner import DefaultPartitioner

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka.connection import KafkaUnavailableError, client_options, closed, connected
from satark.runtime.kafka.consumer import record_of
from satark.runtime.records import Record

ATTEMPTS = 5
POLL_MS = 1_000
SILENCE_S = 60.0
"""A broker that answers no fetch for so long is gone."""

NOTHING_LEFT_S = 3.0
"""A broker answers a fetch that finds nothing after half a second. So long without a record while it answers means that
the rest up to the end was removed: by compaction, or with its transaction."""


async def read_to_end(
    settings: KafkaSettings, topic: str, *, start: Mapping[int, int] | None = None
) -> AsyncGenerator[Record, None]:
    """Yield a topic's records up to its end offsets at the time of the call.

    `start` gives the first offset by partition (else the oldest that is kept). Order holds within a partition.
    Raises KafkaUnavailableError when no broker answers, at the start or for a minute on the way; other KafkaErrors as
    the broker has them.
    """
    async with _reader(settings, topic) as consumer:
        remaining = await _seek(consumer, start or {})
        progress = Progress(asyncio.get_running_loop().time())
        while remaining:
            batches = await consumer.getmany(*remaining, timeout_ms=POLL_MS)
            for partition, messages in batches.items():
                for message in messages:
                    if message.offset < remaining[partition]:
                        yield record_of(message)
            for partition in list(remaining):
                if await consumer.position(partition) >= remaining[partition]:
                    del remaining[partition]
            answered = [consumer.last_poll_timestamp(partition) for partition in remaining]
            if progress.ended(asyncio.get_running_loop().time(), bool(batches), answered):
                break
            if progress.silent_s > SILENCE_S:
                raise KafkaUnavailableError(f"no broker answered for {SILENCE_S:g} s while {topic} was read")


async def end_offsets(settings: KafkaSettings, topic: str) -> dict[int, int]:
    """Return the next offset to be written of each partition of a topic.

    Raises KafkaUnavailableError when no broker answers.
    """
    async with _reader(settings, topic) as consumer:
        ends = await consumer.end_offsets(list(consumer.assignment()))
        return {partition.partition: end for partition, end in ends.items()}


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition of a topic into which a producer writes a key, as all of Kafka's clients do by default."""
    partition: int = DefaultPartitioner()(key, range(partitions), ())
    return partition


class Progress:
    """Whether a reading goes on, judged by loop times in seconds and the times of the broker's answers. Pure."""

    def __init__(self, now_s: float) -> None:
        self._moved_s = now_s
        self._answered_s = now_s
        self._answers: list[int | None] = []
        self.silent_s = 0.0

    def ended(self, now_s: float, moved: bool, answers: Sequence[int | None]) -> bool:
        """Return whether the broker answers but has nothing more. `answers` are the last answers' times, each in ms."""
        if moved:
            self._moved_s = now_s
        if moved or self._answers != list(answers):
            self._answered_s = now_s
        self._answers = list(answers)
        self.silent_s = now_s - self._answered_s
        return bool(answers) and None not in answers and now_s - self._moved_s > NOTHING_LEFT_S > self.silent_s


@asynccontextmanager
async def _reader(settings: KafkaSettings, topic: str) -> AsyncIterator[Any]:
    def make() -> Any:
        options = client_options(settings)
        return AIOKafkaConsumer(topic, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest", **options)

    try:
        consumer = await connected(make, attempts=ATTEMPTS)
    except KafkaUnavailableError as error:
        raise KafkaUnavailableError(f"cannot read {topic}: {error}") from error
    try:
        yield consumer
    finally:
        await closed(consumer)


async def _seek(consumer: Any, start: Mapping[int, int]) -> dict[Any, int]:
    """Seek every assigned partition to its start; return the end offset of those that hold something from there on."""
    partitions = sorted(consumer.assignment())
    begins = await consumer.beginning_offsets(partitions)
    ends = await consumer.end_offsets(partitions)
    firsts = {p: max(begins[p], start.get(p.partition, 0)) for p in partitions}
    for partition in partitions:
        consumer.seek(partition, firsts[partition])
    return {p: ends[p] for p in partitions if firsts[p] < ends[p]}
