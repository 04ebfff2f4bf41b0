"""The detector's shell: Faust reads samples and keeps each entity's state; the engine decides.

For every sample, in this order: the engine's events are published and acknowledged by Kafka; the state is written to
the table (its changelog is flushed before offsets are committed); the sample is acknowledged. A crash anywhere repeats
the sample: with the old state the same events come out with the same ids, with the new state it is a double.
"""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import faust
import structlog

from satark.detector import metrics
from satark.detector.codec import faust_app, record_of
from satark.detector.delivery import Delivery, event_of
from satark.detector.incidents.state import EntityState
from satark.detector.seed.engine import UnreadableStateError, engine_of
from satark.detector.settings import DetectorSettings
from satark.runtime.metrics import EVENTS_CONSUMED
from satark.runtime.records import Record
from satark.runtime.service import ServiceContext
from satark.runtime.topics import wait_for
from satark.schemas import topics
from satark.schemas.incidents import IncidentEvent
from satark.schemas.metrics import MetricSample

log = structlog.get_logger(__name__)

NEEDED = (topics.METRICS, topics.ANOMALIES, topics.DETECTOR_CHANGELOG, topics.BY_NAME[topics.METRICS].dead_letter_name)


class DetectorApp:
    """One detector process. Any number of them share the partitions of the samples' topic."""

    def __init__(self, settings: DetectorSettings, context: ServiceContext) -> None:
        self._settings = settings
        self._context = context
        self._engine = engine_of(settings)
        self._table: Any = None
        self._delivery = Delivery(context.health)
        context.health.set("kafka", ready=False, reason="starting")
        context.health.set("state", ready=False, reason="not recovered yet")

    async def run(self, stop: asyncio.Event) -> None:
        """Judge samples until told to stop. Raises what crashed Faust, if anything did."""
        waiting = asyncio.create_task(wait_for(self._context.kafka, NEEDED, progress=self._on_missing))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            waiting.cancel()
            return
        await waiting
        with tempfile.TemporaryDirectory(prefix="satark-detector-") as folder:
            app = self._assemble(Path(folder))
            await self._run_faust(app, stopping)

    async def _run_faust(self, app: faust.App, stopping: asyncio.Task[bool]) -> None:
        await app.start()
        ending = asyncio.create_task(app.wait_until_stopped())
        await asyncio.wait({ending, stopping}, return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        crash = app.crash_reason
        await app.stop()
        if crash is not None:
            raise crash

    def _assemble(self, datadir: Path) -> faust.App:
        app = faust_app(self._settings, self._context.kafka, datadir=datadir)
        # Types, not a schema: Faust takes a table's serializers from its types alone, and recovery of undeclared
        # ones hangs for ever. Bytes, not text: a broken key in the changelog would hang it just the same.
        self._table = app.Table("links", key_type=bytes, value_type=bytes, partitions=self._context.kafka.partitions)
        self._delivery.attach(app)
        app.on_partitions_revoked.connect(self._on_revoked, weak=False)
        app.on_rebalance_complete.connect(self._on_ready, weak=False)
        app.agent(self._delivery.topic(topics.METRICS), name="judge")(self._judge)
        return app

    async def _judge(self, stream: Any) -> None:
        async for event in stream.noack().events():
            began = perf_counter()
            EVENTS_CONSUMED.labels(topics.METRICS).inc()
            record = record_of(event)
            try:
                await self._process(record)
            except Exception as error:  # noqa: BLE001 - one poison record must not stop all others; it is kept and counted
                await self._delivery.set_aside(record, error)
                metrics.SAMPLES.labels("dead_lettered").inc()
            await stream.ack(event)
            metrics.STEP_SECONDS.observe(perf_counter() - began)

    async def _process(self, record: Record) -> None:
        sample: MetricSample = event_of(record)
        key = sample.entity.encode()
        step = self._engine.step(self._recall(key), sample, datetime.now(UTC))
        for event in step.events:
            await self._publish(event)
        self._table[key] = self._engine.dump(step.state)
        for verdict, count in step.verdicts.items():
            metrics.OBSERVATIONS.labels(verdict.value).inc(count)
        metrics.SAMPLES.labels("judged").inc()
        metrics.ENTITIES.set(len(self._table))

    def _recall(self, entity: bytes) -> EntityState | None:
        raw = self._table.get(entity)
        if raw is None:
            return None
        try:
            return self._engine.load(raw)
        except UnreadableStateError as error:
            metrics.STATES_LOST.inc()
            log.error("state_lost", entity=entity.decode(errors="replace"), error=str(error))
            return None

    async def _publish(self, event: IncidentEvent) -> None:
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

    def _on_missing(self, missing: list[str]) -> None:
        self._context.health.set("kafka", ready=False, reason=f"topics are missing: {', '.join(missing)}")

    async def _on_revoked(self, *_args: Any, **_kwargs: Any) -> None:
        self._context.health.set("state", ready=False, reason="partitions are being shared out")

    async def _on_ready(self, *_args: Any, **_kwargs: Any) -> None:
        self._context.health.set("kafka", ready=True)
        self._context.health.set("state", ready=True)
        log.info("partitions_ready", entities=len(self._table))
