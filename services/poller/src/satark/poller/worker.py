"""One orchestrator, look after look: how it went decides when the next is, and what the poller says of itself."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import NoReturn

import structlog

from satark.poller import metrics, schedule
from satark.poller.driver import Driver
from satark.poller.errors import AuthError, OrchestratorError
from satark.poller.journal import Journal
from satark.poller.look.collector import Collector
from satark.poller.look.reader import OnSamples
from satark.poller.look.report import Report
from satark.poller.orchestrator import Orchestrator
from satark.poller.telling import expiry
from satark.poller.telling.watch import UNREADABLE_AFTER, Watch
from satark.runtime.health import Health
from satark.schemas.states import State

log = structlog.get_logger(__name__)

RETRY_S = 60.0
"""An orchestrator that could not be read is tried again after so long, when the interval is longer."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a worker shares with the process: readiness, and whom it tells of samples, looks, and blindness."""

    health: Health
    on_samples: OnSamples
    on_look: Callable[[str, bool], Awaitable[None]]
    on_blind: Callable[[str], None] = lambda _: None


class Worker:
    """Polls one orchestrator."""

    def __init__(self, orchestrator: Orchestrator, driver: Driver, journal: Journal, around: Surroundings) -> None:
        self._orchestrator = orchestrator
        self._driver = driver
        self._journal = journal
        self._around = around
        self._collector = Collector(orchestrator, driver, journal, on_samples=around.on_samples)
        self._watch = Watch(orchestrator.name, orchestrator.sample_s)
        self._expiry = expiry.expiry_of(orchestrator.bare_token)
        self._announced: expiry.Told | None = None
        self.condition = f"vco/{orchestrator.name}"

    async def run(self) -> NoReturn:
        """Look for ever. Raises the journal's errors."""
        while True:
            begun = monotonic()
            wait_s = await self._look(begun)
            metrics.CYCLE_SECONDS.labels(self._orchestrator.name).set(monotonic() - begun)
            await asyncio.sleep(wait_s)

    async def _look(self, begun: float) -> float:
        """Look once; return the seconds to wait."""
        try:
            report = await self._collector.cycle()
        except OrchestratorError as error:
            return await self._unreadable(error)
        elapsed_s = monotonic() - begun
        self._log(report, elapsed_s)
        if report.problem is not None:
            return await self._unreadable(report.problem)
        await self._readable(report)
        delay_s = self._collector.delay_s
        return schedule.next_look_s(report.now, delay_s, self._orchestrator.rules, elapsed_s=elapsed_s)

    async def _readable(self, report: Report) -> None:
        name = self._orchestrator.name
        metrics.CYCLES.labels(name, "partial" if report.failed else "ok").inc()
        self._around.health.set(self.condition, ready=True)
        await self._say(report.now, State.LATE if report.late else State.OK)
        await self._around.on_look(name, True)

    async def _unreadable(self, error: OrchestratorError) -> float:
        name = self._orchestrator.name
        metrics.CYCLES.labels(name, error.reason).inc()
        self._around.health.set(self.condition, ready=False, reason=f"{error.reason}: {error}")
        interval_s = self._orchestrator.interval_s
        wait_s = interval_s if isinstance(error, AuthError) else min(interval_s, RETRY_S)
        log.error(
            "orchestrator_unreadable",
            orchestrator=error.orchestrator,
            reason=error.reason,
            error=str(error),
            retry_in_s=wait_s,
        )
        await self._say(self._driver.now(datetime.now(UTC)), None, reason=error.reason, detail=str(error))
        await self._around.on_look(name, False)
        return wait_s

    async def _say(self, now: datetime, state: State | None, *, reason: str = "", detail: str = "") -> None:
        """Publish what this look says of the orchestrator, and of the token's end."""
        sample = self._watch.look(now, reason=reason, detail=detail)
        if sample is not None:
            await self._collector.publish_own(sample)
        if state is None and self._watch.failed >= UNREADABLE_AFTER:
            state = State.BLIND
        event = self._watch.entered(state, now, note=reason) if state is not None else None
        if event is not None:
            await self._journal.tell([event])
            if state is State.BLIND:
                self._around.on_blind(self._orchestrator.name)
        await self._announce(now)

    async def _announce(self, now: datetime) -> None:
        """Tell when the token ends, as it says itself: 30, 7 and 1 days ahead."""
        name = self._orchestrator.name
        if self._expiry is not None:
            metrics.TOKEN_EXPIRY.labels(name).set(self._expiry.timestamp())
        told = expiry.due(self._expiry, now, self._announced)
        if told is not None:
            message = expiry.announcement(name, told, now)
            log.warning("token_expires", orchestrator=name, expires=told.expiry.isoformat(), text=message.text)
            await self._journal.tell([message])
            self._announced = told

    def _log(self, report: Report, elapsed_s: float) -> None:
        log.info(
            "looked",
            orchestrator=self._orchestrator.name,
            until=report.goal.isoformat(),
            links=report.links,
            calls=report.calls,
            samples=dict(report.samples),
            failed=dict(report.failed),
            left_out=dict(report.left_out),
            awaited=report.awaited,
            left=report.left,
            late=report.late,
            seconds=round(elapsed_s, 3),
        )
