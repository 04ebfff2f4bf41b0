"""A link with two days of history that ends now: a daily rhythm, an hour in which nothing was measured, and incidents."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from msgspec.structs import replace

from satark.analytics.store.client import Store
from satark.schemas import examples
from satark.schemas.examples_groups import groups
from satark.schemas.incident_groups import IncidentGroupEvent
from satark.schemas.incidents import IncidentEvent, Reason, Severity, Symptom
from satark.schemas.metrics import LATENCY_MS_RX, MetricSample
from satark.schemas.notifications import Notification, Outcome
from tests.unit.analytics.v1.scene import (
    changed,
    put_baselines,
    put_groups,
    put_incidents,
    put_notifications,
    put_samples,
    sample,
)

STEP = timedelta(minutes=5)
HALF_HOUR = timedelta(minutes=30)
DAYS = 2
ENTITY = "wan-link/vco.example.net/7/f3a1c0de"
LABELS = {
    "orchestrator": "vco.example.net",
    "enterprise": "Example Retail",
    "enterprise_id": "7",
    "site": "Pune",
    "edge": "Pune-01",
    "link": "Broadband 1",
    "interface": "GE4",
    "isp": "Example Telecom",
}
HOSTILE = {
    **LABELS,
    "edge": '<img src=x onerror="alert(1)"><script>alert(2)</script>',
    "link": "\u202egnihtemos \u05d0\u05d1\u05d2" + "W" * 200,
    "enterprise": "</script><!-- " + "M" * 120,
    "isp": "{{ 7 * 7 }} & Söhne",
}
"""Names from outside that would be more than names, were pages made of them: HTML, right to left, 200 letters."""

USUAL = {
    "latency_ms_rx": 22.0,
    "latency_ms_tx": 24.0,
    "jitter_ms_rx": 2.5,
    "jitter_ms_tx": 3.0,
    "loss_pct_rx": 0.1,
    "loss_pct_tx": 0.1,
}


def now() -> datetime:
    """Return the time, at the beginning of an interval."""
    time = datetime.now(UTC)
    return time - timedelta(seconds=time.timestamp() % STEP.total_seconds())


def begin() -> datetime:
    """Return when the open incident began."""
    return now() - 9 * STEP


def measured(entity: str = ENTITY, labels: dict[str, str] | None = None) -> Iterator[MetricSample]:
    """Yield the samples of a link; an hour of yesterday is missing, and the last three quarters are bad."""
    random, end = Random(entity), now()  # noqa: S311 - noise, the same each time
    for number in range(DAYS * 288, 0, -1):
        time = end - number * STEP
        if timedelta(hours=14) < end - time <= timedelta(hours=15):
            continue
        wave = 1 + 0.15 * math.sin(time.hour / 24 * 2 * math.pi)
        metrics = {name: round(usual * wave * random.uniform(0.88, 1.12), 3) for name, usual in USUAL.items()}
        if time >= begin():
            metrics[LATENCY_MS_RX] = 95 + random.uniform(-6, 6)
        yield sample(entity, time, labels=labels or LABELS, metrics=metrics)


def normals(entity: str = ENTITY) -> Iterator[dict[str, Any]]:
    """Yield what was normal, for each half-hour but the first twelve hours, in which it was learnt."""
    end = now()
    first = end - timedelta(days=DAYS)
    first -= timedelta(seconds=first.timestamp() % HALF_HOUR.total_seconds())
    for number in range(DAYS * 48 + 1):
        time = first + number * HALF_HOUR
        learnt = number >= 24
        for metric, usual in USUAL.items():
            centre = usual * (1 + 0.15 * math.sin(time.hour / 24 * 2 * math.pi))
            band = (
                {"centre": centre, "low": 0.8 * centre, "high": 1.2 * centre}
                if learnt
                else dict.fromkeys(("centre", "low", "high"))
            )
            yield {
                "entity": entity,
                "metric": metric,
                "time": time,
                "until": time + HALF_HOUR,
                "limit_value": 1.6 * usual + 5,
                "state": "watching" if learnt else "learning",
                **band,
            }


def symptom(**members: Any) -> Symptom:
    """Return the evidence of the open incident."""
    told = {"since": begin(), "time": now() - STEP, "peak_time": begin() + STEP, "peak": 101.0}
    found: Symptom = changed(examples.symptom(), **(told | members))
    return found


def story(
    entity: str = ENTITY, labels: dict[str, str] | None = None, incident: str = "incident-open"
) -> list[IncidentEvent]:
    """Return the events of an incident that is open: it began as a warning and became critical."""
    same: dict[str, Any] = {
        "incident": incident,
        "entity": entity,
        "opened_at": begin(),
        "labels": labels or LABELS,
        "symptoms": (symptom(),),
    }
    return [
        changed(examples.opened(), id=f"{incident}-0", time=begin(), severity=Severity.WARNING, **same),
        changed(examples.updated(), id=f"{incident}-1", time=begin() + 2 * STEP, reason=Reason.SEVERITY_RAISED, **same),
    ]


def over(
    number: int, *, entity: str = ENTITY, labels: dict[str, str] | None = None, hours: float = 20
) -> list[IncidentEvent]:
    """Return the events of an incident that is over, which began so many hours ago."""
    start, name = now() - timedelta(hours=hours), f"incident-over-{number}"
    end = start + 6 * STEP
    same: dict[str, Any] = {"incident": name, "entity": entity, "opened_at": start, "labels": labels or LABELS}
    told = symptom(since=start, time=end, peak_time=start, until=end, active=False)
    return [
        changed(examples.opened(), id=f"{name}-0", time=start, symptoms=(told,), **same),
        changed(examples.resolved(), id=f"{name}-2", time=end, ended_at=end, duration_s=1800, symptoms=(told,), **same),
    ]


def told(incident: str = "incident-open") -> list[Notification]:
    """Return who was told of the open incident, and how that ended: one each way."""
    said = examples.notification()
    ways = (
        (Outcome.SENT, "noc@example.net", "250 2.0.0 Ok: queued", None),
        (Outcome.FAILED, "old@example.net", "550 5.1.1 no such user", "escalation"),
        (Outcome.SUPPRESSED, "boss@example.net", "only told of critical incidents", None),
    )
    return [
        replace(
            said,
            id=f"{incident}-{outcome}",
            event=f"{incident}-0",
            incident=incident,
            outcome=outcome,
            receiver=receiver,
            detail=detail,
            occasion=occasion,
            time=begin() + STEP + timedelta(seconds=number),
        )
        for number, (outcome, receiver, detail, occasion) in enumerate(ways)
    ]


def group(incidents: dict[str, str]) -> IncidentGroupEvent:
    """Return an open group of incidents, given with their entities."""
    event = next(one for one in groups(ENTITY, LABELS, begin(), STEP))
    members = tuple(
        changed(event.members[0], incident=incident, entity=entity, opened_at=begin())
        for incident, entity in incidents.items()
    )
    told = {"members": members, "member_count": len(members), "open_count": len(members)}
    found: IncidentGroupEvent = changed(event, group="group-1", id="group-1-0", **told)
    return found


def put_link(store: Store, entity: str = ENTITY, labels: dict[str, str] | None = None) -> None:
    """Put the link's history into the store, with its open incident, one that is over, and who was told."""
    put_samples(store, *measured(entity, labels))
    put_baselines(store, *normals(entity))
    put_incidents(store, *story(entity, labels), *over(1, entity=entity, labels=labels))
    put_notifications(store, *told())


def put_group(store: Store, incidents: dict[str, str]) -> None:
    """Put an open group into the store."""
    put_groups(store, group(incidents))
