"""Reading a stretch of a topic's past outside any group, all partitions merged by the time they were written.

Each partition keeps its own order; across partitions the oldest head goes first. What is fetched of a partition waits
in its buffer until the others have come as far, and nothing more is fetched of it meanwhile: memory is bounded by one
fetch for each partition, however long the stretch.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaConsumer

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka.connection import KafkaUnavailableError, client_options, closed, connected
from satark.runtime.kafka.consumer import record_of
from satark.runtime.kafka.reading import ATTEMPTS, POLL_MS, SILENCE_S, Progress
from satark.runtime.records import Record

FETCHED = 1_000
"""Records that one fetch hands over."""


class TopicRange:
    """What a topic holds from a time on, up to its end when it was entered.

    `written_from` is the earliest writing time (None: the oldest that is kept); the embedded trial broker knows no times
    and gives everything. Known once entered: `total`, the number of offsets in the range; compaction may have left fewer
    records.
    """

    def __init__(self, settings: KafkaSettings, topic: str, *, written_from: datetime | None = None) -> None:
        self._settings = settings
        self._topic = topic
        self._from = written_from
        self._consumer: Any = None
        self._ends: dict[Any, int] = {}
        self.total = 0

    async def __aenter__(self) -> Self:
        """Connect and find both ends. Raises KafkaUnavailableError; other KafkaErrors as the broker has them."""
        try:
            self._consumer = await connected(self._make, attempts=ATTEMPTS)
        except KafkaUnavailableError as error:
            raise KafkaUnavailableError(f"cannot read {self._topic}: {error}") from error
        try:
            await self._seek()
        except BaseException:
            await closed(self._consumer)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await closed(self._consumer)

    async def batches(self) -> AsyncGenerator[list[Record], None]:
        """Yield the records in the order told above, some at a time.

        Raises KafkaUnavailableError when the broker falls silent for a minute, other KafkaErrors as it has them.
        """
        buffers: dict[Any, deque[Record]] = {partition: deque() for partition in self._ends}
        progress = Progress(asyncio.get_running_loop().time())
        while self._ends or any(buffers.values()):
            if hungry := [partition for partition in self._ends if not buffers[partition]]:
                moved = await self._fetch(hungry, buffers)
                answers = [self._consumer.last_poll_timestamp(partition) for partition in hungry]
                if progress.ended(asyncio.get_running_loop().time(), moved, answers):
                    self._ends = {each: end for each, end in self._ends.items() if each not in hungry}
                if progress.silent_s > SILENCE_S:
                    raise KafkaUnavailableError(f"no broker answered for {SILENCE_S:g} s while {self._topic} was read")
            if batch := _merged(buffers, set(self._ends)):
                yield batch

    async def _fetch(self, partitions: list[Any], buffers: dict[Any, deque[Record]]) -> bool:
        """Fill the buffers of partitions, as far as there is anything; return whether there was."""
        fetched = await self._consumer.getmany(*partitions, timeout_ms=POLL_MS, max_records=FETCHED)
        for partition, messages in fetched.items():
            buffers[partition].extend(record_of(each) for each in messages if each.offset < self._ends[partition])
        for partition in partitions:
            if await self._consumer.position(partition) >= self._ends[partition]:
                del self._ends[partition]
        return bool(fetched)

    async def _seek(self) -> None:
        partitions = sorted(self._consumer.assignment())
        begins = await self._consumer.beginning_offsets(partitions)
        ends = await self._consumer.end_offsets(partitions)
        if self._from is not None and self._settings.topic_admin:
            millis = int(self._from.timestamp() * 1000)
            found = await self._consumer.offsets_for_times(dict.fromkeys(partitions, millis))
            begins = {each: found[each].offset if found.get(each) else ends[each] for each in partitions}
        for partition in partitions:
            self._consumer.seek(partition, begins[partition])
        self._ends = {each: end for each, end in ends.items() if begins[each] < end}
        self.total = sum(end - begins[each] for each, end in self._ends.items())

    def _make(self) -> Any:
        options = client_options(self._settings)
        return AIOKafkaConsumer(
            self._topic, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest", **options
        )


def _merged(buffers: dict[Any, deque[Record]], awaited: set[Any]) -> list[Record]:
    """Take from the buffers, oldest head first, until one is empty of which more is to come."""
    merged: list[Record] = []
    heads = {partition: buffer for partition, buffer in buffers.items() if buffer}
    while heads and not any(not buffers[partition] for partition in awaited):
        oldest = min(heads, key=lambda partition: (heads[partition][0].timestamp, partition))
        merged.append(heads[oldest].popleft())
        if not heads[oldest]:
            del heads[oldest]
    return merged
