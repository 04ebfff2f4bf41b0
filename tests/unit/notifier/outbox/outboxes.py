"""An outbox under test: its rules, and the verbs that drive it."""

from datetime import datetime, timedelta

from satark.notifier.events import Event, incident_of
from satark.notifier.outbox.notices import Accepted, Deliver, Notice, Reason, Rules, Settled
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.outbox.outcomes import Outcomes
from satark.schemas.notifications import Notification
from tests.unit.notifier.scenes import ENTITY, WRITTEN, opened, record, resolved, updated

NOW = WRITTEN
OPENED = opened()
UPDATED = updated(OPENED)
RESOLVED = resolved(OPENED, sequence=2)
OTHER = opened(entity=f"{ENTITY}-other")
ANY = "noc@example.net"
BOSS = "boss@example.net"


def rules(*receivers: str, tell_on: tuple[str, ...] = ("opened", "updated", "resolved")) -> Rules:
    """Return rules with a schedule of 1, 5 and 15 minutes, a horizon of 2 hours and a stale limit of a day."""
    return Rules(
        channel="email",
        receivers=receivers or (ANY,),
        tell_on=frozenset(tell_on),
        retry_after_s=(60.0, 300.0, 900.0),
        retry_horizon_s=7200.0,
        stale_after_s=86_400.0,
        stale_settle_s=60.0,
    )


def outbox(*receivers: str, tell_on: tuple[str, ...] = ("opened", "updated", "resolved")) -> Outbox:
    """Return an empty outbox."""
    return Outbox(rules(*receivers, tell_on=tell_on), Outcomes())


def accept(box: Outbox, event: Event, *, now: datetime = NOW, published: datetime = NOW) -> Accepted:
    """Let the outbox take in an event."""
    return box.accept(event, record(event, published_at=published), now)


def due(box: Outbox, now: datetime = NOW) -> Notice:
    """Return the notice that is due."""
    action = box.next(now)
    assert isinstance(action, Deliver)
    return action.notice


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
        channel="email",
        receiver=settled.notice.receiver,
        outcome=settled.outcome,
        time=now,
        attempts=settled.attempts,
        detail=settled.detail,
        severity=settled.shown.severity,
    )


def reasons(accepted: Accepted) -> list[tuple[str, Reason]]:
    """Return what was settled and why."""
    return [(type(each.notice.event).__name__, each.reason) for each in accepted.settled]
