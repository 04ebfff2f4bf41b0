"""One example of each event, consistent with each other: what the reference shows and the tests send.

The story: a link's latency towards the edge rises from 20 ms to 95 ms, is told by mail, and recovers half an hour later.
"""

from datetime import UTC, datetime, timedelta

from satark.schemas.alarms import AlarmAcknowledged, AlarmSeverity, AlarmView
from satark.schemas.baselines import EntityBaseline
from satark.schemas.checkpoints import PollerCheckpoint
from satark.schemas.codec import Event
from satark.schemas.examples_groups import groups
from satark.schemas.examples_normals import normals
from satark.schemas.examples_people import accepted, acknowledgement, closed, silence
from satark.schemas.flows import EndPoint, Flow, FlowSession, Traffic
from satark.schemas.generators import Connection, GatewayLease, GeneratorSession, session_id
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
from satark.schemas.open_incidents import OpenIncident, ReceiverTold
from satark.schemas.requests import Argument, Request
from satark.schemas.states import EntityState, State, state_id
from satark.schemas.topics import ANOMALIES
from satark.schemas.uve_states import ShareSeen, UveState
from satark.schemas.uves import SharesWithdrawn, UveShare, Value, share_id, withdrawal_id

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
GENERATOR = "compute-1:Compute:contrail-vrouter-agent:0"
GATEWAY = "analytics-1/4711"
ALARM = "default-global-system-config:few-acl-rules"
UVE = "ObjectVNTable:default-domain:admin:web"
SESSION = int(BEGIN.timestamp()) * 1_000_000


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


def share() -> UveShare:
    """Return what a vrouter agent says about a virtual network."""
    return UveShare(
        id=share_id(GENERATOR, SESSION, "UveVirtualNetworkAgentTrace", 7, UVE, sync=False),
        generator=GENERATOR,
        gateway=GATEWAY,
        time=BEGIN,
        entity=UVE,
        session=SESSION,
        struct="UveVirtualNetworkAgent",
        message="UveVirtualNetworkAgentTrace",
        sequence_number=7,
        attributes={
            "total_acl_rules": Value(type="i32", text="4"),
            "interface_list": Value(
                type="list", element="string", items=("web-1", "web-2"), annotations={"aggtype": "union"}
            ),
        },
    )


def withdrawn() -> SharesWithdrawn:
    """Return the end of all that it said, when its session was lost."""
    return SharesWithdrawn(
        id=withdrawal_id(GENERATOR, SESSION),
        generator=GENERATOR,
        gateway=GATEWAY,
        time=BEGIN + STEP,
        through=SESSION,
        reason="session_lost",
    )


def uve_state() -> UveState:
    """Return the object that the share is of, with an alarm of the operator's own."""
    return UveState(
        id=identifier("uve-state", UVE, "1"),
        entity=UVE,
        time=BEGIN,
        structs={
            "UveVirtualNetworkAgent": {
                "__T": int(BEGIN.timestamp() * 1_000_000),
                "interface_list": ["web-1", "web-2"],
                "total_acl_rules": 4,
            }
        },
        changed={"UveVirtualNetworkAgent": ("total_acl_rules",)},
        alarms=(
            AlarmView(
                type=ALARM,
                severity=AlarmSeverity.MINOR,
                time=BEGIN,
                token=identifier("alarm", UVE, ALARM),
                description="Too few ACL rules.",
            ),
        ),
        share_count=1,
        shares=(
            ShareSeen(
                generator=GENERATOR,
                struct="UveVirtualNetworkAgent",
                session=SESSION,
                time=BEGIN,
                seen=BEGIN,
            ),
        ),
    )


def baseline() -> EntityBaseline:
    """Return what was normal for the link in the half-hour before; its loss has been measured for an hour only."""
    return EntityBaseline.of(
        entity=ENTITY,
        kind=WAN_LINK,
        time=BEGIN - 6 * STEP,
        metrics=normals(),
        labels=LABELS,
    )


def acknowledged() -> AlarmAcknowledged:
    """Return that somebody has seen the alarm."""
    token = uve_state().alarms[0].token
    return AlarmAcknowledged.of(entity=UVE, type=ALARM, token=token, by="alice", time=BEGIN + STEP)


def flow_session() -> FlowSession:
    """Return one row of what a vrouter agent exports of traffic."""
    return FlowSession(
        id=identifier("flow-session", GENERATOR, instant(BEGIN), "12", "0"),
        entity=f"generator/{GENERATOR}",
        generator=GENERATOR,
        time=BEGIN,
        vrouter="compute-1",
        vmi="default-domain:admin:web-1-port",
        local_ip="192.0.2.10",
        server_port=443,
        protocol=6,
        local=EndPoint(vn="default-domain:admin:web", tier="web"),
        remote=EndPoint(vn="default-domain:admin:front"),
        traffic=Traffic(sampled_forward_bytes=48_200, sampled_forward_pkts=61),
        flows=(Flow(remote_ip="192.0.2.77", client_port=50_412, details={"forward_action": "pass"}),),
    )


def generator_session() -> GeneratorSession:
    """Return the beginning of the agent's session."""
    return GeneratorSession(
        id=session_id(GENERATOR, SESSION, Connection.UP),
        generator=GENERATOR,
        session=SESSION,
        state=Connection.UP,
        time=BEGIN,
        gateway=GATEWAY,
        since=BEGIN,
        address="192.0.2.1",
        http_port=8085,
        pid=2113,
        connections=1,
        uve_types=("UveVirtualNetworkAgent",),
    )


def lease() -> GatewayLease:
    """Return the gateway's sign of life."""
    return GatewayLease(gateway=GATEWAY, time=BEGIN, lease_s=10.0, started=BEGIN - STEP, generators=1)


def request() -> Request:
    """Return a question to the agent."""
    return Request(
        id="5b3c0e1e-web",
        generator=GENERATOR,
        name="ItfReq",
        arguments=(Argument(name="name", value="tap0"),),
        time=BEGIN,
        expires=BEGIN + timedelta(seconds=30),
        asked_by="noc",
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


def open_incident() -> OpenIncident:
    """Return the incident while it lasts: it was told by mail."""
    said = notification()
    told = ReceiverTold(
        channel=said.channel,
        receiver=said.receiver,
        route="root",
        first=said.time,
        last=said.time,
        severity=Severity.WARNING,
    )
    return OpenIncident.of(updated(), topic=ANOMALIES, partition=3, told=[told])


def checkpoint() -> PollerCheckpoint:
    """Return how far the poller came with the window of the example sample."""
    return PollerCheckpoint(
        orchestrator=LABELS["orchestrator"], window_end=BEGIN + STEP, offsets={"0": 1200, "1": 1187}
    )


def examples() -> dict[type, Event]:
    """Return one example by event class, in the order of the contract."""
    every: tuple[Event, ...] = (
        sample(),
        state(),
        message(),
        share(),
        withdrawn(),
        uve_state(),
        acknowledged(),
        accepted(ENTITY, BEGIN + STEP),
        acknowledgement(INCIDENT, ENTITY, BEGIN + 4 * STEP),
        silence(LABELS, BEGIN + 4 * STEP),
        closed(opened(), BEGIN + 2 * STEP),
        baseline(),
        flow_session(),
        generator_session(),
        lease(),
        request(),
        opened(),
        updated(),
        resolved(),
        *groups(ENTITY, LABELS, BEGIN, STEP),
        notification(),
        open_incident(),
        checkpoint(),
    )
    return {type(event): event for event in every}
