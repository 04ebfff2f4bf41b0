"""Ingest's shell: reads topics in a consumer group and inserts what they say into the store.

Where reading goes on is what the store says, not what Kafka has committed; commits tell others how far it is, and tell
this process whether its partitions are still its own. Nothing is given up: what the store does not take is tried again
until it does, while the group's membership goes on.
"""

import asyncio
import gc
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import uuid4

import structlog

from satark.analytics import metrics
from satark.analytics.ingest import reading, writing
from satark.analytics.ingest.expiry import expire
from satark.analytics.ingest.gathering import Gathering, Part, newest_of
from satark.analytics.ingest.learning import Learnt
from satark.analytics.ingest.ranges import Position, Range, Standing, State, standings
from satark.analytics.ingest.shedding import Shedding, shed
from satark.analytics.ingest.shelf import CONSUMER, StoreShelf
from satark.analytics.settings import AnalyticsSettings
from satark.analytics.store.address import Embedded
from satark.analytics.store.client import Store
from satark.analytics.store.statement import StoreError
from satark.runtime import kafka, topics
from satark.runtime.backoff import Backoff
from satark.runtime.records import Record
from satark.runtime.service import ServiceContext
from satark.runtime.stopping import unless
from satark.schemas.topics import (
    ANOMALIES,
    BASELINES,
    BY_NAME,
    FLOW_SESSIONS,
    GENERATORS,
    INCIDENT_GROUPS,
    MESSAGES,
    METRICS,
    NOTIFICATIONS,
    UVES,
)

log = structlog.get_logger(__name__)

READ = (METRICS, MESSAGES, UVES, FLOW_SESSIONS, ANOMALIES, INCIDENT_GROUPS, NOTIFICATIONS, GENERATORS, BASELINES)
POLL_S = 0.25
MAX_RECORDS = 1000
RETRY = Backoff(first_s=0.5, max_s=30.0)
LAND_TIMEOUT_S = 10.0
"""How long partitions that are to be given away wait for an insert in flight."""

GC_OBJECTS = 100_000
"""Rows are tuples by the hundred thousand and hold no cycles: to look through them time and again is a third of the work."""

T = TypeVar("T")


