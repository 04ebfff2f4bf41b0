"""The courier: one mail after the other from the outbox to the channel."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC, datetime

import structlog

from satark.notifier import metrics
from satark.notifier.channels.delivery import Channel, Delivery, Permanent, Retry, Sent
from satark.notifier.outbox.notices import Deliver, Notice, Quieted, Settled, WaitUntil
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.routing.model import EMAIL, Target
from satark.notifier.routing.receivers import EmailConfig
from satark.notifier.telling import Aside, Part, Telling
from satark.runtime.health import Health

log = structlog.get_logger(__name__)

LONGEST_WAIT_S = 5.0
"""The clock is looked at this often, so that setting it right does not hold mails back."""

Report = Callable[[Sequence[Settled]], Awaitable[None]]


class Courier:
    """Takes what is due from the outbox, and reports what is over."""

    def __init__(self, outbox: Outbox, channel: Channel, health: Health, *, report: Report) -> None:
        self._outbox = outbox
        self._channel = channel
        self._health = health
        self._report = report
        self._news = asyncio.Event()
        self._landed = asyncio.Condition()
        self._in_flight: str | None = None

    def nudge(self) -> None:
        """Look into the outbox again."""
        self._news.set()

    async def landed(self, ids: Collection[str]) -> None:
        """Return when none of the given notices is in flight any more, and its outcome is safe."""
        async with self._landed:
            await self._landed.wait_for(lambda: self._in_flight not in ids)

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set; the delivery in flight is finished and reported."""
        while not stop.is_set():
            self._news.clear()
            now = datetime.now(UTC)
            match self._outbox.next(now):
                case Deliver() as deliver:
                    await self._handle(deliver)
                case Quieted(settled):
                    await self._report(settled)
                case WaitUntil(time):
                    await self._rest((time - now).total_seconds())
                case None:
                    await self._rest(LONGEST_WAIT_S)

    async def _handle(self, deliver: Deliver) -> None:
        self._in_flight = deliver.notice.id
        try:
            settled = await self._attempt(deliver.notice, deliver.aside)
            if settled is not None:
                await self._report([settled])
        finally:
            async with self._landed:
                self._in_flight = None
                self._landed.notify_all()

    async def _attempt(self, notice: Notice, aside: Aside) -> Settled | None:
        target = Target("default", EMAIL, notice.receiver, EmailConfig(notice.receiver))
        telling = Telling(target, (Part(notice.id, notice.event, aside),))
        delivery = await self._channel.deliver(telling, datetime.now(UTC))
        self._tell(notice, delivery)
        return self._outbox.settle(notice, delivery, datetime.now(UTC))

    def _tell(self, notice: Notice, delivery: Delivery) -> None:
        match delivery:
            case Sent():
                self._health.set("smtp", ready=True)
            case Retry(detail, whole):
                metrics.RETRIES.labels(self._channel.name).inc()
                self._health.set("smtp", ready=False, reason=detail)
                log.warning(
                    "mail_put_off", receiver=notice.receiver, event_id=notice.event.id, detail=detail, all=whole
                )
            case Permanent(detail):
                self._health.set("smtp", ready=False, reason=detail)

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(min(seconds, LONGEST_WAIT_S)):
                await self._news.wait()
        except TimeoutError:
            return
