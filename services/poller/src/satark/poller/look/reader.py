"""Doing one call of a plan: ask the driver, publish what is new, and see what its silence means."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import structlog

from satark.poller import metrics, schedule
from satark.poller.driver import Driver
from satark.poller.errors import MethodError, OrchestratorError, WrongShapeError
from satark.poller.inventory import Place
from satark.poller.journal import Journal
from satark.poller.look.catalogue import Catalogue
from satark.poller.look.delay import is_late
from satark.poller.look.intake import Harvest, harvest
from satark.poller.look.letters import Letters
from satark.poller.look.patience import Patience
from satark.poller.look.plan import Job
from satark.poller.look.report import Report
from satark.poller.look.survey import Survey, Surveyor
from satark.poller.memory.memory import Memory
from satark.poller.memory.progress import EdgeKey
from satark.poller.orchestrator import Orchestrator
from satark.poller.readings import Reading, Readings
from satark.poller.schedule import Window
from satark.schemas.metrics import MetricSample

log = structlog.get_logger(__name__)

OnSamples = Callable[[Sequence[MetricSample]], None]


class Reader:
    """Does the calls of one look."""

    def __init__(
        self,
        orchestrator: Orchestrator,
        driver: Driver,
        catalogue: Catalogue,
        journal: Journal,
        memory: Memory,
        report: Report,
        on_samples: OnSamples,
        letters: Letters,
        patience: Patience,
    ) -> None:
        self._orchestrator = orchestrator
        self._rules = orchestrator.rules
        self._driver = driver
        self._catalogue = catalogue
        self._journal = journal
        self._memory = memory
        self._on_samples = on_samples
        self._letters = letters
        self._patience = patience
        self.report = report

    async def read(self, job: Job) -> None:
        """Do a call. Raises OrchestratorError, and the journal's errors."""
        self.report.calls += 1
        readings = await self._call(job)
        self._patience.right(job.edge)
        now, memory = self.report.now, self._memory
        await self._catalogue.resolve(readings.rows, now)
        found = harvest(readings.rows, self._catalogue.place, memory.roster, memory.ledger, now, self._rules)
        newest = Window(self.report.goal - self._rules.step, self.report.goal)
        for entity, row in found.heard.items():
            if row.metrics and row.start < newest.start:
                memory.hearing.heard(entity, row.start + self._rules.step)
        await self._publish(found.samples)
        is_newest = job.window.end == newest.end and bool(job.edges)
        if not (is_newest and await self._is_late(job, found, newest)):
            memory.progress.read(job.edges, job.window)
        self._count(readings, found, job)
        await self._letters.keep_parts("links" if job.edge is None else "link series", readings.skipped)

    async def _call(self, job: Job) -> Readings:
        if job.scope is not None:
            return await self._driver.bulk(job.scope, job.window)
        assert job.edge is not None  # noqa: S101 - a job is of a scope or of an edge
        place = self._catalogue.places[job.edge]
        # A longer window costs no call more, as far as one call reaches: what came late is in it.
        reach = job.window.end - self._driver.detail_buckets * self._rules.step
        known = min(self._memory.ledger.since, job.window.start)
        start = max(job.window.start - self._rules.late, known, min(reach, job.window.start))
        return await self._driver.detail(place.enterprise, place.edge, Window(start, job.window.end))

    async def _is_late(self, job: Job, found: Harvest, newest: Window) -> bool:
        """Return whether the newest sample is not there yet as a whole; where it is, see what each link's silence means.

        It is not waited for when it is later than anything is.
        """
        memory = self._memory
        heard = {entity: row for entity, row in found.heard.items() if row.start == newest.start}
        surveyor = Surveyor(memory.roster, memory.hearing, newest, self._rules)
        if job.scope is not None and (silent := surveyor.fell_silent(self._places(job), heard)):
            await self._catalogue.renew(silent, self.report.now)
        places = list(self._places(job))
        values = sum(bool(row.metrics) for row in heard.values())
        if job.scope is not None and is_late(surveyor.expected(places, heard), values):
            age_s = (self.report.now - newest.end).total_seconds()
            memory.delay.late(age_s)
            self.report.late = age_s < memory.delay.most_s
            if self.report.late:
                return True
        else:
            memory.delay.complete()
        await self._survey(job, heard, places, surveyor)
        return False

    async def _survey(
        self, job: Job, heard: Mapping[str, Reading], places: Sequence[Place], surveyor: Surveyor
    ) -> None:
        listed = job.scope.enterprises if job.scope is not None else ()
        whole = {enterprise.stable_id for enterprise in listed if enterprise.key not in self._catalogue.unread}
        seen = surveyor.survey(places, heard, whole=whole)
        # First of all: who is told to be gone and was never missed would never be.
        for partition, offset in await self._journal.publish(seen.missing):
            self._memory.ledger.passed(partition, offset)
        self.report.samples["missing"] += len(seen.missing)
        await self._journal.tell(seen.events)
        self._memory.awaited.owe(self.report.goal - self._rules.step, seen.awaited)
        self._reopen(seen)

    def _reopen(self, seen: Survey) -> None:
        """Ask again for what edges may have handed in after they came back."""
        oldest = max(self._memory.ledger.since, schedule.oldest_start(self.report.goal, self._rules))
        for key, window in seen.returned.items():
            if window.end > oldest:
                self._memory.progress.reopen(key, Window(max(window.start, oldest), window.end))

    async def _publish(self, samples: Sequence[MetricSample]) -> None:
        if not samples:
            return
        memory = self._memory
        written = await self._journal.publish(samples)
        for sample, (partition, offset) in zip(samples, written, strict=True):
            memory.ledger.add(sample.entity, sample.time, partition, offset)
            memory.awaited.came(sample.time, sample.entity)
        self._on_samples(samples)

    def fail(self, error: OrchestratorError) -> bool:
        """Count a call that failed after all retries; return whether every further one would."""
        hopeless = self._driver.hopeless(error)
        self.report.fail(error, hopeless=hopeless)
        if isinstance(error, MethodError):
            self._catalogue.expire()
        return hopeless

    def give_up(self, job: Job, error: OrchestratorError) -> None:
        """Count the samples of a call that can never be read as read; a wrong answer may come right for a while."""
        if isinstance(error, WrongShapeError) and not self._patience.is_over(job.edge, self.report.now):
            return
        progress = self._memory.progress
        self.lost({key: progress.give_up_edge(key, job.window) for key in job.edges}, error.reason)

    def lost(self, samples: Mapping[EdgeKey, int], cause: str) -> None:
        """Tell of samples that will not be read, by edge."""
        count = sum(samples.values())
        if count:
            name = self._orchestrator.name
            metrics.WINDOWS_SKIPPED.labels(name, cause).inc(count)
            edges = sum(lost > 0 for lost in samples.values())
            log.warning("windows_skipped", orchestrator=name, cause=cause, samples=count, edges=edges)

    async def set_aside(self, errors: Iterable[OrchestratorError]) -> None:
        """Keep answers that cannot be read."""
        await self._letters.keep(errors)

    def _places(self, job: Job) -> Iterable[Place]:
        places = self._catalogue.places
        if job.scope is None:
            return [places[key] for key in job.edges if key in places]
        keys = job.scope.keys
        return [place for place in places.values() if place.enterprise.key in keys]

    def _count(self, readings: Readings, found: Harvest, job: Job) -> None:
        late = sum(sample.time < job.window.start for sample in found.samples)
        late = len(found.samples) if not job.edges else late
        self.report.samples += Counter(published=len(found.samples) - late, late=late) + found.counted
        self.report.left_out += found.left_out
        self.report.left_out += Counter(one.reason for one in readings.skipped)
        for sample in found.samples:
            self._remember(sample.labels["enterprise"], sample.time + self._rules.step)

    def _remember(self, enterprise: str, end: datetime) -> None:
        newest = self._memory.newest
        newest[enterprise] = max(end, newest.get(enterprise, end))
