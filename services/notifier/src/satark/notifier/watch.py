"""What comes of time alone: reminders, escalations, and signs of life."""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog

from satark.notifier.channels.delivery import Permanent, Retry, Sent, Unrenderable
from satark.notifier.clerk import Clerk
from satark.notifier.courier import Courier
from satark.notifier.intake import Intake
from satark.notifier.ledger import Ledger
from satark.notifier.outbox.notices import Notice
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.routing.model import Routing
from satark.notifier.standing.agenda import Agenda
from satark.notifier.standing.due import FollowUp
from satark.notifier.standing.heartbeats import Tally, heartbeats, outcome_of
from satark.notifier.standing.standing import Standing
from satark.notifier.telling import Heartbeat
from satark.runtime.stopping import unless
from satark.schemas.notifications import Outcome

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 5.0
RETRY_S = 60.0


class Watch:
    """Looks at what is open, and sends signs of life. `routing` may change while it runs."""

    def __init__(self, routing: Routing, outbox: Outbox, standing: Standing, agenda: Agenda, tally: Tally) -> None:
        self.routing = routing
        self._outbox = outbox
        self._standing = standing
        self._agenda = agenda
        self._tally = tally
        self._attempts: dict[str, int] = {}
        self._put_off: tuple[datetime, datetime] | None = None

    async def run(self, stop: asyncio.Event, *, intake: Intake, clerk: Clerk, courier: Courier, ledger: Ledger) -> None:
        """Watch until `stop` is set."""
        while not stop.is_set():
            now = datetime.now(UTC)
            for followup in self._agenda.due(now):
                await self._follow_up(followup, clerk, now)
            courier.nudge()
            await self._beat(intake, courier, ledger, now)
            again = self._agenda.next_due()
            wait_s = LOOK_EVERY_S if again is None else (again - datetime.now(UTC)).total_seconds()
            await unless(stop, asyncio.sleep(min(LOOK_EVERY_S, max(0.05, wait_s))))

    async def _follow_up(self, followup: FollowUp, clerk: Clerk, now: datetime) -> None:
        notice = Notice(followup.id, followup.target, followup.policy, followup.event, None, followup.aside)
        if not self._outbox.follow_up(notice, now):
            await clerk.passed(followup)

    async def _beat(self, intake: Intake, courier: Courier, ledger: Ledger, now: datetime) -> None:
        if self._put_off is not None and self._put_off[0] <= now < self._put_off[1]:
            return
        if not self._due(intake, courier, now):
            return
        await ledger.refresh()  # what other processes told counts too, and whether one of them was faster
        for heartbeat in self._due(intake, courier, now):
            await self._send(heartbeat, courier, ledger)

    def _due(self, intake: Intake, courier: Courier, now: datetime) -> list[Heartbeat]:
        return heartbeats(
            self.routing,
            intake.owned,
            self._tally,
            now,
            open_incidents=len(self._standing),
            failing=courier.failing,
        )

    async def _send(self, heartbeat: Heartbeat, courier: Courier, ledger: Ledger) -> None:
        attempts = self._attempts.get(heartbeat.id, 0) + 1
        delivery = await courier.beat(heartbeat)
        now = datetime.now(UTC)
        match delivery:
            case Sent(detail):
                outcome = Outcome.SENT
            case Permanent(detail) | Unrenderable(detail):
                outcome = Outcome.FAILED
            case Retry():
                # The next slot has a sign of life of its own, so that trying ends by itself.
                self._attempts = {heartbeat.id: attempts}
                self._put_off = now, now + timedelta(seconds=max(RETRY_S, delivery.after_s))
                return
        self._attempts.pop(heartbeat.id, None)
        await ledger.write([], [outcome_of(heartbeat, outcome, now, attempts=attempts, detail=detail)])
