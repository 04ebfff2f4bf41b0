"""The agent that judges: samples in, incident events out, each link's state in a table.

Samples come in chunks (`chunks`), and a handful of chunks is judged together. In this order: the events are published and
acknowledged by Kafka; the states are written to the changelog and acknowledged by Kafka, at once those of entities of which
something was told, the others when it is worth it (`backlog`); the chunks are acknowledged, each partition's in order. A
crash anywhere repeats samples: with the old state the same events come out with the same ids, with a newer state they are
doubles.

All of this is done by one coroutine, so that no state is written while events that belong to it are not told. When
partitions are shared out anew, what is not safe yet is dropped: whoever has the partition now reads it again.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from time import monotonic, perf_counter
from typing import Any

import faust
import structlog

from satark.detector import metrics
from satark.detector.codec import chunk_records, in_chunks, record_in, record_of
from satark.detector.delivery import Delivery, MisplacedKeyError, event_of
from satark.detector.detection.detection import Detection
from satark.detector.judging.backlog import Backlog
from satark.detector.judging.draining import Chunks
from satark.detector.judging.reading import Read, Reader
from satark.detector.judging.rulebooks import first_rulebook
from satark.detector.judging.saving import Saving
from satark.detector.judging.tables import LinkTable, link_table
from satark.detector.judging.telling import tell
from satark.detector.normals.telling import Normals
from satark.detector.rules import Rulebook
from satark.detector.rules.file import RulesFile
from satark.detector.settings import DetectorSettings
from satark.runtime.groups import KafkaSettings
from satark.runtime.metrics import EVENTS_CONSUMED, EVENTS_UNREADABLE
from satark.schemas import topics
from satark.schemas.acceptances import NormalAccepted
from satark.schemas.closings import IncidentClosed
from satark.schemas.codec import UndecodableEventError
from satark.schemas.metrics import MetricSample

log = structlog.get_logger(__name__)

TABLE = "links"

LEAVING_S = 3.0
"""How long partitions are kept for work on them to come to its end. With a session of six seconds, nobody waits for us."""

LIVE = 20_000
"""With a table on disk, so many entities are in memory at most between two batches."""


class Judging:
    """Reads samples and tells of incidents. Any number of processes share the partitions."""

    needed = (
        topics.METRICS,
        topics.ANOMALIES,
        topics.ACCEPTANCES,
        topics.BASELINES,
        topics.DETECTOR_CHANGELOG,
        topics.BY_NAME[topics.METRICS].dead_letter_name,
    )
    _app: faust.App
    _table: LinkTable
    _saving: Saving

    def __init__(self, settings: DetectorSettings, kafka: KafkaSettings, delivery: Delivery) -> None:
        self._settings = settings
        self._kafka = kafka
        self._delivery = delivery
        self._rules = RulesFile(settings.rules)
        self._detection = Detection(Rulebook(()), max_ahead_s=settings.max_ahead_s)
        self._reader = Reader()
        self._normals = Normals(self._detection, delivery)
        self._backlog = Backlog(settings.commit_interval_s)
        self._at_work = asyncio.Lock()
        self._generation = 0

    def attach(self, app: faust.App) -> None:
        """Read and write through this app from now on. Raises SettingsError for wrong rules."""
        self._app = app
        self._detection.rulebook = first_rulebook(self._settings, self._rules)
        on_disk = self._settings.store == "rocksdb"
        self._table = link_table(app, name=TABLE, partitions=self._kafka.partitions, on_disk=on_disk)
        self._saving = Saving(self._detection, self._table, self._delivery)
        app.on_partitions_revoked.connect(self._on_revoked, weak=False)
        app.on_before_shutdown.connect(self._on_shutdown, weak=False)
        app.agent(in_chunks(app, topics.METRICS), name="judge")(self._judge)
        app.agent(self._delivery.topic(topics.ACCEPTANCES), name="accept")(self._accept)
        app.timer(self._settings.rules_reload_s, name="rules")(self._reload)

    def __len__(self) -> int:
        """Return how many entities are remembered, standby copies included."""
        return self._table.count()

    async def _judge(self, stream: Any) -> None:
        chunks = Chunks(stream, size=chunk_records(self._settings))
        while True:
            try:
                taken = await chunks.take(self._settings.batch, timeout_s=self._backlog.due_in_s(monotonic()))
            except StopAsyncIteration:
                return
            try:
                async with self._at_work:
                    await self._turn(taken, is_idle=chunks.is_idle)
            except BaseException as error:
                # States may hold what was not told: nothing of them may be written, and no chunk after this one judged.
                self._drop()
                if not isinstance(error, Exception):
                    raise
                await self._app.crash(error)
                # Faust would begin anew with the chunk after this one.
                await asyncio.Event().wait()

    async def _turn(self, taken: list[Any], *, is_idle: bool) -> None:
        generation = self._generation
        ours = [chunk for chunk in taken if chunk.message.generation_id == self._app.consumer_generation_id]
        if ours:
            await self._take(ours, generation)
        if generation == self._generation and self._backlog.is_due(monotonic(), is_idle=is_idle):
            await self._save()

    async def _take(self, chunks: list[Any], generation: int) -> None:
        began, now = perf_counter(), datetime.now(UTC)
        latest = now + timedelta(seconds=self._settings.max_ahead_s)
        found = self._reader.read(
            [chunk.message.value for chunk in chunks], latest, lambda sample: self._detection.check(sample, now)
        )
        for chunk in chunks:
            # Until it is acknowledged a chunk is kept, but not what it held.
            chunk.value = chunk.message.value = ()
        EVENTS_CONSUMED.labels(topics.METRICS).inc(found.count)
        for record, error in found.broken:
            if generation == self._generation:
                await self._set_aside(record, error)
        await self._batched(found, generation)
        if generation == self._generation:
            self._normals.look(found.samples, monotonic())
            self._backlog.judged(chunks, found.count)
        metrics.BATCH_SECONDS.observe(perf_counter() - began)
        metrics.BATCH_SAMPLES.observe(found.count)

    async def _accept(self, stream: Any) -> None:
        async for event in stream.noack().events():
            record, generation = record_of(event), self._generation
            EVENTS_CONSUMED.labels(topics.ACCEPTANCES).inc()
            try:
                word: NormalAccepted | IncidentClosed = event_of(record)
            except (UndecodableEventError, MisplacedKeyError) as error:
                EVENTS_UNREADABLE.labels(topics.ACCEPTANCES).inc()
                log.warning("acceptance_unreadable", partition=record.partition, offset=record.offset, error=str(error))
            else:
                async with self._at_work:
                    if generation == self._generation:
                        await self._take_word(word, record.partition)
            if generation == self._generation:
                await stream.ack(event)  # otherwise whoever has the partition now reads it again

    async def _take_word(self, word: NormalAccepted | IncidentClosed, partition: int) -> None:
        """Remember a person's word, at once: it comes once, and is kept nowhere else that is read again."""
        generation, entity = self._generation, word.entity
        self._recall({entity: partition})
        if isinstance(word, NormalAccepted):
            taken, note = self._detection.accept(entity, word.id), {"note": word.note}
        else:
            event, note = self._detection.close(word), {"because": word.because, "incident": word.incident}
            taken = event is not None
            await tell([] if event is None else [event], self._delivery)
        if taken and generation == self._generation:
            await self._saving.write({partition: [entity]}, wanted=lambda: generation == self._generation)
            self._backlog.written(partition, [entity])
        said = "normal_accepted" if isinstance(word, NormalAccepted) else "incident_closed"
        log.info(said, entity=entity, by=word.by, taken=taken, **note)

    async def _set_aside(self, record: Any, error: Exception) -> None:
        await self._delivery.set_aside(record_in(record), error)
        metrics.SAMPLES.labels("dead_lettered").inc()

    async def _batched(self, found: Read, generation: int) -> None:
        """Judge samples together, or one by one if that fails, so that only what is poison is set aside.

        Their entities go on from the states that are written then: what they learnt since is lost to them.
        """
        if not found.samples or generation != self._generation:
            return
        places = {sample.entity: raw.partition for sample, raw in zip(found.samples, found.records, strict=True)}
        try:
            await self._process(found.samples, places, generation)
        except Exception as error:
            for entity, partition in places.items():
                self._backlog.written(partition, [entity])
            self._detection.forget(places)
            if len(found.samples) == 1:
                await self._set_aside(found.records[0], error)
                return
            log.exception("batch_failed", samples=len(found.samples))
            for one in found.each():
                await self._batched(one, generation)

    async def _process(self, samples: list[MetricSample], places: dict[str, int], generation: int) -> None:
        self._recall(places)
        judged = self._detection.judge(samples, datetime.now(UTC))
        told = {event.entity for event in judged.events} & judged.dirty
        # Made bytes first: what cannot be remembered must not be told.
        self._detection.dump(told)
        await tell(judged.events, self._delivery)
        if generation != self._generation:
            return
        for partition, entities in _by_partition(judged.dirty - told, places).items():
            self._backlog.changed(partition, entities)
        now = _by_partition(told, places)
        await self._saving.write(now, wanted=lambda: generation == self._generation)
        for partition, entities in now.items():
            self._backlog.written(partition, entities)
        for verdict, count in judged.verdicts.items():
            metrics.OBSERVATIONS.labels(verdict.value).inc(count)
        metrics.SAMPLES.labels("judged").inc(len(samples))

    def _recall(self, places: dict[str, int]) -> None:
        """Take the states of entities that are not in memory from the table."""
        stored = [
            (entity, raw)
            for entity, partition in places.items()
            if entity not in self._detection and (raw := self._table.stored(partition, entity.encode())) is not None
        ]
        for entity, error in self._detection.load(stored).items():
            metrics.STATES_LOST.inc()
            log.error("state_lost", entity=entity, error=str(error))

    async def _save(self) -> None:
        generation = self._generation
        await self._normals.publish(wanted=lambda: generation == self._generation)
        await self._saving.save(self._backlog.take(monotonic()), wanted=lambda: generation == self._generation)
        if self._settings.store == "rocksdb" and len(self._detection) > LIVE and not self._backlog:
            self._detection.forget(self._detection.known())

    async def _reload(self) -> None:
        rulebook = self._rules.poll()
        if rulebook is not None:
            self._detection.rulebook = rulebook

    async def _on_revoked(self, *_args: Any, **_kwargs: Any) -> None:
        """Let work come to its end, so that nobody else begins before; then forget all: what is safe is in the table."""
        self._generation += 1
        try:
            async with asyncio.timeout(LEAVING_S), self._at_work:
                self._drop()
        except TimeoutError:
            log.warning("partitions_left_at_work", waited_s=LEAVING_S)
            self._drop()

    async def _on_shutdown(self, *_args: Any, **_kwargs: Any) -> None:
        try:
            async with asyncio.timeout(LEAVING_S), self._at_work:
                await self._save()
        except TimeoutError:
            log.warning("states_not_written_at_the_end", waited_s=LEAVING_S)
        self._drop()

    def _drop(self) -> None:
        self._generation += 1
        self._backlog.clear()
        self._normals.clear()
        self._detection.forget(self._detection.known())


def _by_partition(entities: Any, places: dict[str, int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for entity in entities:
        found.setdefault(places[entity], []).append(entity)
    return found
