"""The agent that judges: samples in, incident events out, each link's state in a table.

For a handful of samples, in this order: the events are published and acknowledged by Kafka; the states are written to the
table, each changed entity once (its changelog is flushed before offsets are committed); the samples are acknowledged. A
crash anywhere repeats the samples: with the old state the same events come out with the same ids, with the new state they
are doubles.
"""

import asyncio
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import faust
import structlog

from satark.detector import metrics
from satark.detector.codec import record_of
from satark.detector.delivery import Delivery, event_of
from satark.detector.detection.detection import Detection
from satark.detector.judging.draining import about, handfuls
from satark.detector.judging.rulebooks import first_rulebook
from satark.detector.rules import Rulebook
from satark.detector.rules.file import RulesFile
from satark.detector.settings import DetectorSettings
from satark.runtime.groups import KafkaSettings
from satark.runtime.metrics import EVENTS_CONSUMED
from satark.schemas import topics
from satark.schemas.incidents import IncidentEvent
from satark.schemas.metrics import MetricSample

log = structlog.get_logger(__name__)

TABLE = "links"


class Judging:
    """Reads samples and tells of incidents. Any number of processes share the partitions."""

    needed = (
        topics.METRICS,
        topics.ANOMALIES,
        topics.DETECTOR_CHANGELOG,
        topics.BY_NAME[topics.METRICS].dead_letter_name,
    )

    def __init__(self, settings: DetectorSettings, kafka: KafkaSettings, delivery: Delivery) -> None:
        self._settings = settings
        self._kafka = kafka
        self._delivery = delivery
        self._rules = RulesFile(settings.rules)
        self._detection = Detection(Rulebook(()), max_ahead_s=settings.max_ahead_s)
        self._table: Any = None
        self._generation = 0

    def attach(self, app: faust.App) -> None:
        """Read and write through this app from now on. Raises SettingsError for wrong rules."""
        self._detection.rulebook = first_rulebook(self._settings, self._rules)
        # Types, not a schema: Faust takes a table's serializers from its types alone, and recovery of undeclared
        # ones hangs for ever. Bytes, not text: a broken key in the changelog would hang it just the same.
        self._table = app.Table(TABLE, key_type=bytes, value_type=bytes, partitions=self._kafka.partitions)
        app.on_partitions_revoked.connect(self._on_revoked, weak=False)
        app.agent(self._delivery.topic(topics.METRICS), name="judge")(self._judge)
        app.timer(self._settings.rules_reload_s, name="rules")(self._reload)

    def __len__(self) -> int:
        """Return how many entities are remembered, standby copies included."""
        return len(self._table)

    async def _judge(self, stream: Any) -> None:
        async for events in handfuls(stream, self._settings.batch):
            began, generation = perf_counter(), self._generation
            EVENTS_CONSUMED.labels(topics.METRICS).inc(len(events))
            samples = await self._readable(events)
            await self._batched(samples, generation)
            if generation == self._generation:
                for event in events:
                    event.ack()
            metrics.BATCH_SECONDS.observe(perf_counter() - began)
            metrics.BATCH_SAMPLES.observe(len(events))

    async def _readable(self, events: list[Any]) -> list[tuple[Any, MetricSample]]:
        """Return the events that hold a sample; the others are set aside."""
        now = datetime.now(UTC)
        samples = []
        for event in events:
            record = record_of(event)
            try:
                sample = event_of(record)
                self._detection.check(sample, now)
            except Exception as error:  # noqa: BLE001 - one poison record must not stop all others; it is kept and counted
                await self._set_aside(event, error)
            else:
                samples.append((event, sample))
        return samples

    async def _set_aside(self, event: Any, error: Exception) -> None:
        await self._delivery.set_aside(record_of(event), error)
        metrics.SAMPLES.labels("dead_lettered").inc()

    async def _batched(self, samples: list[tuple[Any, MetricSample]], generation: int) -> None:
        """Judge samples together, or one by one if that fails, so that only what is poison is set aside."""
        try:
            await self._process(samples, generation)
        except Exception as error:
            self._detection.forget({sample.entity for _, sample in samples})
            if len(samples) == 1:
                await self._set_aside(samples[0][0], error)
                return
            log.exception("batch_failed", samples=len(samples))
            for one in samples:
                await self._batched([one], generation)

    async def _process(self, samples: list[tuple[Any, MetricSample]], generation: int) -> None:
        self._recall({sample.entity for _, sample in samples})
        judged = self._detection.judge([sample for _, sample in samples], datetime.now(UTC))
        # Encoded first: what cannot be remembered must not be told.
        states = self._detection.dump(judged.dirty)
        await self._tell(judged.events)
        if generation != self._generation:
            return
        places = {sample.entity: event for event, sample in samples}
        for entity, state in states.items():
            with about(places[entity]):
                self._table[entity.encode()] = state
        for verdict, count in judged.verdicts.items():
            metrics.OBSERVATIONS.labels(verdict.value).inc(count)
        metrics.SAMPLES.labels("judged").inc(len(samples))
        metrics.ENTITIES.set(len(self._table))

    def _recall(self, entities: set[str]) -> None:
        """Take the states of entities that are not in memory from the table."""
        stored = [
            (entity, raw)
            for entity in entities
            if entity not in self._detection and (raw := self._table.get(entity.encode())) is not None
        ]
        for entity, error in self._detection.load(stored).items():
            metrics.STATES_LOST.inc()
            log.error("state_lost", entity=entity, error=str(error))

    async def _tell(self, events: tuple[IncidentEvent, ...]) -> None:
        """Publish events, those of one entity one after the other."""
        by_entity: dict[str, list[IncidentEvent]] = {}
        for event in events:
            by_entity.setdefault(event.entity, []).append(event)
        await asyncio.gather(*(self._publish(own) for own in by_entity.values()))

    async def _publish(self, events: list[IncidentEvent]) -> None:
        for event in events:
            await self._delivery.publish(event)
            kind = type(event).__name__.removeprefix("Incident").lower()
            metrics.INCIDENT_EVENTS.labels(kind, event.severity.value).inc()
            if not event.historical:
                late_s = (datetime.now(UTC) - event.time).total_seconds() - event.interval_s
                metrics.END_TO_END_SECONDS.labels(topics.ANOMALIES).observe(max(0.0, late_s))
            log.info(
                "incident",
                change=kind,
                incident=event.incident,
                entity=event.entity,
                severity=event.severity.value,
                reason=event.reason.value,
                historical=event.historical,
                symptoms=[symptom.metric for symptom in event.symptoms if symptom.active],
            )

    async def _reload(self) -> None:
        rulebook = self._rules.poll()
        if rulebook is not None:
            self._detection.rulebook = rulebook

    async def _on_revoked(self, *_args: Any, **_kwargs: Any) -> None:
        """Forget everything: partitions move, and what another process has judged since is in the table, not here."""
        self._generation += 1
        self._detection.forget(self._detection.known())
