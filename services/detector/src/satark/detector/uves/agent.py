"""The shell around `Partition`: Faust brings records and says which partitions are ours; Kafka takes what comes of them.

What is done in which order is said in the package; one lock keeps a batch and the timer apart.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import faust
import structlog

from satark.detector.alarms.files import RuleFile
from satark.detector.alarms.reading import RulesError
from satark.detector.codec import bytes_schema, record_of
from satark.detector.judging.draining import handfuls
from satark.detector.settings import DetectorSettings
from satark.detector.uves import metrics
from satark.detector.uves.envelopes import letter_of, published, stored
from satark.detector.uves.intake import event_of
from satark.detector.uves.notes import tell
from satark.detector.uves.output import Output
from satark.detector.uves.partition import Partition
from satark.detector.uves.table import PartitionTable, Rows
from satark.detector.uves.writer import Writer
from satark.runtime.metrics import EVENTS_CONSUMED
from satark.runtime.records import OutgoingRecord, Record
from satark.runtime.service import ServiceContext
from satark.runtime.settings import SettingsError
from satark.schemas import topics
from satark.schemas.alarms import AlarmAcknowledged
from satark.schemas.codec import UndecodableEventError
from satark.uve.known import BadValueError
from satark.uve.rows import remembered

log = structlog.get_logger(__name__)

TABLE = "uves"
MAX_BATCH = 2_000
PAUSE_S = 0.1
"""Between two batches: what comes meanwhile travels together, and an object that changes often is written less often."""

TICK_S = 1.0
SOURCES = (topics.UVES, topics.ALARM_COMMANDS)


class UveAgent:
    """Puts shares together to objects and looks for alarms. Any number of processes share the partitions."""

    needed: tuple[str, ...] = (
        *SOURCES,
        topics.UVE_STATES,
        topics.ANOMALIES,
        topics.MESSAGES,
        topics.UVE_CHANGELOG,
        topics.BY_NAME[topics.UVES].dead_letter_name,
    )

    def __init__(self, settings: DetectorSettings, context: ServiceContext) -> None:
        self._context = context
        self._rules = RuleFile(settings.alarm_rules)
        self._engine: Any = None
        self._writer = Writer(context.kafka, context.health)
        self._partitions: dict[int, Partition] = {}
        self._turn = asyncio.Lock()
        self._generation = 0

    def attach(self, app: faust.App) -> None:
        """Add table, agent and timer to an app that is not started. Raises SettingsError for wrong alarm rules."""
        try:
            self._engine = self._rules.read()
        except RulesError as error:
            raise SettingsError([str(each) for each in error.mistakes]) from error
        table = PartitionTable(
            app,
            name=TABLE,
            key_type=bytes,
            value_type=bytes,
            partitions=self._context.kafka.partitions,
            store="memory://",
            beacon=app.tables.beacon,
        )
        table.watch(on_recovered=self._begin, on_lost=self._end)
        app.tables.add(table)
        app.agent(app.topic(*SOURCES, schema=bytes_schema()), name="uves")(self._work)
        app.timer(TICK_S, name="uves-tick")(self._tick)
        app.on_partitions_revoked.connect(self._on_revoked, weak=False)
        app.on_before_shutdown.connect(self._close, weak=False)

    async def _work(self, stream: Any) -> None:
        async for events in handfuls(stream, MAX_BATCH):
            generation = self._generation
            async with self._turn:
                ours = [event for event in events if event.message.partition in self._partitions]
                if generation != self._generation or not ours:
                    continue  # partitions were shared out meanwhile: what is ours still comes again
                began = perf_counter()
                await self._process([record_of(event) for event in ours])
                for event in ours:
                    event.ack()
                metrics.BATCH_SECONDS.observe(perf_counter() - began)
            await asyncio.sleep(PAUSE_S)

    async def _process(self, records: Sequence[Record]) -> None:
        now = datetime.now(UTC)
        letters: list[OutgoingRecord] = []
        for topic, count in Counter(record.topic for record in records).items():
            EVENTS_CONSUMED.labels(topic).inc(count)
        for record in records:
            try:
                _take(self._partitions[record.partition], record)
            except (UndecodableEventError, BadValueError) as error:
                letters.append(letter_of(record, error, now))
        await self._writer.write(letters)
        await self._flush(sorted({record.partition for record in records}), now)

    async def _flush(self, numbers: Sequence[int], now: datetime) -> None:
        """Publish and store what has changed; of a partition that is lost meanwhile nothing more is written."""
        partitions = [(number, self._partitions[number]) for number in numbers if number in self._partitions]
        outputs = [(number, partition, partition.drain(now)) for number, partition in partitions]
        await self._writer.write([record for number, _, output in outputs for record in published(number, output)])
        ours = [(number, output) for number, partition, output in outputs if self._is_ours(number, partition)]
        await self._writer.write([record for number, output in ours for record in stored(number, output)])
        for _, _, output in outputs:
            _count(output)
        metrics.OBJECTS.set(sum(len(each.uves) for each in self._partitions.values()))

    async def _tick(self) -> None:
        """Let time go by for what nobody speaks of, and take over rules that have changed."""
        async with self._turn:
            now = datetime.now(UTC)
            if self._rules.is_changed:
                self._reload(now)
            for partition in self._partitions.values():
                partition.tick(now)
            await self._flush(sorted(self._partitions), now)

    def _reload(self, now: datetime) -> None:
        try:
            self._engine = self._rules.read()
        except RulesError as error:
            metrics.RULE_LOADS.labels("refused").inc()
            log.error("alarm_rules_refused", mistakes=[str(each) for each in error.mistakes])
            return
        metrics.RULE_LOADS.labels("taken").inc()
        log.info("alarm_rules_reloaded")
        for partition in self._partitions.values():
            partition.reload(self._engine, now)

    def _begin(self, number: int, rows: Rows) -> None:
        found = remembered(rows.items())
        partition = Partition(self._engine)
        partition.restore(found, datetime.now(UTC))
        self._partitions[number] = partition
        log.info("uve_partition_begins", partition=number, objects=len(partition.uves), rows=len(rows))
        if found.unreadable:
            metrics.STATES_LOST.inc(len(found.unreadable))
            log.error("uve_rows_lost", partition=number, count=len(found.unreadable), first=repr(found.unreadable[0]))

    def _end(self, number: int) -> None:
        self._partitions.pop(number, None)
        log.info("uve_partition_ends", partition=number)

    def _is_ours(self, number: int, partition: Partition) -> bool:
        return self._partitions.get(number) is partition

    async def _on_revoked(self, *_args: Any, **_kwargs: Any) -> None:
        """Let nobody else begin with a partition before what we write of it is written."""
        self._generation += 1
        async with self._turn:
            log.debug("uve_partitions_revoked")

    async def _close(self, *_args: Any, **_kwargs: Any) -> None:
        async with self._turn:
            self._partitions.clear()
            await self._writer.close()


def _take(partition: Partition, record: Record) -> None:
    event = event_of(record)
    if isinstance(event, AlarmAcknowledged):
        answer = partition.acknowledge(event, event.time)
        metrics.ACKNOWLEDGEMENTS.labels(answer.value).inc()
        log.info("alarm_acknowledgement", entity=event.entity, alarm=event.type, by=event.by, answer=answer.value)
    else:
        partition.take(event, record.timestamp)


def _count(output: Output) -> None:
    tell(output)
    metrics.ROWS.inc(len(output.rows))
    metrics.STATES.labels("changed").inc(sum(state is not None for _, state in output.states))
    metrics.STATES.labels("gone").inc(sum(state is None for _, state in output.states))
