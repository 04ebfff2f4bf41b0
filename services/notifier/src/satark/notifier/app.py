"""The notifier's shell: reads incidents from Kafka, hands them to the outbox, and commits what is over.

A record's offset is committed when every receiver's outcome is final and written to the notifications topic. Whoever
reads a partition reads that topic to its end first. So a restart, a crash or a rebalance loses nothing, and repeats at
most a mail that the server had accepted while this process died; such a double has the same Message-ID.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import structlog

from satark.notifier import metrics
from satark.notifier.channels.delivery import Channel
from satark.notifier.channels.email import EmailChannel
from satark.notifier.channels.smtp import Postman
from satark.notifier.channels.smtp_session import Timeouts
from satark.notifier.courier import Courier
from satark.notifier.ledger import Ledger
from satark.notifier.mail.message import Letterhead
from satark.notifier.outbox.notices import Concluded, Rules, Settled
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.outbox.outcomes import Outcomes
from satark.notifier.progress import Progress
from satark.notifier.reporting import count, notification
from satark.notifier.routing.model import EMAIL
from satark.notifier.routing.plain import routing_of
from satark.notifier.settings import NotifierSettings
from satark.runtime import kafka, topics
from satark.runtime.deadletter import dead_letter
from satark.runtime.following import SaidFollower
from satark.runtime.metrics import EVENTS_DEAD_LETTERED
from satark.runtime.records import Record
from satark.runtime.said import TOPICS as SAID
from satark.runtime.said import Said
from satark.runtime.service import ServiceContext
from satark.runtime.stopping import unless
from satark.schemas.codec import UndecodableEventError, decode
from satark.schemas.notifications import Notification, Outcome
from satark.schemas.topics import ANOMALIES, BY_NAME, INCIDENT_GROUPS, NOTIFICATIONS

log = structlog.get_logger(__name__)

GROUP = "satark-notifier"
SOURCE = "/satark/notifier"
POLL_S = 0.25
MAX_RECORDS = 200
READ = (ANOMALIES, INCIDENT_GROUPS)


class UndeliverableError(Exception):
    """An incident event that a receiver could not be told; `reason` is a short stable word."""

    def __init__(self, settled: Settled) -> None:
        super().__init__(f"{settled.notice.target.name}: {settled.detail}")
        self.reason = settled.reason.value


class NotifierApp:
    """Tells receivers about incidents. `group` is the consumer group that instances share."""

    def __init__(
        self,
        settings: NotifierSettings,
        context: ServiceContext,
        *,
        channels: Mapping[str, Channel] | None = None,
        group: str = GROUP,
    ) -> None:
        self._settings = settings
        self._context = context
        self._group = group
        self._outcomes = Outcomes()
        said = Said()
        self._outbox = Outbox(rules_of(settings), routing_of(settings), self._outcomes, said)
        self._listening = SaidFollower(context.kafka, said, context.health, on_news=self._hear)
        self._progress = Progress()
        self._courier = Courier(self._outbox, channels or channels_of(settings), context.health, report=self._conclude)
        self._ledger: Ledger
        self._consumer: kafka.Consumer
        self._following: kafka.Follower
        self._epoch: int | None = None
        self._epochs = 0
        self._is_behind = True
        self._is_paused = False

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish the delivery in flight."""
        self._context.health.set("kafka", ready=False, reason="connecting")
        self._context.health.set("smtp", ready=True)
        async with AsyncExitStack() as stack:
            await unless(stop, self._connect(stack))
            if stop.is_set():
                return
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read(stop))
                group.create_task(self._follow(stop))
                group.create_task(self._listening.run(stop))
                group.create_task(self._tell(stop))
                await stop.wait()
                self._courier.nudge()
            await self._commit()

    async def _connect(self, stack: AsyncExitStack) -> None:
        shared = self._context.kafka
        letters = tuple(BY_NAME[topic].dead_letter_name for topic in READ)
        await topics.wait_for(shared, (*READ, *letters, NOTIFICATIONS, *SAID))
        producer = await stack.enter_async_context(kafka.Producer(shared, client_id=self._group))
        self._ledger = Ledger(shared, producer, self._learn, self._context.health, source=SOURCE)
        self._consumer = kafka.Consumer(
            shared,
            topics=READ,
            group_id=self._group,
            on_assigned=self._on_assigned,
            on_revoked=self._on_revoked,
        )
        # All groups, whoever is to tell of them: their members may be for this process to tell.
        self._following = kafka.Follower(shared, (INCIDENT_GROUPS,), from_end=True)
        await stack.enter_async_context(self._following)
        await stack.enter_async_context(self._consumer)

    async def _read(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._throttle()
            records = await self._consumer.poll(timeout_s=POLL_S, max_records=MAX_RECORDS)
            epoch = self._epoch
            if epoch is not None and self._is_behind:
                await unless(stop, self._ledger.refresh())
                self._is_behind = self._epoch != epoch
            for record in records:
                if epoch is None or epoch != self._epoch or stop.is_set():
                    break
                await self._handle(record)
            await self._commit()

    async def _tell(self, stop: asyncio.Event) -> None:
        """Tell nothing before it is known what people want to hear of."""
        await unless(stop, self._listening.caught_up.wait())
        if not stop.is_set():
            await self._courier.run(stop)

    def _learn(self, name: str, told: Notification | None) -> None:
        if told is None:
            self._outcomes.forget(name)
            return
        self._outcomes.learn(told)
        self._outbox.pace.learn(told, datetime.now(UTC))

    def _hear(self) -> None:
        """Somebody silenced something, ended a silence, or has seen an incident."""
        self._outbox.reconsider(datetime.now(UTC))
        self._courier.nudge()

    async def _follow(self, stop: asyncio.Event) -> None:
        """Learn of all groups, so that what waits to be told of their members need not be."""
        while not stop.is_set():
            for record in await self._following.poll(timeout_s=POLL_S):
                try:
                    group = decode(record.topic, record.value, record.headers)
                except UndecodableEventError:
                    continue  # whoever owns the record's partition keeps it as a dead letter
                await self._conclude(Concluded(self._outbox.absorb(group)))

    async def _handle(self, record: Record) -> None:
        position = (record.topic, record.partition)
        if not self._progress.expects(position, record.offset):
            return
        now = datetime.now(UTC)
        try:
            event = decode(record.topic, record.value, record.headers)
        except UndecodableEventError as error:
            log.warning("event_undecodable", partition=record.partition, offset=record.offset, error=str(error))
            await self._ledger.write([dead_letter(record, error, service=self._context.name, now=now)])
            EVENTS_DEAD_LETTERED.labels(record.topic, error.reason).inc()
            if self._progress.expects(position, record.offset):
                self._progress.accept(position, record.offset)
            return
        accepted = self._outbox.accept(event, record, now)
        self._progress.accept(position, record.offset, accepted.waiting)
        await self._conclude(Concluded(accepted.settled))
        self._courier.nudge()

    async def _conclude(self, concluded: Concluded) -> None:
        """Write outcomes; only then do their records count as done."""
        now = datetime.now(UTC)
        for notice in concluded.instead:
            if notice.record is not None:
                self._progress.add((notice.record.topic, notice.record.partition), notice.record.offset, notice.id)
        letters = [
            dead_letter(each.notice.record, UndeliverableError(each), service=self._context.name, now=now)
            for each in concluded.settled
            if each.outcome is Outcome.FAILED and each.notice.record is not None
        ]
        await self._ledger.write(letters, [notification(each, now) for each in concluded.settled])
        for each in concluded.settled:
            if each.is_over:
                self._progress.final(each.notice.id)
            count(each, now)
        self._measure()

    async def _commit(self) -> None:
        offsets = self._progress.committable()
        try:
            await self._consumer.commit(offsets)
        except kafka.KafkaError as error:
            log.warning("commit_failed", error=str(error) or type(error).__name__)
        else:
            self._progress.committed(offsets)

    def _throttle(self) -> None:
        """Stop reading at `max_pending` notices, go on at half of it; the group's heartbeats go on."""
        if self._epoch is None:
            return
        pending = self._outbox.pending
        if pending >= self._settings.max_pending:
            if not self._is_paused:
                log.warning("reading_paused", pending=pending)
            self._consumer.pause()
            self._is_paused = True
        elif self._is_paused and pending <= self._settings.max_pending // 2:
            log.info("reading_resumed", pending=pending)
            self._consumer.resume()
            self._is_paused = False

    async def _on_assigned(self, positions: frozenset[kafka.Position]) -> None:
        self._epochs += 1
        self._epoch = self._epochs
        self._is_behind = True
        self._progress.assign(positions)
        log.info("partitions_assigned", partitions=sorted(partition for _, partition in positions))

    async def _on_revoked(self, positions: frozenset[kafka.Position]) -> None:
        """Give partitions away: what waits is the next owner's, what is in flight is finished and written first."""
        self._epoch = None
        ids = self._progress.waiting(positions)
        while in_flight := self._outbox.drop(ids):
            await self._courier.landed(in_flight)
        await self._commit()
        self._progress.revoke(positions)
        self._measure()

    def _measure(self) -> None:
        metrics.PENDING.set(self._outbox.pending)
        metrics.SILENCED.set(self._outbox.held)


def rules_of(settings: NotifierSettings) -> Rules:
    """Return the outbox's rules."""
    return Rules(
        retry_after_s=settings.retry_after_s,
        retry_horizon_s=settings.retry_horizon_s,
        stale_after_s=settings.stale_after_s,
        stale_settle_s=settings.stale_settle_s,
        fallback_after_s=settings.fallback_after_s,
        digest_above=settings.digest_above,
        burst=settings.burst,
        per_hour=settings.messages_per_hour,
    )


def channels_of(settings: NotifierSettings) -> dict[str, Channel]:
    """Return the channels by kind."""
    timeouts = Timeouts(settings.connect_timeout_s, settings.command_timeout_s, settings.data_timeout_s)
    head = Letterhead(settings.sender, settings.domain, settings.subject_prefix, settings.console_url)
    postman = Postman(
        settings.target,
        helo=settings.domain,
        password=settings.smtp_password,
        ca_file=settings.smtp_ca_file,
        timeouts=timeouts,
    )
    return {EMAIL: EmailChannel(head, postman)}
