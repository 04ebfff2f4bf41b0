"""The courier: messages from the outbox to the channels, one after the other at each endpoint."""

import asyncio
from asyncio import TaskGroup
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime

import structlog

from satark.notifier import metrics
from satark.notifier.channels.delivery import Channel, Delivery, Permanent, Retry, Sent, Unrenderable
from satark.notifier.outbox.notices import Concluded, Deliver, FallBack, Quieted, WaitUntil
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.routing.model import EMAIL
from satark.notifier.telling import Heartbeat, Telling, Told
from satark.runtime.health import Health

log = structlog.get_logger(__name__)

LONGEST_WAIT_S = 5.0
"""The clock is looked at this often, so that setting it right does not hold mails back."""

Report = Callable[[Concluded], Awaitable[None]]


class Courier:
    """Takes what is due from the outbox, and reports what is over. A hanging endpoint holds up no other."""

    def __init__(self, outbox: Outbox, channels: Mapping[str, Channel], health: Health, *, report: Report) -> None:
        self._outbox = outbox
        self._channels = channels
        self._health = health
        self._report = report
        self._news = asyncio.Event()
        self._landed = asyncio.Condition()
        self._in_flight: dict[str, frozenset[str]] = {}
        self._failing: set[str] = set()

    @property
    def failing(self) -> tuple[str, ...]:
        """The names of the targets that were not reached last."""
        return tuple(sorted(self._failing))

    def nudge(self) -> None:
        """Look into the outbox again."""
        self._news.set()

    async def landed(self, ids: Collection[str]) -> None:
        """Return when none of the given notices is in flight any more, and its outcome is safe."""
        wanted = frozenset(ids)
        async with self._landed:
            await self._landed.wait_for(lambda: all(wanted.isdisjoint(each) for each in self._in_flight.values()))

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set; the deliveries in flight are finished and reported."""
        try:
            async with TaskGroup() as flights:
                while not stop.is_set():
                    self._news.clear()
                    await self._step(flights, datetime.now(UTC))
        finally:
            for channel in self._channels.values():
                await channel.close()

    async def _step(self, flights: TaskGroup, now: datetime) -> None:
        """Do what the outbox says, or wait until it may say something else."""
        match self._outbox.next(now, self._in_flight.keys()):
            case Deliver(telling):
                self._in_flight[telling.target.endpoint] = frozenset(part.id for part in telling.parts)
                flights.create_task(self._fly(telling))
            case Quieted(settled):
                await self._report(Concluded(settled))
            case FallBack(instead):
                await self._report(Concluded(instead=instead))
            case WaitUntil(time):
                await self._rest((time - now).total_seconds())
            case None:
                await self._rest(LONGEST_WAIT_S)

    async def beat(self, heartbeat: Heartbeat) -> Delivery:
        """Try once to deliver a sign of life."""
        delivery = await self._channels[heartbeat.target.channel].deliver(heartbeat, datetime.now(UTC))
        self._tell(heartbeat, delivery)
        return delivery

    async def _fly(self, telling: Telling) -> None:
        try:
            delivery = await self._channels[telling.target.channel].deliver(telling, datetime.now(UTC))
            self._tell(telling, delivery)
            await self._report(self._outbox.settle(telling, delivery, datetime.now(UTC)))
        finally:
            async with self._landed:
                del self._in_flight[telling.target.endpoint]
                self._landed.notify_all()
            self.nudge()

    def _tell(self, told: Told, delivery: Delivery) -> None:
        target = told.target
        about = {"id": told.id, "channel": target.channel, "receiver": target.name}
        has_failed = not isinstance(delivery, Sent)
        metrics.TARGET_FAILING.labels(*target.key).set(has_failed)
        (self._failing.add if has_failed else self._failing.discard)(target.name)
        match delivery:
            case Sent():
                metrics.MESSAGES.labels(target.channel, _kind(told)).inc()
            case Retry(detail, whole):
                metrics.RETRIES.labels(target.channel).inc()
                log.warning("message_put_off", detail=detail, all=whole, **about)
            case Permanent(detail):
                log.error("message_refused", detail=detail, **about)
            case Unrenderable(detail):
                log.error("message_unrenderable", detail=detail, **about)
        if target.channel == EMAIL and not isinstance(delivery, Unrenderable):
            reason = None if isinstance(delivery, Sent) else delivery.detail
            self._health.set("smtp", ready=reason is None, reason=reason or "")

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(min(seconds, LONGEST_WAIT_S)):
                await self._news.wait()
        except TimeoutError:
            return


def _kind(told: Told) -> str:
    """Return what a message is, for the counters."""
    if isinstance(told, Heartbeat):
        return "heartbeat"
    return "digest" if told.is_digest else told.parts[0].aside.occasion.value
