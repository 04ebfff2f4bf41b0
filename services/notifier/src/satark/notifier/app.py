"""The notifier's shell: puts together what reads, decides, tells and writes.

A record's offset is committed when every target's outcome is final and written to the notifications topic. Whoever
reads a partition reads that topic to its end first. So a restart, a crash or a rebalance loses nothing, and repeats at
most a message that the other side had accepted while this process died; such a double has the same id.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import structlog

from satark.notifier.channels.build import channels_of
from satark.notifier.channels.delivery import Channel
from satark.notifier.clerk import SOURCE, Clerk
from satark.notifier.courier import Courier
from satark.notifier.intake import POLL_S, READ, Intake
from satark.notifier.ledger import Ledger
from satark.notifier.outbox.notices import Concluded, Rules
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.outbox.outcomes import Outcomes
from satark.notifier.progress import Progress
from satark.notifier.routing.file import RoutesFile
from satark.notifier.routing.tree import RoutingTree
from satark.notifier.settings import NotifierSettings
from satark.notifier.standing.agenda import Agenda
from satark.notifier.standing.following import StandingFollower
from satark.notifier.standing.heartbeats import Tally
from satark.notifier.standing.inhibitors import Inhibitors
from satark.notifier.standing.standing import Standing
from satark.notifier.watch import Watch
from satark.runtime import kafka, topics
from satark.runtime.documents.mistakes import WrongFileError
from satark.runtime.following import SaidFollower
from satark.runtime.said import TOPICS as SAID
from satark.runtime.said import Said
from satark.runtime.service import ServiceContext
from satark.runtime.settings import SettingsError
from satark.runtime.stopping import unless
from satark.schemas.codec import UndecodableEventError, decode
from satark.schemas.notifications import Notification
from satark.schemas.open_incidents import OpenIncident
from satark.schemas.topics import BY_NAME, INCIDENT_GROUPS, NOTIFICATIONS, OPEN_INCIDENTS

log = structlog.get_logger(__name__)

GROUP = "satark-notifier"
LOOK_AT_ROUTES_S = 5.0


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
        self._context = context
        self._group = group
        self._outcomes = Outcomes()
        self._tally = Tally()
        self._progress = Progress()
        self._routes = RoutesFile(settings)
        routing = self._routes.routing
        said = Said()
        self._standing = Standing()
        self._inhibitors = Inhibitors(self._standing, routing.inhibitions)
        inhibitor = self._inhibitors.inhibitor_of
        self._outbox = Outbox(rules_of(settings), routing, self._outcomes, said, inhibitor=inhibitor)
        self._agenda = Agenda(self._standing, said, routing, inhibitor)
        self._watch = Watch(routing, self._outbox, self._standing, self._agenda, self._tally)
        self._listening = SaidFollower(context.kafka, said, context.health, on_news=self._hear)
        self._opened = StandingFollower(context.kafka, self._standing, context.health)
        self._standing.watch(self._on_change)
        reached = channels or channels_of(settings, context.links)
        self._courier = Courier(self._outbox, reached, context.health, report=self._conclude)
        self._intake = Intake(context, self._outbox, self._progress, self._standing, max_pending=settings.max_pending)
        self._ledger: Ledger
        self._clerk: Clerk
        self._groups: kafka.Follower

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish the deliveries in flight.

        Raises SettingsError with every mistake of the file of routes.
        """
        try:
            self.reroute(await asyncio.to_thread(self._routes.load))
        except WrongFileError as error:
            raise SettingsError([str(mistake) for mistake in error.mistakes]) from error
        self._context.health.set("kafka", ready=False, reason="connecting")
        self._context.health.set("smtp", ready=True)
        async with AsyncExitStack() as stack:
            await unless(stop, self._connect(stack))
            if stop.is_set():
                return
            async with asyncio.TaskGroup() as group:
                group.create_task(self._intake.run(stop))
                group.create_task(self._follow_groups(stop))
                group.create_task(self._listening.run(stop))
                group.create_task(self._opened.run(stop))
                group.create_task(self._tell(stop))
                group.create_task(self._look_at_routes(stop))
                await stop.wait()
                self._courier.nudge()
            await self._intake.commit()

    def reroute(self, routing: RoutingTree) -> None:
        """Go by another routing tree from now on."""
        self._outbox.reroute(routing)
        self._agenda.reroute(routing)
        self._inhibitors.reroute(routing.inhibitions)
        self._watch.routing = routing

    async def _connect(self, stack: AsyncExitStack) -> None:
        shared = self._context.kafka
        letters = tuple(BY_NAME[topic].dead_letter_name for topic in READ)
        await topics.wait_for(shared, (*READ, *letters, NOTIFICATIONS, OPEN_INCIDENTS, *SAID))
        producer = await stack.enter_async_context(kafka.Producer(shared, client_id=self._group))
        self._ledger = Ledger(shared, producer, self._learn, self._context.health, source=SOURCE)
        self._clerk = Clerk(self._outbox, self._progress, self._standing, self._ledger)
        self._intake.work_with(
            clerk=self._clerk,
            courier=self._courier,
            ledger=self._ledger,
            agenda=self._agenda,
            opened=self._opened,
        )
        # All groups, whoever is to tell of them: their members may be for this process to tell.
        self._groups = kafka.Follower(shared, (INCIDENT_GROUPS,), from_end=True)
        await stack.enter_async_context(self._groups)
        await stack.enter_async_context(self._intake.consumer(self._group))

    async def _tell(self, stop: asyncio.Event) -> None:
        """Tell nothing before it is known what people want to hear of, and what is open."""
        await unless(stop, self._listening.caught_up.wait())
        await unless(stop, self._opened.caught_up.wait())
        if stop.is_set():
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self._courier.run(stop))
            group.create_task(
                self._watch.run(
                    stop, intake=self._intake, clerk=self._clerk, courier=self._courier, ledger=self._ledger
                )
            )

    async def _look_at_routes(self, stop: asyncio.Event) -> None:
        """Go by the file of routes as it is: a good change is taken, a bad one is told and leaves what was."""
        while not stop.is_set():
            routing = await asyncio.to_thread(self._routes.poll)
            if routing is not None:
                self.reroute(routing)
            await unless(stop, asyncio.sleep(LOOK_AT_ROUTES_S))

    async def _follow_groups(self, stop: asyncio.Event) -> None:
        """Learn of all groups, so that what waits to be told of their members need not be."""
        while not stop.is_set():
            for record in await self._groups.poll(timeout_s=POLL_S):
                try:
                    group = decode(record.topic, record.value, record.headers)
                except UndecodableEventError:
                    continue  # whoever owns the record's partition keeps it as a dead letter
                await self._conclude(Concluded(self._outbox.absorb(group)))

    async def _conclude(self, concluded: Concluded) -> None:
        await self._clerk.conclude(concluded)

    def _learn(self, name: str, told: Notification | None) -> None:
        if told is None:
            self._outcomes.forget(name)
            return
        self._outcomes.learn(told)
        self._outbox.pace.learn(told, datetime.now(UTC))
        self._tally.learn(told)

    def _hear(self) -> None:
        """Somebody silenced something, ended a silence, or has seen an incident."""
        self._agenda.reconsider()
        self._outbox.reconsider(datetime.now(UTC))
        self._courier.nudge()

    def _on_change(self, incident: str, known: OpenIncident | None) -> None:
        """An incident that is over explains nothing any more."""
        if known is None and self._outbox.unexplain(incident, datetime.now(UTC)):
            self._courier.nudge()


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
