"""One look at an orchestrator: what is due is read, what is new is published, how far one came is saved.

Nothing is missed: an edge's position moves only when its window was read or can never be read; the checkpoint is the
lowest position of all. Nothing is published twice: the ledger knows what was, and a restart learns it from Kafka.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from msgspec.structs import replace

from satark.poller import metrics, parse, schedule
from satark.poller.catalogue import Catalogue
from satark.poller.errors import OrchestratorError, WrongShapeError
from satark.poller.inventory import Place
from satark.poller.journal import Journal
from satark.poller.ledger import Ledger
from satark.poller.portal import Portal
from satark.poller.schedule import Positions, Window
from satark.poller.settings import PollerSettings
from satark.schemas.checkpoints import PollerCheckpoint
from satark.schemas.metrics import MetricSample

log = structlog.get_logger(__name__)

MAX_LETTERS = 20
"""Answers of a wrong shape that are kept of one look; a release that changed a shape would give one an edge."""


@dataclass(slots=True)
class Report:
    """What a look came to. `ended_by` is the error that made going on useless."""

    now: datetime
    goal: datetime
    edges: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    samples: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    ended_by: OrchestratorError | None = None
    example: OrchestratorError | None = None

    @property
    def problem(self) -> OrchestratorError | None:
        """The error that makes the orchestrator unreadable: going on was useless, or no edge could be read."""
        all_failed = self.edges > 0 and self.failed.total() >= self.edges
        return self.ended_by or (self.example if all_failed else None)


class Collector:
    """Reads one orchestrator from where the last checkpoint is."""

    def __init__(self, settings: PollerSettings, portal: Portal, catalogue: Catalogue, journal: Journal) -> None:
        self._settings = settings
        self._rules = settings.rules
        self._portal = portal
        self._catalogue = catalogue
        self._journal = journal
        self._positions = Positions()
        self._ledger: Ledger | None = None
        self._start = schedule.EPOCH
        self._saved: PollerCheckpoint | None = None
        self._newest: dict[str, datetime] = {}
        self._skewed = False
        self._letters_left = 0

    async def cycle(self) -> Report:
        """Look once.

        Raises OrchestratorError when the look could not even begin, and the journal's errors: after those the
        collector's memory is not to be trusted, a new one learns from Kafka.
        """
        self._portal.begin_cycle()
        now = await self._server_now()
        ledger = await self._memory(now)
        self._letters_left = MAX_LETTERS
        try:
            await self._catalogue.refresh(now)
        finally:
            await self._set_aside(self._catalogue.aside)
        report = Report(now, schedule.target(now, self._rules))
        places = self._due(report.goal, ledger)
        report.edges = len(places)
        await self._read_all(places, report, ledger)
        await self._save(report, ledger)
        self._tell(report)
        return report

    async def _server_now(self) -> datetime:
        """Return the time by the orchestrator's clock, which decides what is complete."""
        probe = await self._portal.probe()
        local = datetime.now(UTC)
        now = probe.server_time or local
        skew_s = (now - local).total_seconds()
        metrics.CLOCK_SKEW.set(skew_s)
        skewed = abs(skew_s) > schedule.TOLERATED_SKEW_S
        if skewed and not self._skewed:
            log.warning("clock_skew", orchestrator=self._settings.name, skew_s=round(skew_s), hint="its clock decides")
        self._skewed = skewed
        return now

    async def _memory(self, now: datetime) -> Ledger:
        """Return the ledger; learn it from Kafka at the start and when the orchestrator's clock was set back."""
        if self._ledger is not None and not schedule.is_set_back(self._positions.high(), now):
            return self._ledger
        self._positions = Positions()
        self._newest.clear()
        checkpoint = await self._journal.checkpoint()
        if checkpoint is None or schedule.is_set_back(checkpoint.window_end, now):
            self._ledger = await self._first_ledger(now, checkpoint)
        else:
            offsets = {int(partition): offset for partition, offset in checkpoint.offsets.items()}
            self._start = schedule.floored(checkpoint.window_end, self._rules.sample_s)
            since = self._start - self._rules.memory
            self._ledger = Ledger(since=since, sample_s=self._rules.sample_s, offsets=offsets)
            await self._journal.learn(self._ledger, offsets)
            self._saved = checkpoint
        log.info(
            "memory_learnt",
            orchestrator=self._settings.name,
            read_until=self._start.isoformat(),
            entities=len(self._ledger),
            first_start=checkpoint is None,
        )
        return self._ledger

    async def _first_ledger(self, now: datetime, ahead: PollerCheckpoint | None) -> Ledger:
        """Begin without a usable checkpoint, and write one at once: a crash before the first real one is harmless."""
        self._start = schedule.first_start(schedule.target(now, self._rules), self._rules)
        if ahead is None:
            ledger = Ledger(since=self._start, sample_s=self._rules.sample_s, offsets=await self._journal.ends())
        else:
            log.warning(
                "clock_set_back", orchestrator=self._settings.name, read_until=str(ahead.window_end), now=str(now)
            )
            ledger = Ledger(since=self._start, sample_s=self._rules.sample_s)
            await self._journal.learn(ledger, {})
        await self._save_at(self._start, ledger)
        return ledger

    def _due(self, goal: datetime, ledger: Ledger) -> list[Place]:
        """Return all edges, each with a position: its own, its enterprise's while that could not be listed, or new."""
        places = self._catalogue.places
        known = bool(self._positions.ends)
        fresh = max(schedule.first_start(goal, self._rules) if known else self._start, ledger.since)
        for place in places:
            self._positions.start(place.key, self._positions.ends.get((place.enterprise.key, ""), fresh))
        for enterprise, error in self._catalogue.unread.items():
            position = self._positions.start((enterprise, ""), fresh)
            reading = schedule.plan(position, goal, ledger.since, self._rules)
            self._give_up((enterprise, ""), position, reading.fresh_from if error.retryable else goal, error.reason)
        self._positions.keep_only([*(place.key for place in places), *((e, "") for e in self._catalogue.unread)])
        return places

    async def _read_all(self, places: Iterable[Place], report: Report, ledger: Ledger) -> None:
        waiting = deque(places)

        async def work() -> None:
            while waiting and report.ended_by is None:
                await self._read(waiting.popleft(), report, ledger)

        workers = [asyncio.create_task(work()) for _ in range(self._settings.concurrency)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _read(self, place: Place, report: Report, ledger: Ledger) -> None:
        """Read what is due of an edge; its failure is its own, unless the next edge would meet it too."""
        position = self._positions.ends[place.key]
        reading = schedule.plan(position, report.goal, ledger.since, self._rules)
        if reading.skipped:
            self._give_up(place.key, position, reading.fresh_from, "gap")
        try:
            for window in reading.windows:
                await self._read_window(place, window, report, ledger)
                self._positions.advance(place.key, window.end)
        except OrchestratorError as error:
            report.failed[error.reason] += 1
            report.example = report.example or error
            if self._portal.hopeless(error):
                report.ended_by = error
                return
            log.warning(
                "edge_unreadable",
                orchestrator=error.orchestrator,
                edge=place.edge.name,
                reason=error.reason,
                error=str(error),
            )
            await self._set_aside(deque([error] if isinstance(error, WrongShapeError) else []))
            if not error.retryable:
                self._give_up(place.key, self._positions.ends[place.key], report.goal, error.reason)

    async def _read_window(self, place: Place, window: Window, report: Report, ledger: Ledger) -> None:
        sample_s = self._rules.sample_s
        found = await self._portal.quality(
            place.enterprise.id, place.edge, window, lambda raw: parse.quality(raw, place, window, sample_s=sample_s)
        )
        new = [sample for sample in found.samples if not ledger.holds(sample.entity, sample.time)]
        if found.unknown_links:
            place = await self._catalogue.resolve(place, found.unknown_links)
            new = [replace(sample, labels=place.labels(sample.labels["link_id"])) for sample in new]
        await self._publish(new, ledger)
        position = self._positions.ends[place.key]
        late = sum(sample.time < position for sample in new)
        report.samples += Counter(published=len(new) - late, late=late, duplicate=len(found.samples) - len(new))
        report.left_out += found.reasons
        if new:
            end = new[-1].time + timedelta(seconds=sample_s)
            name = new[-1].labels["enterprise"]
            self._newest[name] = max(end, self._newest.get(name, end))

    async def _publish(self, samples: Sequence[MetricSample], ledger: Ledger) -> None:
        if samples:
            written = await self._journal.publish(samples)
            for sample, (partition, offset) in zip(samples, written, strict=True):
                ledger.add(sample.entity, sample.time, partition, offset)

    async def _set_aside(self, errors: deque[WrongShapeError]) -> None:
        while errors:
            error = errors.popleft()
            if self._letters_left:
                self._letters_left -= 1
                await self._journal.set_aside(error, datetime.now(UTC))

    def _give_up(self, key: tuple[str, str], position: datetime, end: datetime, cause: str) -> None:
        """Move a position over windows that will not be read, and count them."""
        lost = (end - position) // timedelta(seconds=self._rules.sample_s)
        if lost > 0:
            self._positions.advance(key, end)
            metrics.WINDOWS_SKIPPED.labels(cause).inc(lost)
            log.warning(
                "windows_skipped", orchestrator=self._settings.name, edge="/".join(key), windows=lost, cause=cause
            )

    async def _save(self, report: Report, ledger: Ledger) -> None:
        low = self._positions.low(report.goal)
        ledger.forget(low - self._rules.memory)
        await self._save_at(low, ledger)

    async def _save_at(self, low: datetime, ledger: Ledger) -> None:
        checkpoint = PollerCheckpoint(
            orchestrator=self._settings.name,
            window_end=low,
            offsets={str(partition): offset for partition, offset in sorted(ledger.offsets().items())},
        )
        if checkpoint != self._saved:
            await self._journal.save(checkpoint)
            self._saved = checkpoint

    def _tell(self, report: Report) -> None:
        for outcome, count in report.samples.items():
            metrics.SAMPLES.labels(outcome).inc(count)
        for reason, count in report.left_out.items():
            metrics.SKIPPED.labels(reason).inc(count)
        metrics.FAILED_EDGES.set(report.failed.total())
        names = {e.name or e.key for e in self._catalogue.enterprises}
        for name in [name for name in self._newest if name not in names]:
            del self._newest[name]
            metrics.DATA_AGE.remove(name)
        for name, end in self._newest.items():
            metrics.DATA_AGE.labels(name).set((report.now - end).total_seconds())
