"""Incident events for tests: the seed's link in London, one with names that try to break out, and one that is huge."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from satark.notifier.events import Event
from satark.runtime.records import Record
from satark.schemas.alarms import AlarmSeverity, AlarmView
from satark.schemas.codec import encode
from satark.schemas.identifiers import instant
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
from satark.schemas.states import ORCHESTRATOR

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
"""Start of the first bad sample; the mail of it is written at 12:15."""
WRITTEN = NOON + timedelta(minutes=15)
INTERVAL_S = 300
OLDEST_S = 100 * 366 * 86_400.0
"""Nothing is too old to be told: noon stays where it is, and the days go on."""

LONDON = {
    "orchestrator": "vco.example.net",
    "enterprise": "Café Réseau",
    "enterprise_id": "4101",
    "edge": "LDN-vVCE",
    "edge_id": "17",
    "link": "BT Business Broadband",
    "link_id": "00000001-a5f7",
    "interface": "GE3",
    "isp": "British Telecom",
    "site": "London",
    "timezone": "Europe/London",
}
ENTITY = "wan-link/vco.example.net/4101/00000001-a5f7"


def recent(low: float, high: float, bad: int, *, samples: int = 24) -> tuple[Point, ...]:
    """Return samples that swing about `low`, the last `bad` of which lie at `high`; one is missing."""
    first = NOON - timedelta(seconds=INTERVAL_S * (samples - bad))
    swing = (0.0, 0.4, -0.3, 0.8, -0.6, 0.2)
    return tuple(
        Point(
            time=first + timedelta(seconds=INTERVAL_S * i),
            value=high if i >= samples - bad else low * (1 + 0.1 * swing[i % len(swing)]),
            anomalous=i >= samples - bad,
        )
        for i in range(samples)
        if i != samples // 2
    )


def symptom(
    metric: str = "latency_ms_rx",
    *,
    value: float = 100.0,
    centre: float = 75.0,
    spread: float = 10.0,
    floor: float = 5.0,
    peak: float | None = None,
    active: bool = True,
    bad: int = 1,
) -> Symptom:
    """Return a symptom with its evidence, judged with a factor of 2."""
    scale = max(spread, floor)
    worst = value if peak is None else peak
    return Symptom(
        metric=metric,
        active=active,
        since=NOON,
        until=None if active else NOON + timedelta(minutes=35),
        time=NOON,
        value=value,
        distance=(value - centre) / scale,
        limit=centre + 2 * scale,
        peak=worst,
        peak_time=NOON + timedelta(minutes=0 if peak is None else 10),
        baseline=Baseline(
            centre=centre,
            spread=spread,
            floor=floor,
            n=12,
            start=NOON - timedelta(hours=1),
            end=NOON,
            window_s=3600,
        ),
        recent=recent(centre, worst, bad),
    )


def opened(
    *symptoms: Symptom,
    labels: Mapping[str, str] | None = None,
    entity: str = ENTITY,
    severity: Severity = Severity.WARNING,
    kind: str = "wan-link",
    historical: bool = False,
) -> IncidentOpened:
    """Return an opened event."""
    incident = incident_id(entity, instant(NOON))
    return IncidentOpened(
        id=incident_event_id(incident, 0),
        incident=incident,
        sequence=0,
        entity=entity,
        kind=kind,
        severity=severity,
        reason=Reason.FIRST_SYMPTOM,
        method="seed",
        opened_at=NOON,
        time=NOON,
        interval_s=INTERVAL_S,
        symptoms=symptoms or (symptom(),),
        labels=dict(LONDON if labels is None else labels),
        historical=historical,
    )


def updated(event: IncidentOpened, *symptoms: Symptom, sequence: int = 1, historical: bool = False) -> IncidentUpdated:
    """Return an update of the event's incident."""
    return IncidentUpdated(
        id=incident_event_id(event.incident, sequence),
        incident=event.incident,
        sequence=sequence,
        entity=event.entity,
        kind=event.kind,
        severity=Severity.CRITICAL,
        reason=Reason.SYMPTOM_ADDED,
        method=event.method,
        opened_at=event.opened_at,
        time=event.time + timedelta(minutes=10),
        interval_s=event.interval_s,
        symptoms=symptoms or event.symptoms,
        labels=event.labels,
        historical=historical,
    )


def still_open(event: IncidentOpened, *, hours: float = 2, sequence: int = 1) -> IncidentUpdated:
    """Return the first event of a historical incident that is for people, some hours after it began."""
    time = event.time + timedelta(hours=hours)
    lasting = tuple(replace(each, time=time) for each in event.symptoms)
    return replace(
        updated(event, *lasting, sequence=sequence), time=time, severity=event.severity, reason=Reason.STILL_OPEN
    )


def resolved(
    event: IncidentOpened, *symptoms: Symptom, sequence: int = 1, historical: bool = False
) -> IncidentResolved:
    """Return the end of the event's incident, 35 minutes after it began."""
    over = symptoms or tuple(replace(each, active=False, value=each.baseline.centre) for each in event.symptoms)
    return IncidentResolved(
        id=incident_event_id(event.incident, sequence),
        incident=event.incident,
        sequence=sequence,
        entity=event.entity,
        kind=event.kind,
        severity=event.severity,
        reason=Reason.ALL_CLEAR,
        method=event.method,
        opened_at=event.opened_at,
        time=event.time + timedelta(minutes=45),
        interval_s=event.interval_s,
        symptoms=over,
        labels=event.labels,
        ended_at=event.opened_at + timedelta(minutes=35),
        duration_s=2100,
        historical=historical,
    )


