"""Reads incidents and groups from Kafka, hands them to the outbox, and commits what is over."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import structlog

from satark.notifier.clerk import Clerk
from satark.notifier.courier import Courier
from satark.notifier.events import Event
from satark.notifier.ledger import Ledger
from satark.notifier.outbox.notices import Concluded, Settled
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.progress import Progress
from satark.notifier.standing.agenda import Agenda
from satark.notifier.standing.following import StandingFollower
from satark.notifier.standing.standing import Change, Standing
from satark.runtime import kafka
from satark.runtime.context import ServiceContext
from satark.runtime.deadletter import dead_letter
from satark.runtime.metrics import EVENTS_DEAD_LETTERED
from satark.runtime.records import Record
from satark.runtime.stopping import unless
from satark.schemas.codec import UndecodableEventError, decode
from satark.schemas.topics import ANOMALIES, INCIDENT_GROUPS

log = structlog.get_logger(__name__)

POLL_S = 0.25
MAX_RECORDS = 200
READ = (ANOMALIES, INCIDENT_GROUPS)


class Intake:
    """The member of the consumer group. `max_pending` notices pause it; the group's heartbeats go on."""

    def __init__(
        self, context: ServiceContext, outbox: Outbox, progress: Progress, standing: Standing, *, max_pending: int
    ) -> None:
        self._context = context
        self._outbox = outbox
        self._progress = progress
        self._standing = standing
        self._max_pending = max_pending
        self._consumer: kafka.Consumer
        self._clerk: Clerk
        self._courier: Courier
        self._ledger: Ledger
        self._agenda: Agenda
        self._open: StandingFollower
        self._epoch: int | None = None
        self._epochs = 0
        self._is_behind = True
        self._is_paused = False
        self._positions: frozenset[kafka.Position] = frozenset()

    @property
    def owned(self) -> frozenset[kafka.Position]:
        """The partitions that this process reads, and whose earlier outcomes it knows."""
        return frozenset() if self._is_behind else self._positions

    def consumer(self, group: str) -> kafka.Consumer:
        """Return the consumer, to be entered."""
        self._consumer = kafka.Consumer(
            self._context.kafka,
            topics=READ,
            group_id=group,
            on_assigned=self._on_assigned,
            on_revoked=self._on_revoked,
        )
        return self._consumer

    def work_with(
        self, *, clerk: Clerk, courier: Courier, ledger: Ledger, agenda: Agenda, opened: StandingFollower
    ) -> None:
        """Take those with whom it works, before the consumer is entered."""
        self._clerk, self._courier, self._ledger, self._agenda, self._open = clerk, courier, ledger, agenda, opened

    async def run(self, stop: asyncio.Event) -> None:
        """Read until `stop` is set."""
        while not stop.is_set():
            self._throttle()
            records = await self._consumer.poll(timeout_s=POLL_S, max_records=MAX_RECORDS)
            epoch = self._epoch
            if epoch is not None and self._is_behind:
                await unless(stop, self._catch_up())
                self._is_behind = self._epoch != epoch or stop.is_set()
                self._agenda.own(self.owned)
            await self._take(records, epoch, stop)
            await self.commit()

    async def commit(self) -> None:
        """Commit how far everything is over."""
        offsets = self._progress.committable()
        try:
            await self._consumer.commit(offsets)
        except kafka.KafkaError as error:
            log.warning("commit_failed", error=str(error) or type(error).__name__)
        else:
            self._progress.committed(offsets)

    async def _catch_up(self) -> None:
        """Learn what the process that read these partitions before has told, and what it knew to be open."""
        await self._ledger.refresh()
        await self._open.catch_up()

    async def _take(self, records: Sequence[Record], epoch: int | None, stop: asyncio.Event) -> None:
        """Take in records. What they change of what is open is written together; what was decided is written at once.

        For the next event of an incident depends on what was decided of the one before.
        """
        changes: dict[str, Change] = {}
        for record in records:
            if epoch is None or epoch != self._epoch or stop.is_set():
                break
            if not self._progress.expects((record.topic, record.partition), record.offset):
                continue
            try:
                event: Event = decode(record.topic, record.value, record.headers)
            except UndecodableEventError as error:
                await self._conclude((), changes)
                await self._lay_aside(record, error, datetime.now(UTC))
                continue
            settled = self._accept(record, event, changes)
            if settled:
                await self._conclude(settled, changes)
        await self._conclude((), changes)

    async def _conclude(self, settled: tuple[Settled, ...], changes: dict[str, Change]) -> None:
        self._courier.nudge()
        written = dict(changes)
        changes.clear()
        await self._clerk.conclude(Concluded(settled), tuple(written.values()))
        for each in written:
            self._progress.final(each)

    def _accept(self, record: Record, event: Event, changes: dict[str, Change]) -> tuple[Settled, ...]:
        """Take in an event; return what was decided, and add to `changes` what is to be written of what is open.

        The record is not done before that is written either: partitions may be given away meanwhile.
        """
        position = (record.topic, record.partition)
        change = self._standing.learn(event, position)
        accepted = self._outbox.accept(event, record, datetime.now(UTC))
        waiting = accepted.waiting
        if change is not None:
            written = f"open/{record.topic}/{record.partition}/{record.offset}"
            changes[written] = change
            waiting |= {written}
        self._progress.accept(position, record.offset, waiting)
        return accepted.settled

    async def _lay_aside(self, record: Record, error: UndecodableEventError, now: datetime) -> None:
        position = (record.topic, record.partition)
        log.warning("event_undecodable", partition=record.partition, offset=record.offset, error=str(error))
        await self._ledger.write([dead_letter(record, error, service=self._context.name, now=now)])
        EVENTS_DEAD_LETTERED.labels(record.topic, error.reason).inc()
        if self._progress.expects(position, record.offset):
            self._progress.accept(position, record.offset)

    def _throttle(self) -> None:
        """Stop reading at `max_pending` notices, go on at half of it."""
        if self._epoch is None:
            return
        pending = self._outbox.pending
        if pending >= self._max_pending:
            if not self._is_paused:
                log.warning("reading_paused", pending=pending)
            self._consumer.pause()
            self._is_paused = True
        elif self._is_paused and pending <= self._max_pending // 2:
            log.info("reading_resumed", pending=pending)
            self._consumer.resume()
            self._is_paused = False

    async def _on_assigned(self, positions: frozenset[kafka.Position]) -> None:
        self._epochs += 1
        self._epoch = self._epochs
        self._is_behind = True
        self._positions = positions
        self._progress.assign(positions)
        log.info("partitions_assigned", partitions=sorted(partition for _, partition in positions))

    async def _on_revoked(self, positions: frozenset[kafka.Position]) -> None:
        """Give partitions away: what waits is the next owner's, what is in flight is finished and written first."""
        self._epoch = None
        self._positions = frozenset()
        self._agenda.own(())
        ids = self._progress.waiting(positions) | self._outbox.follow_ups()
        while in_flight := self._outbox.drop(ids):
            await self._courier.landed(in_flight)
        await self.commit()
        self._progress.revoke(positions)
        self._clerk.measure()
