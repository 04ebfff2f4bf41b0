"""One example of each event, consistent with each other: what the reference shows and the tests send.

The story: a link's latency towards the edge rises from 20 ms to 95 ms, is told by mail, and recovers half an hour later.
"""

from datetime import UTC, datetime, timedelta

from satark.schemas.checkpoints import PollerCheckpoint
from satark.schemas.codec import Event
from satark.schemas.identifiers import identifier, instant
from satark.schemas.incidents import (
    Baseline,
    IncidentOpened,
    IncidentResolved,
    IncidentUpdated,
    Point,
    Reason,
    Severity,
    Symptom,
    incident_event_id,
    incident_id,
)
from satark.schemas.messages import Level, Message
from satark.schemas.metrics import LATENCY_MS_RX, LATENCY_MS_TX, LOSS_PCT_RX, WAN_LINK, MetricSample
from satark.schemas.notifications import Notification, Outcome, notification_id
from satark.schemas.states import EntityState, State, state_id

BEGIN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
STEP = timedelta(minutes=5)
ENTITY = "wan-link/vco.example.net/7/f3a1c0de"
LABELS = {
    "orchestrator": "vco.example.net",
    "enterprise": "Example Retail",
    "enterprise_id": "7",
    "edge": "Pune-01",
    "edge_id": "42",
    "link": "Broadband 1",
    "link_id": "f3a1c0de",
}
INCIDENT = incident_id(ENTITY, instant(BEGIN))


def sample() -> MetricSample:
    """Return the first sample beyond the limit."""
    metrics = {LATENCY_MS_RX: 95.0, LATENCY_MS_TX: 21.5, LOSS_PCT_RX: 0.1}
    return MetricSample.of(
        entity=ENTITY,
        kind=WAN_LINK,
        time=BEGIN,
        interval_s=int(STEP.total_seconds()),
        metrics=metrics,
        labels=LABELS,
    )


def state() -> EntityState:
    """Return the link as it goes down for a while, much later."""
    time = BEGIN + 100 * STEP
    return EntityState(
        id=state_id(ENTITY, State.LINK_DOWN, instant(time)),
        entity=ENTITY,
        kind=WAN_LINK,
        time=time,
        state=State.LINK_DOWN,
        since=time,
        previous=State.OK,
        labels=LABELS,
    )


def message() -> Message:
    """Return what the orchestrator says about it."""
    return Message(
        id=identifier("message", "vco.example.net", "9001"),
        entity="edge/vco.example.net/7/42",
        kind="vco-event",
        time=BEGIN + 100 * STEP,
        name="LINK_DEAD",
        level=Level.ALERT,
        category="NETWORK",
        text="Link GE4 is no longer functional",
        fields={"internalId": "f3a1c0de"},
        labels={name: LABELS[name] for name in ("orchestrator", "enterprise", "enterprise_id", "edge", "edge_id")},
    )


def symptom(*, until: datetime | None = None) -> Symptom:
    """Return the latency's evidence; with `until` it has recovered."""
    normal = Baseline(
        centre=20.0,
        spread=1.5,
        floor=5.0,
        n=12,
        start=BEGIN - 12 * STEP,
        end=BEGIN,
        window_s=3600,
    )
    recent = (Point(time=BEGIN - STEP, value=20.5), Point(time=BEGIN, value=95.0, anomalous=True))
    return Symptom(
        metric=LATENCY_MS_RX,
        active=until is None,
        since=BEGIN,
        time=BEGIN,
        value=95.0,
        distance=15.0,
        limit=35.0,
        peak=95.0,
        peak_time=BEGIN,
        baseline=normal,
        recent=recent,
        until=until,
    )


def opened() -> IncidentOpened:
    """Return the event that opens the incident."""
    return IncidentOpened(
        id=incident_event_id(INCIDENT, 0),
        incident=INCIDENT,
        sequence=0,
        entity=ENTITY,
        kind=WAN_LINK,
        severity=Severity.WARNING,
        reason=Reason.FIRST_SYMPTOM,
        method="rolling",
        opened_at=BEGIN,
        time=BEGIN,
        interval_s=int(STEP.total_seconds()),
        symptoms=(symptom(),),
        labels=LABELS,
    )


def updated() -> IncidentUpdated:
    """Return the event that makes the incident critical."""
    return IncidentUpdated(
        id=incident_event_id(INCIDENT, 1),
        incident=INCIDENT,
        sequence=1,
        entity=ENTITY,
        kind=WAN_LINK,
        severity=Severity.CRITICAL,
        reason=Reason.SEVERITY_RAISED,
        method="rolling",
        opened_at=BEGIN,
        time=BEGIN + STEP,
        interval_s=int(STEP.total_seconds()),
        symptoms=(symptom(),),
        labels=LABELS,
    )


def resolved() -> IncidentResolved:
    """Return the event that ends the incident after half an hour."""
    ended_at = BEGIN + 6 * STEP
    return IncidentResolved(
        id=incident_event_id(INCIDENT, 2),
        incident=INCIDENT,
        sequence=2,
        entity=ENTITY,
        kind=WAN_LINK,
        severity=Severity.CRITICAL,
        reason=Reason.ALL_CLEAR,
        method="rolling",
        opened_at=BEGIN,
        time=ended_at + STEP,
        interval_s=int(STEP.total_seconds()),
        symptoms=(symptom(until=ended_at),),
        labels=LABELS,
        ended_at=ended_at,
        duration_s=int((ended_at - BEGIN).total_seconds()),
    )


def notification() -> Notification:
    """Return the outcome of the mail about the opened incident."""
    event, receiver = incident_event_id(INCIDENT, 0), "noc@example.net"
    return Notification(
        id=notification_id(event, "email", receiver),
        event=event,
        incident=INCIDENT,
        entity=ENTITY,
        channel="email",
        receiver=receiver,
        outcome=Outcome.SENT,
        time=BEGIN + 3 * STEP,
        attempts=1,
        message_id=f"<{event}@example.net>",
        detail="250 2.0.0 Ok: queued",
    )


def checkpoint() -> PollerCheckpoint:
    """Return how far the poller came with the window of the example sample."""
    return PollerCheckpoint(
        orchestrator=LABELS["orchestrator"], window_end=BEGIN + STEP, offsets={"0": 1200, "1": 1187}
    )


def examples() -> dict[type, Event]:
    """Return one example by event class, in the order of the contract."""
    every = (sample(), state(), message(), opened(), updated(), resolved(), notification(), checkpoint())
    return {type(event): event for event in every}
