"""What growing asks of Kafka, and changes there."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from satark.runtime.admin import Admin
from satark.runtime.checking.survey import Survey
from satark.runtime.groups import KafkaSettings
from satark.runtime.growth.layout import IN_ORDER, LAST, Position, Standing
from satark.runtime.growth.rows import Moves
from satark.runtime.kafka import Producer, end_offsets, partition_of, read_to_end
from satark.runtime.kafka.connection import client_options, closed, connected
from satark.runtime.records import OutgoingRecord

DETECTORS = "satark-detector"
"""The detectors' consumer group."""

NOTES = "satark-topics"
"""A group that nobody joins: its offsets say where the old partitions ended when all writers knew of the new ones."""

ATTEMPTS = 8
AT_ONCE = 500
"""Rows that are on their way together: some megabytes."""


class Cluster:
    """One cluster, with an administrator's rights. Every method raises KafkaError or OSError when the broker went away."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._admin = Admin(settings, connect_attempts=ATTEMPTS)
        self._survey = Survey(settings)

    async def __aenter__(self) -> Self:
        await self._admin.__aenter__()
        try:
            await self._survey.__aenter__()
        except BaseException:
            await self._admin.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(self._admin.__aexit__(kind, error, trace), self._survey.__aexit__(kind, error, trace))

    async def standing(self) -> Standing:
        """Return how it is."""
        counts = await self._admin.partitions_by_topic()
        groups = await self._survey.groups((DETECTORS, NOTES))
        detectors, notes = groups[DETECTORS], groups[NOTES]
        begins, ends = await self._survey.spans(await self._survey.topics({*IN_ORDER, LAST}))
        read = {place: max(begin, detectors.committed.get(place, 0)) for place, begin in begins.items()}
        last = {place: end for place, end in ends.items() if place[0] == LAST}
        cut = {place: offset for place, offset in notes.committed.items() if place[0] in IN_ORDER}
        return Standing(counts, cut=cut, read=read, ends=last, members=detectors.members)

    async def members(self) -> int:
        """Return how many detectors there are."""
        return (await self._survey.groups((DETECTORS,)))[DETECTORS].members

    async def add(self, counts: Mapping[str, int]) -> None:
        """Give topics as many partitions. Raises TopicCreationError when the broker refuses."""
        await self._admin.add_partitions(counts)

    async def note_ends(self, have: int) -> None:
        """Note where the old partitions end now."""
        ends: dict[Position, int] = {}
        for name in IN_ORDER:
            found = await end_offsets(self._settings, name)
            ends |= {(name, number): found[number] for number in range(have)}
        consumer = await connected(self._notes, attempts=ATTEMPTS)
        try:
            places = {TopicPartition(*place): end for place, end in ends.items()}
            consumer.assign(list(places))
            await consumer.commit(places)
        finally:
            await closed(consumer)

    async def moves(self, topic: str, before: int, after: int) -> Moves:
        """Read a changelog to its end; return what of it moves."""
        found = Moves(topic, before, after, partition_of)
        async for record in read_to_end(self._settings, topic):
            found.take(record)
        return found

    async def write(self, records: Iterable[OutgoingRecord]) -> None:
        """Write records; return when all are safe."""
        async with Producer(self._settings, client_id="satark-topics") as producer:
            for part in _parts(records):
                await producer.send_all(part)

    def _notes(self) -> Any:
        return AIOKafkaConsumer(group_id=NOTES, enable_auto_commit=False, **client_options(self._settings))


def _parts(records: Iterable[OutgoingRecord]) -> Iterable[Sequence[OutgoingRecord]]:
    part: list[OutgoingRecord] = []
    for record in records:
        part.append(record)
        if len(part) == AT_ONCE:
            yield part
            part = []
    if part:
        yield part
