"""An outbox under test: its rules, and the verbs that drive it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from satark.notifier.channels.delivery import Delivery
from satark.notifier.events import Event, incident_of
from satark.notifier.outbox.notices import Accepted, Deliver, FallBack, Quieted, Reason, Rules, Settled, WaitUntil
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.outbox.outcomes import Outcomes
from satark.notifier.routing.model import Policy
from satark.notifier.routing.receivers import EmailConfig, Receiver
from satark.notifier.routing.tree import Route, RoutingTree
from satark.notifier.telling import Aside, Part, Telling
from satark.schemas.notifications import Notification
from tests.unit.notifier.scenes import ENTITY, WRITTEN, opened, record, resolved, updated

NOW = WRITTEN
OPENED = opened()
UPDATED = updated(OPENED)
RESOLVED = resolved(OPENED, sequence=2)
OTHER = opened(entity=f"{ENTITY}-other")
ANY = "noc@example.net"
BOSS = "boss@example.net"


def rules(**changes: Any) -> Rules:
    """Return rules with a schedule of 1, 5 and 15 minutes, a horizon of 2 hours, a stale limit of a day, and no digests."""
    return replace(
        Rules(
            retry_after_s=(60.0, 300.0, 900.0),
            retry_horizon_s=7200.0,
            stale_after_s=86_400.0,
            stale_settle_s=60.0,
            digest_above=1000,
            burst=1000,
            per_hour=1_000_000.0,
        ),
        **changes,
    )


def routing(
    *addresses: str, tell_on: tuple[str, ...] = ("opened", "updated", "resolved"), **policy: Any
) -> RoutingTree:
    """Return one route to some addresses, told at once unless the policy says otherwise."""
    receiver = Receiver("noc", tuple(EmailConfig(address) for address in addresses or (ANY,)))
    how = replace(Policy(tell_on=frozenset(tell_on), group_wait_s=0.0), **policy)
    return RoutingTree(Route("noc", how), {"noc": receiver})


def outbox(*receivers: str, tell_on: tuple[str, ...] = ("opened", "updated", "resolved"), **policy: Any) -> Outbox:
    """Return an empty outbox."""
    return Outbox(rules(), routing(*receivers, tell_on=tell_on, **policy), Outcomes())


def accept(box: Outbox, event: Event, *, now: datetime = NOW, published: datetime = NOW) -> Accepted:
    """Let the outbox take in an event."""
    return box.accept(event, record(event, published_at=published), now)


@dataclass(frozen=True)
class Due:
    """A message about one event."""

    telling: Telling

    @property
    def part(self) -> Part:
        """The only part."""
        (part,) = self.telling.parts
        return part

    @property
    def id(self) -> str:
        """The notification's id."""
        return self.part.id

    @property
    def event(self) -> Event:
        """What happened."""
        return self.part.event

    @property
    def aside(self) -> Aside:
        """What is said beside it."""
        return self.part.aside

    @property
    def receiver(self) -> str:
        """Whom it is for."""
        return self.telling.target.name


def one(action: Deliver | Quieted | FallBack | WaitUntil | None) -> Due:
    """Return the message that is to be tried."""
    assert isinstance(action, Deliver)
    return Due(action.telling)


def due(box: Outbox, now: datetime = NOW) -> Due:
    """Return the message that is due."""
    return one(box.next(now))


def settle(box: Outbox, tried: Due, delivery: Delivery, now: datetime) -> Settled | None:
    """Let the outbox take in how a message about one event fared; return the outcome, if there is one."""
    settled = box.settle(tried.telling, delivery, now).settled
    assert len(settled) <= 1
    return settled[0] if settled else None


def later(seconds: float) -> datetime:
    """Return a time after the beginning."""
    return NOW + timedelta(seconds=seconds)


def outcome(settled: Settled, now: datetime) -> Notification:
    """Return the outcome as it is published."""
    return Notification(
        id=settled.notice.id,
        event=settled.notice.event.id,
        incident=incident_of(settled.notice.event),
        entity=settled.notice.event.entity,
        channel=settled.notice.target.channel,
        receiver=settled.notice.target.name,
        outcome=settled.outcome,
        time=now,
        attempts=settled.attempts,
        detail=settled.detail,
        severity=settled.shown.severity,
        message_id=settled.message_id,
        digest=settled.thread,
    )


def reasons(accepted: Accepted) -> list[tuple[str, Reason]]:
    """Return what was settled and why."""
    return [(type(each.notice.event).__name__, each.reason) for each in accepted.settled]
