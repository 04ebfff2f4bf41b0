"""The poller's shell: Kafka, the orchestrator and the clock, look after look, until told to stop."""

import asyncio
from contextlib import suppress
from time import monotonic
from typing import NoReturn

import structlog

from satark.poller import metrics, schedule
from satark.poller.catalogue import Catalogue
from satark.poller.client import HttpClient
from satark.poller.collector import Collector, Report
from satark.poller.errors import AuthError, OrchestratorError
from satark.poller.journal import TOPICS, KafkaJournal
from satark.poller.portal import Portal
from satark.poller.settings import PollerSettings
from satark.runtime import kafka, topics
from satark.runtime.backoff import Backoff
from satark.runtime.service import ServiceContext

log = structlog.get_logger(__name__)

RETRY_S = 60.0
"""An orchestrator that could not be read is tried again after so long, when the interval is longer."""

KAFKA_BACKOFF = Backoff(first_s=1.0, max_s=30.0)
DRAIN_S = 5.0
LOGOUT_S = 1.0


class PollerApp:
    """Polls one orchestrator."""

    def __init__(self, settings: PollerSettings, context: ServiceContext) -> None:
        self._settings = settings
        self._context = context
        self._health = context.health
        self._client = HttpClient(settings, version=context.version)
        self._portal = Portal(settings, self._client)
        self._catalogue = Catalogue(self._portal, orchestrator=settings.name, patterns=settings.enterprises)
        for name in ("kafka", "vco"):
            self._health.set(name, ready=False, reason="starting")

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop` is set.

        Stopping at any point is safe: a restart reads again what was not saved, and publishes nothing twice.
        """
        working = asyncio.create_task(self._work())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            await self._end(working)
        if not working.cancelled():
            working.result()

    async def _end(self, working: asyncio.Task[NoReturn]) -> None:
        working.cancel()
        if not (await asyncio.wait({working}, timeout=DRAIN_S))[0]:
            working.cancel()
            await asyncio.wait({working}, timeout=LOGOUT_S)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._portal.logout(), LOGOUT_S)
        self._client.close()

    async def _work(self) -> NoReturn:
        """Look for ever. After a failure of Kafka nothing in memory is trusted: begin as after a restart."""
        attempt = 0
        while True:
            try:
                await topics.wait_for(self._context.kafka, TOPICS, progress=self._topics_missing)
                async with kafka.Producer(self._context.kafka, client_id="satark-poller") as producer:
                    attempt = 0
                    await self._look_for_ever(producer)
            except (kafka.KafkaError, kafka.KafkaUnavailableError) as error:
                self._health.set("kafka", ready=False, reason=str(error) or type(error).__name__)
                delay_s = KAFKA_BACKOFF.delay_s(attempt)
                log.error("kafka_failed", error=repr(error), retry_in_s=delay_s)
                await asyncio.sleep(delay_s)
                attempt += 1

    async def _look_for_ever(self, producer: kafka.Producer) -> NoReturn:
        journal = KafkaJournal(
            self._context.kafka,
            producer,
            orchestrator=self._settings.name,
            sample_s=self._settings.sample_s,
            on_waiting=self._kafka_waiting,
        )
        collector = Collector(self._settings, self._portal, self._catalogue, journal)
        self._health.set("kafka", ready=True)
        while True:
            begun = monotonic()
            wait_s = await self._look(collector, begun)
            metrics.CYCLE_SECONDS.set(monotonic() - begun)
            await asyncio.sleep(wait_s)

    async def _look(self, collector: Collector, begun: float) -> float:
        """Look once; return the seconds to wait."""
        try:
            report = await collector.cycle()
        except OrchestratorError as error:
            return self._unreadable(error)
        elapsed_s = monotonic() - begun
        log.info(
            "looked",
            orchestrator=self._settings.name,
            until=report.goal.isoformat(),
            edges=report.edges,
            failed=dict(report.failed),
            samples=dict(report.samples),
            left_out=dict(report.left_out),
            seconds=round(elapsed_s, 3),
        )
        if report.problem is not None:
            return self._unreadable(report.problem)
        self._readable(report)
        return schedule.next_look_s(report.now, self._settings.rules, elapsed_s=elapsed_s)

    def _readable(self, report: Report) -> None:
        metrics.CYCLES.labels("partial" if report.failed else "ok").inc()
        self._health.set("vco", ready=True)

    def _unreadable(self, error: OrchestratorError) -> float:
        metrics.CYCLES.labels(error.reason).inc()
        self._health.set("vco", ready=False, reason=f"{error.reason}: {error}")
        interval_s = self._settings.interval_s
        wait_s = interval_s if isinstance(error, AuthError) else min(interval_s, RETRY_S)
        log.error(
            "orchestrator_unreadable",
            orchestrator=error.orchestrator,
            reason=error.reason,
            error=str(error),
            retry_in_s=wait_s,
        )
        return wait_s

    def _kafka_waiting(self, waited_s: float) -> None:
        reason = f"no acknowledgement for {waited_s:.0f} s" if waited_s else ""
        self._health.set("kafka", ready=not waited_s, reason=reason)

    def _topics_missing(self, missing: list[str]) -> None:
        self._health.set("kafka", ready=False, reason=f"topics are missing: {', '.join(missing)}")