class Ingest:
    """Keeps what the topics say. `store` is migrated already."""

    def __init__(self, settings: AnalyticsSettings, context: ServiceContext, store: Store, shedding: Shedding) -> None:
        self._settings = settings
        self._shedding = shedding
        self._context = context
        # One process only can have the embedded engine open.
        self._alone = isinstance(settings.address, Embedded)
        self._shelf = StoreShelf(store, uuid4().hex)
        self._gathering = Gathering(
            most_rows=settings.batch_rows, most_bytes=settings.batch_bytes, wait_s=settings.batch_wait_s
        )
        self._learnt = Learnt()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="ingest")
        self._landing = asyncio.Lock()
        self._assigned: frozenset[Position] = frozenset()
        self._epoch = 0
        self._resolved = -1
        self._consumer: kafka.Consumer
        self._producer: kafka.Producer

    async def run(self, stop: asyncio.Event) -> None:
        """Read and insert until `stop` is set, then insert what was read."""
        self._context.health.set("ingest", ready=False, reason="waiting for topics")
        spare_the_collector()
        async with AsyncExitStack() as stack:
            await unless(stop, self._connect(stack))
            while not stop.is_set():
                await self._turn(stop)
            if self._resolved == self._epoch:
                await self._flush(stop)
        self._threads.shutdown()

    async def _connect(self, stack: AsyncExitStack) -> None:
        shared = self._context.kafka
        letters = [topic.dead_letter_name for topic in map(BY_NAME.__getitem__, READ) if topic.dead_letters]
        await topics.wait_for(shared, (*READ, *letters))
        self._producer = await stack.enter_async_context(kafka.Producer(shared, client_id=CONSUMER))
        self._consumer = kafka.Consumer(
            shared, topics=READ, group_id=CONSUMER, on_assigned=self._on_assigned, on_revoked=self._on_revoked
        )
        await stack.enter_async_context(self._consumer)
        self._context.health.set("ingest", ready=True)

    async def _turn(self, stop: asyncio.Event) -> None:
        if self._resolved != self._epoch and self._assigned:
            await self._resolve(stop)
        records = await self._consumer.poll(timeout_s=POLL_S, max_records=MAX_RECORDS)
        # Wherever something is awaited from here on, this is looked at again: are these still our partitions?
        if self._resolved != self._epoch:
            return
        now = asyncio.get_running_loop().time()
        for record in records:
            if self._gathering.begins_anew(record):
                await self._begin_anew(record, stop)
                return
            reading.take_in(record, self._gathering, now)
            if self._gathering.full:
                await self._flush(stop)
                if self._resolved != self._epoch:
                    return
        if self._gathering.due(asyncio.get_running_loop().time()):
            await self._flush(stop)

    async def _resolve(self, stop: asyncio.Event) -> None:
        """Ask the store where the partitions' reading goes on, and go there."""
        epoch = self._epoch
        notes = await self._insisting(self._shelf.notes, stop, epoch)
        if notes is None or epoch != self._epoch:
            return
        known = standings(notes)
        mine = {position: known.get(position, Standing()) for position in self._assigned}
        try:
            self._consumer.seek({position: standing.start or 0 for position, standing in mine.items()})
        except kafka.KafkaError as error:
            log.info("partitions_moved_on", error=repr(error))
            return
        self._gathering.expect(mine)
        self._resolved = epoch
        repeated = sum(len(standing.open) for standing in mine.values())
        log.info("partitions_resolved", partitions=len(mine), ranges_to_repeat=repeated)

    async def _begin_anew(self, record: Record, stop: asyncio.Event) -> None:
        """A topic was deleted and created: what the store knows of its offsets is about records that are gone."""
        self._resolved = -1
        try:
            ends = await kafka.end_offsets(self._context.kafka, record.topic)
        except (kafka.KafkaError, OSError) as error:
            log.warning("topic_end_unknown", topic=record.topic, error=repr(error))
            return
        if ends.get(record.partition, 0) > self._gathering.expected(record):
            return
        log.warning("topic_made_anew", topic=record.topic, partition=record.partition, offset=record.offset)
        gone = Range(record.topic, record.partition, 0, 0, 0)
        await self._insisting(lambda: self._shelf.note(State.ANEW, [gone]), stop, self._epoch)

    async def _flush(self, stop: asyncio.Event) -> None:
        """Insert what was gathered, however often it takes, unless the partitions are somebody else's meanwhile."""
        if not (parts := self._gathering.take()):
            return
        epoch = self._epoch
        for table, count in expire(parts, self._settings.limits, datetime.now(UTC)).items():
            metrics.EXPIRED.labels(table).inc(count)
        for table, count in shed(parts, self._shedding.level).items():
            metrics.SHED.labels(table).inc(count)
        again = False

        async def attempt() -> bool:
            nonlocal again
            async with self._landing:
                done = await self._land(parts, epoch, again=again)
            again = True
            return done

        landed = await self._insisting(attempt, stop, epoch)
        if not landed:
            self._resolved = -1

    async def _land(self, parts: list[Part], epoch: int, *, again: bool) -> bool:
        """Insert the parts; return False when they are not ours to insert. Raises StoreError and KafkaError."""
        with metrics.INSERT_SECONDS.time():
            await self._in_thread(lambda: writing.begin(self._shelf, parts))
            if not await self._commit({part.position: part.range.first for part in parts}) or epoch != self._epoch:
                return False
            refused = await self._in_thread(lambda: writing.write(self._shelf, parts, again=again, alone=self._alone))
            entities, columns = self._learnt.rows_of(parts, datetime.now(UTC))
            await self._in_thread(lambda: writing.learn(self._shelf, entities, columns))
            self._learnt.learnt(parts)
            await self._send_letters(parts, refused)
            await self._in_thread(lambda: writing.finish(self._shelf, parts))
        await self._commit({part.position: part.range.last + 1 for part in parts})
        _count(parts)
        return True

    async def _send_letters(self, parts: Sequence[Part], refused: writing.Refused) -> None:
        for (topic, partition, offset), reason in refused.items():
            log.error("record_refused_by_store", topic=topic, partition=partition, offset=offset, error=reason)
            metrics.UNUSABLE.labels(topic, "refused_by_store").inc()
        for letter in [letter for part in parts for letter in part.letters]:
            try:
                await self._producer.send(letter)
            except kafka.TOO_LARGE as error:  # with its headers it is a little larger than it was
                log.error("dead_letter_lost", topic=letter.topic, error=repr(error))

    async def _commit(self, offsets: dict[Position, int]) -> bool:
        """Commit; return False when the group does not count us in any more."""
        try:
            await self._consumer.commit(offsets)
        except kafka.KafkaError as error:
            log.warning("commit_failed", error=str(error) or type(error).__name__)
            return False
        return True

    async def _insisting(self, work: Callable[[], Any], stop: asyncio.Event, epoch: int) -> Any:
        """Do the work until it succeeds; None when `stop` is set or the partitions changed hands meanwhile."""
        attempt = 0
        while epoch == self._epoch:
            try:
                result = await (work() if asyncio.iscoroutinefunction(work) else self._in_thread(work))
            except (StoreError, kafka.KafkaError) as error:
                reason = getattr(error, "reason", "kafka")
                metrics.STORE_FAILURES.labels(reason).inc()
                delay_s = RETRY.delay_s(attempt)
                self._context.health.set("store", ready=False, reason=f"{reason}: {error}")
                log.error("store_failed", reason=reason, error=str(error), attempt=attempt, retry_in_s=delay_s)
                if stop.is_set() or await self._paused(stop, delay_s):
                    return None
                attempt += 1
            else:
                self._context.health.set("store", ready=True)
                return result
        return None

    async def _paused(self, stop: asyncio.Event, delay_s: float) -> bool:
        """Wait, fetching nothing but staying a member of the group; return whether `stop` was set."""
        self._consumer.pause()
        try:
            end = asyncio.get_running_loop().time() + delay_s
            while not stop.is_set() and asyncio.get_running_loop().time() < end:
                await self._consumer.poll(timeout_s=POLL_S, max_records=1)
        finally:
            self._consumer.resume()
        return stop.is_set()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def _on_assigned(self, positions: frozenset[Position]) -> None:
        self._assigned = positions
        self._epoch += 1

    async def _on_revoked(self, positions: frozenset[Position]) -> None:
        """Give partitions away; an insert in flight is finished first, if it is soon, or else repeated by others."""
        try:
            async with asyncio.timeout(LAND_TIMEOUT_S), self._landing:
                pass
        except TimeoutError:
            log.warning("insert_abandoned", partitions=len(positions))
        self._epoch += 1
        self._assigned = frozenset()


def _count(parts: Sequence[Part]) -> None:
    for part in parts:
        for table, rows in part.rows.by_table.items():
            metrics.ROWS.labels(table).inc(len(rows))
        if part.repeats is not None:
            metrics.REPEATED.inc()
    metrics.INSERT_LAG.set(max(0.0, datetime.now(UTC).timestamp() - newest_of(parts)))


def spare_the_collector() -> None:
    """Look for cycles less often: what is there now stays, and rows have none."""
    gc.freeze()
    gc.set_threshold(GC_OBJECTS, 20, 20)
