"""The partitions that are ours: what is told goes in, and what comes of it goes to Kafka. The order is the package's."""

from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

import structlog

from satark.detector.alarms.engine import AlarmEngine
from satark.detector.uves import metrics
from satark.detector.uves.envelopes import events_of, letter_of, rows_of, states_of
from satark.detector.uves.intake import event_of
from satark.detector.uves.namesakes import Namesakes
from satark.detector.uves.notes import tell
from satark.detector.uves.output import Output
from satark.detector.uves.partition import Partition
from satark.detector.uves.table import PartitionTable, Rows
from satark.detector.uves.writer import Writer
from satark.runtime.deadletter import reason_of
from satark.runtime.metrics import EVENTS_CONSUMED, EVENTS_DEAD_LETTERED, EVENTS_UNREADABLE
from satark.runtime.records import OutgoingRecord, Record
from satark.schemas.alarms import AlarmAcknowledged
from satark.schemas.codec import UndecodableEventError
from satark.schemas.topics import BY_NAME
from satark.uve.known import BadValueError
from satark.uve.rows import remembered
from satark.uve.uve import Uve

log = structlog.get_logger(__name__)


class Holding:
    """Partitions by number. What is taken in stays noted until `flush` has written what comes of it.

    `state_partitions` is how many partitions the states go to, None where they are as many as of the shares.
    """

    def __init__(self, writer: Writer, table: PartitionTable, engine: AlarmEngine, *, counting: bool) -> None:
        self._writer = writer
        self._table = table
        self._engine = engine
        self._counting = counting
        self.state_partitions: int | None = None
        self._partitions: dict[int, Partition] = {}
        self._letters: list[OutgoingRecord] = []
        self._namesakes = Namesakes(self._find)

    def __contains__(self, number: int) -> bool:
        return number in self._partitions

    def begin(self, number: int, rows: Rows, now: datetime) -> None:
        """Go on with a partition from what was stored of it."""
        found = remembered(rows.items())
        partition = Partition(self._engine, counting=self._counting, namesakes=self._namesakes)
        partition.restore(found, now)
        self._partitions[number] = partition
        log.info("uve_partition_begins", partition=number, objects=len(partition.uves), rows=len(rows))
        if found.unreadable:
            metrics.STATES_LOST.inc(len(found.unreadable))
            log.error("uve_rows_lost", partition=number, count=len(found.unreadable), first=repr(found.unreadable[0]))

    def end(self, number: int) -> None:
        """Let go of a partition."""
        self._partitions.pop(number, None)
        log.info("uve_partition_ends", partition=number)

    def clear(self) -> None:
        """Let go of all partitions."""
        self._partitions.clear()

    def take(self, records: Iterable[Record], now: datetime) -> None:
        """Take in records of partitions that are ours; one that cannot be used is set aside."""
        counts: Counter[str] = Counter()
        for record in records:
            counts[record.topic] += 1
            try:
                _take(self._partitions[record.partition], record)
            except (UndecodableEventError, BadValueError) as error:
                self._set_aside(record, error, now)
        for topic, count in counts.items():
            EVENTS_CONSUMED.labels(topic).inc(count)

    def _set_aside(self, record: Record, error: Exception, now: datetime) -> None:
        """Keep a record as a dead letter, where its topic has any."""
        log.warning(
            "uve_record_unusable",
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            error=str(error),
        )
        if BY_NAME[record.topic].dead_letters:
            self._letters.append(letter_of(record, error, now))
            EVENTS_DEAD_LETTERED.labels(record.topic, reason_of(error)).inc()
        else:
            EVENTS_UNREADABLE.labels(record.topic).inc()

    def reload(self, engine: AlarmEngine, now: datetime) -> None:
        """Go on by other alarm rules."""
        self._engine = engine
        for partition in self._partitions.values():
            partition.reload(engine, now)

    async def tick(self, now: datetime) -> None:
        """Let time go by for what nobody speaks of."""
        for partition in self._partitions.values():
            partition.tick(now)
        await self.flush(sorted(self._partitions), now)

    async def flush(self, numbers: Sequence[int], now: datetime) -> AbstractSet[int]:
        """Publish and store what has changed in partitions; return those of which all is safe.

        Of a partition that is lost meanwhile nothing more is written.
        """
        letters, self._letters = self._letters, []
        await self._writer.write(letters)
        partitions = [(number, self._partitions[number]) for number in numbers if number in self._partitions]
        outputs = [(number, partition, partition.drain(now)) for number, partition in partitions]
        await self._writer.write([event for _, _, output in outputs for event in events_of(output)])
        states = (states_of(number, output, self.state_partitions) for number, _, output in outputs)
        await self._writer.write([state for each in states for state in each])
        ours = [(number, output) for number, partition, output in outputs if self._is_ours(number, partition)]
        rows = [row for number, output in ours for row in rows_of(number, output)]
        self._table.wrote(await self._writer.write(rows))
        for _, _, output in outputs:
            _count(output)
        metrics.OBJECTS.set(sum(len(each.uves) for each in self._partitions.values()))
        return {number for number, partition, _ in outputs if self._is_ours(number, partition)}

    def _find(self, entity: str) -> Uve | None:
        found = (partition.uves.get(entity) for partition in self._partitions.values())
        return next((uve for uve in found if uve is not None), None)

    def _is_ours(self, number: int, partition: Partition) -> bool:
        return self._partitions.get(number) is partition


def _take(partition: Partition, record: Record) -> None:
    event = event_of(record)
    if isinstance(event, AlarmAcknowledged):
        answer = partition.acknowledge(event, event.time)
        metrics.ACKNOWLEDGEMENTS.labels(answer.value).inc()
        log.info("alarm_acknowledgement", entity=event.entity, alarm=event.type, by=event.by, answer=answer.value)
    else:
        partition.take(event, record.timestamp, record.offset)


def _count(output: Output) -> None:
    tell(output)
    metrics.ROWS.inc(len(output.rows))
    metrics.STATES.labels("changed").inc(sum(state is not None for _, state in output.states))
    metrics.STATES.labels("gone").inc(sum(state is None for _, state in output.states))
