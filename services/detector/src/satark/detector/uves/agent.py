"""The shell around `Holding`: Faust brings records in chunks and says which partitions are ours.

What is done in which order is said in the package; one lock keeps a batch and the timer apart. Chunks are acknowledged in
the order in which they came, once all that comes of them is safe (`chunks` says why).
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import faust
import structlog

from satark.detector.alarms.engine import AlarmEngine
from satark.detector.alarms.files import RuleFile
from satark.detector.alarms.reading import RulesError
from satark.detector.codec import CHUNK_RECORDS, in_chunks, record_in
from satark.detector.judging.draining import Chunks
from satark.detector.settings import DetectorSettings
from satark.detector.uves import metrics
from satark.detector.uves.holding import Holding
from satark.detector.uves.table import partition_table
from satark.detector.uves.writer import Writer
from satark.runtime.service import ServiceContext
from satark.runtime.settings import SettingsError
from satark.schemas import topics

log = structlog.get_logger(__name__)

TABLE = "uves"
MAX_BATCH = 4 * CHUNK_RECORDS
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
    _app: faust.App
    _holding: Holding

    def __init__(self, settings: DetectorSettings, context: ServiceContext) -> None:
        self._context = context
        self._rules = RuleFile(settings.alarm_rules)
        self._counting = settings.uve_counters
        self._writer = Writer(context.kafka, context.health)
        self._turn = asyncio.Lock()
        self._generation = 0

    def attach(self, app: faust.App) -> None:
        """Add table, agent and timer to an app that is not started. Raises SettingsError for wrong alarm rules."""
        self._app = app
        table = partition_table(app, name=TABLE, partitions=self._context.kafka.partitions)
        self._holding = Holding(self._writer, table, self._first_rules(), counting=self._counting)
        table.watch(
            on_recovered=lambda number, rows: self._holding.begin(number, rows, datetime.now(UTC)),
            on_lost=self._holding.end,
        )
        app.agent(in_chunks(app, *SOURCES), name="uves")(self._work)
        app.timer(TICK_S, name="uves-tick")(self._tick)
        app.on_partitions_revoked.connect(self._on_revoked, weak=False)
        app.on_before_shutdown.connect(self._close, weak=False)

    def states_on(self, partitions: int | None) -> None:
        """Say how many partitions the states go to; after `attach`."""
        self._holding.state_partitions = partitions

    def _first_rules(self) -> AlarmEngine:
        try:
            return self._rules.read()
        except RulesError as error:
            raise SettingsError([str(each) for each in error.mistakes]) from error

    async def _work(self, stream: Any) -> None:
        chunks = Chunks(stream, size=CHUNK_RECORDS)
        while True:
            try:
                taken = await chunks.take(MAX_BATCH, timeout_s=None)
            except StopAsyncIteration:
                return
            try:
                is_much = await self._batch(taken, self._generation)
            except Exception as error:  # noqa: BLE001 - a fault of ours, whatever it is
                # What was taken in is noted as written or not told at all: only another process may go on.
                await self._app.crash(error)
                await asyncio.Event().wait()
            await asyncio.sleep(0 if is_much else PAUSE_S)

    async def _batch(self, taken: Sequence[Any], generation: int) -> bool:
        """Take in chunks, and acknowledge them when all is safe; return whether there may be as many more."""
        async with self._turn:
            ours = [chunk for chunk in taken if self._is_ours(chunk.message)]
            if generation != self._generation or not ours:
                return False  # partitions were shared out meanwhile: what is ours still comes again
            began, now, count = perf_counter(), datetime.now(UTC), 0
            for chunk in ours:
                if chunk.message.partition in self._holding:
                    count += len(chunk.message.value)
                    self._holding.take(map(record_in, chunk.message.value), now)
                chunk.value = chunk.message.value = ()  # until it is acknowledged a chunk is kept, but not what it held
                await asyncio.sleep(0)
            safe = await self._holding.flush(sorted({chunk.message.partition for chunk in ours}), now)
            for chunk in ours:
                if chunk.message.partition in safe:
                    chunk.ack()
            metrics.BATCH_SECONDS.observe(perf_counter() - began)
            return count > MAX_BATCH // 2

    def _is_ours(self, message: Any) -> bool:
        return message.generation_id == self._app.consumer_generation_id and message.partition in self._holding

    async def _tick(self) -> None:
        """Let time go by for what nobody speaks of, and take over rules that have changed."""
        async with self._turn:
            now = datetime.now(UTC)
            if self._rules.is_changed:
                self._reload(now)
            await self._holding.tick(now)

    def _reload(self, now: datetime) -> None:
        try:
            engine = self._rules.read()
        except RulesError as error:
            metrics.RULE_LOADS.labels("refused").inc()
            log.error("alarm_rules_refused", mistakes=[str(each) for each in error.mistakes])
            return
        metrics.RULE_LOADS.labels("taken").inc()
        log.info("alarm_rules_reloaded")
        self._holding.reload(engine, now)

    async def _on_revoked(self, *_args: Any, **_kwargs: Any) -> None:
        """Let nobody else begin with a partition before what we write of it is written."""
        self._generation += 1
        async with self._turn:
            log.debug("uve_partitions_revoked")

    async def _close(self, *_args: Any, **_kwargs: Any) -> None:
        async with self._turn:
            self._holding.clear()
            await self._writer.close()