def blind(
    *, cycles: int = 3, reason: str = "auth_failed", detail: str = "HTTP 401: token is not valid"
) -> IncidentOpened:
    """Return that an orchestrator could not be read three times in a row."""
    seen = symptom("failed_cycles", value=float(cycles))
    points = tuple(Point(time=NOON + timedelta(minutes=5 * i), value=float(3 + i), anomalous=True) for i in (-2, -1, 0))
    normal = Baseline(centre=0.0, spread=0.0, floor=1.0, n=0, start=NOON, end=NOON, window_s=0)
    judged = replace(seen, distance=float(cycles), limit=2.0, baseline=normal, recent=points)
    labels = {"orchestrator": "vco.example.net"} | {n: v for n, v in (("reason", reason), ("detail", detail)) if v}
    event = opened(
        judged, labels=labels, entity="orchestrator/vco.example.net", severity=Severity.CRITICAL, kind=ORCHESTRATOR
    )
    return replace(event, method="limit")


def readable(event: IncidentOpened, *, cycles: int = 5) -> IncidentResolved:
    """Return that it can be read again after some failed cycles."""
    seen = replace(event.symptoms[0], active=False, value=0.0, distance=0.0, peak=float(cycles))
    over = resolved(event, seen)
    lasted = timedelta(minutes=5 * (cycles - 2))
    ended = event.opened_at + lasted
    labels = {"orchestrator": event.labels["orchestrator"]}
    return replace(over, time=ended, ended_at=ended, duration_s=int(lasted.total_seconds()), labels=labels)


def silent(*others: Symptom, cycles: int = 6) -> IncidentOpened:
    """Return that a link has had no data for half an hour, and what else is wrong with it."""
    seen = symptom("missing_cycles", value=float(cycles))
    points = tuple(Point(time=NOON + timedelta(minutes=5 * i), value=float(6 + i), anomalous=i == 0) for i in (-1, 0))
    normal = Baseline(centre=0.0, spread=0.0, floor=1.0, n=0, start=NOON, end=NOON, window_s=0)
    judged = replace(seen, distance=float(cycles), limit=5.0, baseline=normal, recent=points)
    return replace(opened(*others, judged, severity=Severity.CRITICAL), method="limit")


def heard(event: IncidentOpened, *, cycles: int = 9) -> IncidentResolved:
    """Return that the link has data again, after so many cycles without any."""
    seen = replace(event.symptoms[-1], active=False, value=0.0, distance=0.0, peak=float(cycles))
    ended = event.opened_at + timedelta(minutes=5 * (cycles - 5))
    return replace(resolved(event, seen), time=ended, ended_at=ended, duration_s=300 * (cycles - 5))


def alarm() -> IncidentOpened:
    """Return that two processes of a compute node do not run."""
    condition = {
        "operand1": "NodeStatus.process_info.process_state",
        "operation": "!=",
        "operand2": {"json_value": '"PROCESS_STATE_RUNNING"'},
        "variables": ["NodeStatus.process_info.process_name"],
    }
    matches = [
        {"json_operand1_value": state, "json_variables": {"NodeStatus.process_info.process_name": f'"{name}"'}}
        for name, state in (("contrail-vrouter-agent", '"PROCESS_STATE_STOPPED"'), ("nodemgr", "null"))
    ]
    event = opened(
        symptom(),
        labels={"type": "vrouter", "object": "node7", "alarm": "system-defined-process-status"},
        entity="ObjectVRouter:node7",
        severity=Severity.CRITICAL,
        kind="vrouter",
    )
    view = AlarmView(
        type="default-global-system-config:system-defined-process-status",
        severity=AlarmSeverity.CRITICAL,
        time=NOON,
        token="1",
        description="Process Failure.",
        alarm_rules={"or_list": [{"and_list": [{"condition": condition, "match": matches}]}]},
        reason="conditions_hold",
    )
    return replace(event, symptoms=(), method="alarm", interval_s=1, alarm=view)


def alarm_over(event: IncidentOpened, reason: str = "conditions_over") -> IncidentResolved:
    """Return that the alarm ended half an hour later."""
    assert event.alarm is not None
    over = resolved(opened(symptom()), symptom())
    ended = NOON + timedelta(minutes=30)
    return replace(
        over,
        **{name: getattr(event, name) for name in ("incident", "entity", "kind", "severity", "labels", "opened_at")},
        symptoms=(),
        method="alarm",
        interval_s=1,
        time=ended,
        ended_at=ended,
        duration_s=1800,
        alarm=replace(event.alarm, reason=reason),
    )


def record(event: Event, *, offset: int = 0, published_at: datetime = WRITTEN, partition: int = 0) -> Record:
    """Return the event as it is read from Kafka."""
    encoded = encode(event, source="/satark/detector")
    return Record(encoded.topic, partition, offset, published_at, encoded.key, encoded.value, encoded.headers)
