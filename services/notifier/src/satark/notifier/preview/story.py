"""A made-up network for examples: a day of a link's latency and loss, and the incidents that come of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import cos, pi, sin
from typing import Any

from satark.schemas.identifiers import instant
from satark.schemas.incident_groups import (
    Dimension,
    GroupMember,
    GroupReason,
    IncidentGroupOpened,
    WorstSymptom,
    group_entity,
    incident_group_event_id,
    incident_group_id,
)
from satark.schemas.incidents import (
    Baseline,
    Cause,
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
from satark.schemas.metrics import LATENCY_MS_RX, LOSS_PCT_RX, WAN_LINK

BEGIN = datetime(2026, 3, 2, 9, 40, tzinfo=UTC)
"""Start of the first bad sample, on a Monday."""
STEP = timedelta(minutes=5)
LENGTH = 7
"""Samples that an incident lasts."""
DAY = 288
"""Samples of a day."""

SCOPE = {"orchestrator": "vco.example.net", "enterprise": "Example Retail", "enterprise_id": "4101"}
SITES = ("London", "Paris", "Zürich", "São Paulo", "Pune", "Osaka")
ZURICH = 2
"""The link of most examples: its clock is not UTC."""

PROVIDERS = ("Example Telecom", "Example Broadband", "Example Fibre")
ZONES = {"Zürich": "Europe/Zurich", "São Paulo": "America/Sao_Paulo", "Pune": "Asia/Kolkata", "Osaka": "Asia/Tokyo"}


@dataclass(frozen=True, slots=True)
class Metric:
    """How a metric of the network is: its level, how it swings, and how bad it gets."""

    name: str
    level: float
    swing: float
    limit: float
    worst: float

    @property
    def spread(self) -> float:
        """A quarter of what is allowed."""
        return (self.limit - self.level) / 4


LATENCY = Metric(LATENCY_MS_RX, level=24.0, swing=5.0, limit=36.0, worst=88.0)
LOSS = Metric(LOSS_PCT_RX, level=0.1, swing=0.08, limit=1.0, worst=3.2)


def labels(number: int) -> dict[str, str]:
    """Return the names of one of the network's links."""
    site = SITES[number % len(SITES)]
    names = {
        "edge": f"{site} {number // len(SITES) + 1:02}",
        "edge_id": str(number),
        "link": "Broadband A",
        "interface": "GE3",
    }
    provider = {"isp": PROVIDERS[max(0, number % 5 - 2)], "site": site}
    return SCOPE | names | provider | {"timezone": ZONES.get(site, "Europe/London"), "link_id": f"f3a1{number:04x}"}


def symptom(metric: Metric, samples: int, *, begin: datetime = BEGIN, over: bool = False) -> Symptom:
    """Return a metric's evidence `samples` after it went bad; `over`: it is well again by then."""
    time = begin + (samples - 1) * STEP
    points = tuple(_point(metric, begin, index) for index in range(-DAY, samples + (3 if over else 0)))
    bad = [point for point in points if point.anomalous]
    worst = max(bad, key=lambda point: point.value)
    value = points[-1].value if over else bad[-1].value
    return Symptom(
        metric=metric.name,
        active=not over,
        since=begin,
        time=time,
        value=value,
        distance=(value - metric.level) / (metric.spread),
        limit=metric.limit,
        peak=worst.value,
        peak_time=worst.time,
        baseline=Baseline(
            centre=metric.level,
            spread=metric.spread,
            floor=metric.spread / 2,
            n=DAY * 7,
            start=begin - timedelta(days=7),
            end=begin,
            window_s=7 * 86_400,
        ),
        recent=points,
        until=begin + LENGTH * STEP if over else None,
        cause=Cause.UNUSUAL,
    )


def opened(number: int = ZURICH, *, begin: datetime = BEGIN, severity: Severity = Severity.WARNING) -> IncidentOpened:
    """Return the beginning of a link's incident."""
    return IncidentOpened(**_common(number, 0, begin, 1), severity=severity, reason=Reason.FIRST_SYMPTOM)


