"""Hearing all gateways: who lives, who holds whom, whose shares this one must withdraw, and what it holds no longer."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from time import monotonic
from types import TracebackType
from typing import NoReturn, Self

import structlog

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Follower, KafkaError
from satark.runtime.metrics import EVENTS_UNREADABLE
from satark.runtime.records import Record
from satark.sandesh_gateway.cluster.lease import Publish
from satark.sandesh_gateway.cluster.roster import Roster
from satark.schemas.codec import UndecodableEventError, decode
from satark.schemas.generators import Connection, GatewayLease, GeneratorSession
from satark.schemas.topics import GATEWAYS, GENERATORS

log = structlog.get_logger(__name__)

TICK_S = 0.5

OnExpired = Callable[[str, Sequence[GeneratorSession]], Awaitable[None]]
OnSuperseded = Callable[[str, int], Awaitable[None]]


class Watch:
    """Keeps a roster true to what the gateways say.

    `held` tells the number of the session that this gateway holds of a generator, if it does. `on_expired` is awaited
    with a gateway that is lost and the sessions it held: their shares must be withdrawn (it may be this gateway's own
    name: a process before it). A KafkaError of it means that it will be asked again. `on_superseded` is awaited with a
    generator and the number of our session of it, when that is over by another gateway's word: it must be closed.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        roster: Roster,
        *,
        held: Callable[[str], int | None],
        publish: Publish,
        on_expired: OnExpired,
        on_superseded: OnSuperseded,
    ) -> None:
        self._roster = roster
        self._held = held
        self._publish = publish
        self._on_expired = on_expired
        self._on_superseded = on_superseded
        self._follower = Follower(settings, (GENERATORS, GATEWAYS))
        self._ready = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self._follower.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._follower.__aexit__(kind, error, trace)

    async def ready(self) -> None:
        """Wait until all that was said before is known: no generator may be accepted earlier."""
        await self._ready.wait()

    async def keep(self) -> NoReturn:
        """Listen until cancelled. Raises KafkaError when the topics cannot be read, for other causes than absence."""
        while True:
            for record in await self._follower.poll(timeout_s=TICK_S):
                await self._learn(record)
            if self._follower.caught_up:
                if not self._ready.is_set():
                    self._roster.listen()
                    self._ready.set()
                await self._act()

    async def _learn(self, record: Record) -> None:
        try:
            event = decode(record.topic, record.value, record.headers)
        except UndecodableEventError as error:
            EVENTS_UNREADABLE.labels(record.topic).inc()
            log.warning("cluster_record_ignored", topic=record.topic, offset=record.offset, error=str(error))
            return
        if isinstance(event, GatewayLease):
            age_s = 0.0 if self._ready.is_set() else (datetime.now(UTC) - record.timestamp).total_seconds()
            self._roster.learn_lease(event, now_s=monotonic(), silent_s=max(0.0, age_s))
            return
        self._roster.learn_session(event, now_s=monotonic())
        ours = self._held(event.generator)
        if ours is not None and is_over(ours, event, gateway=self._roster.gateway):
            log.warning("session_superseded", generator=event.generator, session=ours, by=event.gateway)
            await self._on_superseded(event.generator, ours)

    async def _act(self) -> None:
        """Do what the roster says is due; when Kafka will not have it, it is due again at the next tick."""
        try:
            for lost in self._roster.expired(now_s=monotonic()):
                await self._on_expired(lost.gateway, lost.sessions)
                self._roster.withdrawn(lost.sessions)
            if shadowed := self._roster.shadowed():
                await self._publish(shadowed)
        except KafkaError as error:
            log.warning("cluster_action_failed", error=repr(error))


def is_over(ours: int, event: GeneratorSession, *, gateway: str) -> bool:
    """Return whether an event says that our session of its generator, the one with the number `ours`, is over.

    A later one was opened, or somebody has ended ours; two of one number are both over, since they cannot be told apart.
    """
    if event.session == ours:
        return event.gateway != gateway or event.state is Connection.DOWN
    return event.session > ours
