"""Incidents to explain: events as the detector publishes them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from satark.schemas.identifiers import instant
from satark.schemas.incidents import (
    Baseline,
    Cause,
    IncidentEvent,
    IncidentOpened,
    IncidentResolved,
    Point,
    Reason,
    Severity,
    Symptom,
    incident_event_id,
    incident_id,
)
from satark.schemas.metrics import LATENCY_MS_RX, WAN_LINK

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
LINK = "wan-link/vco/4101/link-b"
STEP_S = 300


def after(intervals: float) -> datetime:
    """Return noon and so many intervals."""
    return NOON + timedelta(seconds=STEP_S * intervals)


def points(values: Sequence[float], *, above: float = 31.0) -> tuple[Point, ...]:
    """Return points that begin twelve intervals before noon."""
    return tuple(Point(time=after(i - 12), value=v, anomalous=v > above) for i, v in enumerate(values))


def symptom(
    metric: str = LATENCY_MS_RX,
    *,
    active: bool = True,
    n: int = 12,
    cause: Cause | None = Cause.WINDOW,
    recent: tuple[Point, ...] = (),
    distance: float = 12.4,
) -> Symptom:
    """Return a metric that went from 21 to 88 at noon."""
    normal = Baseline(
        centre=21.0 if n else 0.0,
        spread=1.25 if n else 0.0,
        floor=5.0,
        n=n,
        start=after(-12),
        end=NOON,
        window_s=3600,
    )
    return Symptom(
        metric=metric,
        active=active,
        since=NOON,
        time=NOON,
        value=88.0,
        distance=distance,
        limit=31.0,
        peak=88.0,
        peak_time=NOON,
        baseline=normal,
        recent=recent,
        until=None if active else after(2),
        cause=cause,
    )


def opened(
    entity: str = LINK,
    *symptoms: Symptom,
    since: datetime = NOON,
    rules: tuple[str, ...] = (),
    historical: bool = False,
) -> IncidentOpened:
    """Return the first event of an incident."""
    incident = incident_id(entity, instant(since))
    return IncidentOpened(
        id=incident_event_id(incident, 0),
        incident=incident,
        sequence=0,
        entity=entity,
        kind=WAN_LINK,
        severity=Severity.CRITICAL,
        reason=Reason.FIRST_SYMPTOM,
        method="seed",
        opened_at=since,
        time=since,
        interval_s=STEP_S,
        symptoms=symptoms or (symptom(),),
        labels={"edge": "LDN-BR-01", "link": "Broadband B", "isp": "BT"},
        rules=rules,
        historical=historical,
    )


def resolved(first: IncidentOpened, *symptoms: Symptom, intervals: int = 3) -> IncidentResolved:
    """Return the last event of an incident, which lasted so many intervals."""
    fields = {name: getattr(first, name) for name in first.__struct_fields__}
    step = timedelta(seconds=STEP_S)
    fields |= {
        "id": incident_event_id(first.incident, 1),
        "sequence": 1,
        "reason": Reason.ALL_CLEAR,
        "time": first.opened_at + (intervals + 2) * step,
        "symptoms": symptoms or (symptom(active=False),),
    }
    return IncidentResolved(**fields, ended_at=first.opened_at + intervals * step, duration_s=intervals * STEP_S)


def write(path: Path, events: Sequence[IncidentEvent]) -> Path:
    """Write events to a file, one a line."""
    path.write_bytes(b"".join(msgspec.json.encode(event) + b"\n" for event in events))
    return path
