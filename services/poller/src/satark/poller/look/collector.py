"""One look at an orchestrator: what is due is read, what is new is published, how far one came is saved.

Nothing is missed: a sample counts as read only when it was answered or can never be; the checkpoint is the oldest that
was not. Nothing is published twice: the ledger knows what was, and a restart learns it from Kafka.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from time import monotonic

import structlog

from satark.poller import metrics, schedule
from satark.poller.driver import Driver
from satark.poller.journal import Journal
from satark.poller.look.catalogue import Catalogue
from satark.poller.look.chronicle import Chronicle
from satark.poller.look.lanes import run
from satark.poller.look.letters import Letters
from satark.poller.look.patience import Patience
from satark.poller.look.plan import Job, plan
from satark.poller.look.reader import OnSamples, Reader
from satark.poller.look.report import Report
from satark.poller.memory.memory import Memory
from satark.poller.orchestrator import Orchestrator
from satark.poller.schedule import Window
from satark.schemas.checkpoints import PollerCheckpoint
from satark.schemas.metrics import MetricSample

log = structlog.get_logger(__name__)

IN_ORDER_S = 60.0
"""What was missed is read first, so that it arrives in order, unless that keeps the present waiting for longer."""

CYCLE_SHARE = 0.9
"""The rest of the interval is left for the next look to begin on time."""


class Collector:
    """Reads one orchestrator from where the last checkpoint is."""

    def __init__(
        self, orchestrator: Orchestrator, driver: Driver, journal: Journal, *, on_samples: OnSamples = lambda _: None
    ) -> None:
        self._orchestrator = orchestrator
        self._rules = orchestrator.rules
        self._driver = driver
        self._catalogue = Catalogue(orchestrator, driver)
        self._journal = journal
        self._on_samples = on_samples
        self._chronicle = Chronicle(orchestrator, driver, journal)
        self._letters = Letters(orchestrator, journal)
        self._patience = Patience(orchestrator.max_data_delay_s)
        self._memory: Memory | None = None
        self._saved: PollerCheckpoint | None = None
        self._told_of: set[str] = set()
        self._skewed = False

    async def cycle(self) -> Report:
        """Look once.

        Raises OrchestratorError when the look could not even begin, and the journal's errors: after those the
        collector's memory is not to be trusted, a new one learns from Kafka.
        """
        begun = monotonic()
        self._driver.begin_cycle()
        self._letters.begin_cycle()
        now = await self._orchestrators_time()
        memory = await self._remember(now)
        report = Report(now, schedule.target(now, memory.delay.seconds, self._rules))
        reader = Reader(
            self._orchestrator,
            self._driver,
            self._catalogue,
            self._journal,
            memory,
            report,
            self._on_samples,
            self._letters,
            self._patience,
        )
        try:
            await self._catalogue.refresh(now)
        finally:
            await reader.set_aside(self._catalogue.taken_aside())
        await self._read(memory, reader, report, begun)
        if report.ended_by is None:
            await self._chronicle.read_rest()
        await self._save(memory, report)
        self._tell(memory, report)
        return report

    @property
    def delay_s(self) -> float:
        """How long the orchestrator needs until a sample is complete, in seconds, as learnt."""
        return self._memory.delay.seconds if self._memory else self._rules.data_delay_s

    async def publish_own(self, sample: MetricSample) -> None:
        """Publish a sample about the orchestrator itself, unless it was before."""
        memory = self._memory
        if memory is not None and memory.ledger.holds(sample.entity, sample.time):
            return
        ((partition, offset),) = await self._journal.publish([sample])
        if memory is not None:
            memory.ledger.add(sample.entity, sample.time, partition, offset)

    async def _orchestrators_time(self) -> datetime:
        """Return the time by the orchestrator's clock, which decides what is complete.

        The clock comes with any answer: reading the orchestrator's own events saves a call that asks for nothing else.
        """
        if not await self._chronicle.read_next(self._catalogue.enterprises):
            await self._driver.probe()
        local = datetime.now(UTC)
        now = self._driver.now(local)
        skew_s = (now - local).total_seconds()
        name = self._orchestrator.name
        metrics.CLOCK_SKEW.labels(name).set(skew_s)
        skewed = abs(skew_s) > schedule.TOLERATED_SKEW_S
        if skewed and not self._skewed:
            log.warning("clock_skew", orchestrator=name, skew_s=round(skew_s), hint="its clock decides")
        self._skewed = skewed
        return now

    async def _remember(self, now: datetime) -> Memory:
        """Return the memory; learn it from Kafka at the start and when the orchestrator's clock was set back."""
        memory = self._memory
        if memory is not None and not schedule.is_set_back(memory.progress.high, now):
            return memory
        checkpoint = await self._journal.checkpoint()
        first = checkpoint is None or schedule.is_set_back(checkpoint.window_end, now)
        if checkpoint is None or first:
            memory = await self._first_memory(now, checkpoint)
        else:
            offsets = {int(partition): offset for partition, offset in checkpoint.offsets.items()}
            memory = Memory.resumed(self._orchestrator, checkpoint.window_end, offsets)
            await self._journal.learn(memory, offsets)
            self._saved = checkpoint
        await self._journal.learn_roster(memory.roster)
        self._memory = memory
        self._chronicle.begin(memory.start)
        log.info(
            "memory_learnt",
            orchestrator=self._orchestrator.name,
            read_until=memory.start.isoformat(),
            entities=len(memory.ledger),
            links=len(memory.roster),
            first_start=checkpoint is None,
        )
        return memory

    async def _first_memory(self, now: datetime, ahead: PollerCheckpoint | None) -> Memory:
        """Begin without a usable checkpoint, and write one at once: a crash before the first real one is harmless."""
        goal = schedule.target(now, self._rules.data_delay_s, self._rules)
        memory = Memory.new(self._orchestrator, schedule.first_start(goal, self._rules))
        if ahead is None:
            memory.ledger.resume(await self._journal.ends())
        else:
            name = self._orchestrator.name
            log.warning("clock_set_back", orchestrator=name, read_until=str(ahead.window_end), now=str(now))
            await self._journal.learn(memory, {})
        await self._save_at(memory.start, memory)
        return memory

    async def _read(self, memory: Memory, reader: Reader, report: Report, begun: float) -> None:
        """Read what is due: what was missed in order while that is quick, the present, what is left of the past."""
        self._expect(memory, reader, report.goal)
        scopes = self._driver.scopes(self._catalogue.enterprises)
        todo = plan(
            memory.progress.gaps(report.goal),
            scopes,
            report.goal,
            step=self._rules.step,
            detail_buckets=self._driver.detail_buckets - self._rules.late // self._rules.step,
        )
        interval_s, side_by_side = self._orchestrator.interval_s, self._orchestrator.concurrency
        past: Sequence[Sequence[Job]] = todo.past
        if todo.past_calls <= IN_ORDER_S * self._orchestrator.requests_per_s:
            past = await run(past, reader, side_by_side, until=begun + min(IN_ORDER_S, interval_s / 2))
        await run(todo.present, reader, side_by_side)
        past = await run(past, reader, side_by_side, until=begun + CYCLE_SHARE * interval_s)
        report.left = sum(len(lane) for lane in past)
        window = memory.awaited.next(report.goal, self._rules)
        if window is not None and not past:
            await run([[Job(window, (), scope=scope)] for scope in scopes], reader, side_by_side)

    def _expect(self, memory: Memory, reader: Reader, goal: datetime) -> None:
        """Know all edges, new ones from where a first start would begin; give up what is too old to be read."""
        progress, unread = memory.progress, self._catalogue.unread
        fresh = max(schedule.first_start(goal, self._rules) if len(progress) else memory.start, memory.ledger.since)
        for key in self._catalogue.places:
            progress.begin(key, fresh, like=(key[0], ""))
        for enterprise, error in unread.items():
            whole = (enterprise, "")
            progress.begin(whole, fresh)
            if not error.retryable:
                reader.lost({whole: progress.give_up_edge(whole, Window(fresh, goal))}, error.reason)
        progress.keep_only([*self._catalogue.places, *((enterprise, "") for enterprise in unread)])
        reader.lost(progress.give_up(schedule.oldest_start(goal, self._rules)), "gap")

    async def _save(self, memory: Memory, report: Report) -> None:
        keep = schedule.oldest_start(report.goal, self._rules) - self._rules.memory
        memory.ledger.forget(keep)
        memory.progress.forget(keep)
        memory.hearing.keep_only(memory.roster)
        await self._save_at(memory.progress.low(report.goal), memory)

    async def _save_at(self, low: datetime, memory: Memory) -> None:
        offsets = memory.ledger.offsets(low - self._rules.memory)
        checkpoint = PollerCheckpoint(
            orchestrator=self._orchestrator.name,
            window_end=low,
            offsets={str(partition): offset for partition, offset in sorted(offsets.items())},
        )
        if checkpoint != self._saved:
            await self._journal.save(checkpoint)
            self._saved = checkpoint

    def _tell(self, memory: Memory, report: Report) -> None:
        name = self._orchestrator.name
        report.links, report.awaited = len(memory.roster), len(memory.awaited)
        for outcome, count in report.samples.items():
            metrics.SAMPLES.labels(name, outcome).inc(count)
        for reason, count in report.left_out.items():
            metrics.SKIPPED.labels(name, reason).inc(count)
        metrics.FAILED.labels(name).set(report.failed.total())
        metrics.DATA_DELAY.labels(name).set(memory.delay.seconds)
        metrics.LATE.labels(name).set(report.awaited)
        for state, count in memory.roster.counts().items():
            metrics.STATES.labels(name, state.value).set(count)
        names = {enterprise.name or enterprise.key for enterprise in self._catalogue.enterprises}
        for gone in self._told_of - names:
            metrics.DATA_AGE.remove(name, gone)
        self._told_of = names & memory.newest.keys()
        for enterprise in self._told_of:
            age_s = (report.now - memory.newest[enterprise]).total_seconds()
            metrics.DATA_AGE.labels(name, enterprise).set(age_s)