def updated(number: int = ZURICH, *, begin: datetime = BEGIN, samples: int = 4) -> IncidentUpdated:
    """Return that packets are lost too."""
    reason = Reason.SYMPTOM_ADDED
    common = _common(number, 1, begin, samples, metrics=(LATENCY, LOSS))
    return IncidentUpdated(**common, severity=Severity.CRITICAL, reason=reason)


def resolved(number: int = ZURICH, *, begin: datetime = BEGIN) -> IncidentResolved:
    """Return the end of a link's incident."""
    ended_at = begin + LENGTH * STEP
    return IncidentResolved(
        **_common(number, 2, begin, LENGTH, metrics=(LATENCY, LOSS), over=True),
        severity=Severity.CRITICAL,
        reason=Reason.ALL_CLEAR,
        ended_at=ended_at,
        duration_s=int((ended_at - begin).total_seconds()),
    )


def group(count: int = 6) -> IncidentGroupOpened:
    """Return that several links of one provider went bad together."""
    members = tuple(_member(opened(5 * number, begin=BEGIN + number * STEP / 5)) for number in range(count))
    entity = group_entity(SCOPE["orchestrator"], SCOPE["enterprise_id"], Dimension.ISP, PROVIDERS[0])
    identity = incident_group_id(entity, members[0].incident)
    return IncidentGroupOpened(
        id=incident_group_event_id(identity, 0),
        group=identity,
        sequence=0,
        entity=entity,
        dimension=Dimension.ISP,
        value=PROVIDERS[0],
        severity=Severity.WARNING,
        reason=GroupReason.ENOUGH_MEMBERS,
        opened_at=BEGIN,
        time=BEGIN + STEP,
        joins_from=BEGIN - 3 * STEP,
        joins_until=BEGIN + 3 * STEP,
        members=members,
        member_count=count,
        open_count=count,
        total_count=count + 3,
        labels=SCOPE | {"isp": PROVIDERS[0]},
    )


def _common(
    number: int,
    sequence: int,
    begin: datetime,
    samples: int,
    *,
    metrics: tuple[Metric, ...] = (LATENCY,),
    over: bool = False,
) -> Mapping[str, Any]:
    entity = f"{WAN_LINK}/{SCOPE['orchestrator']}/{SCOPE['enterprise_id']}/f3a1{number:04x}"
    incident = incident_id(entity, instant(begin))
    return {
        "id": incident_event_id(incident, sequence),
        "incident": incident,
        "sequence": sequence,
        "entity": entity,
        "kind": WAN_LINK,
        "method": "robust",
        "opened_at": begin,
        "time": begin + (samples - 1 + (3 if over else 0)) * STEP,
        "interval_s": int(STEP.total_seconds()),
        "symptoms": tuple(symptom(_worse(metric, number), samples, begin=begin, over=over) for metric in metrics),
        "labels": labels(number),
    }


def _member(event: IncidentOpened) -> GroupMember:
    told = event.symptoms[0]
    return GroupMember(
        entity=event.entity,
        kind=event.kind,
        incident=event.incident,
        severity=event.severity,
        opened_at=event.opened_at,
        worst=WorstSymptom(
            metric=told.metric,
            value=told.value,
            normal=told.baseline.centre,
            limit=told.limit,
            peak=told.peak,
            distance=told.distance,
        ),
        labels=event.labels,
    )


def _worse(metric: Metric, number: int) -> Metric:
    """Return a metric as it is on one link: no two are equally bad."""
    return replace(metric, worst=metric.worst * (1 + number * 37 % 50 / 100))


def _point(metric: Metric, begin: datetime, index: int) -> Point:
    """Return a sample: a day's swing and some unrest, and a hill while it is bad."""
    time = begin + index * STEP
    is_bad = 0 <= index < LENGTH
    hours = (time - time.replace(hour=0, minute=0)).total_seconds() / 3600
    unrest = sin(index * 2.7) * cos(index * 1.3) * 0.3
    usual = metric.level + metric.swing * (0.5 * sin((hours - 8) / 24 * 2 * pi) + unrest)
    risen = metric.limit + (metric.worst - metric.limit) * (0.45 + 0.55 * sin((index + 1) / (LENGTH + 1) * pi))
    return Point(time=time, value=round(max(0.0, risen if is_bad else usual), 3), anomalous=is_bad)
