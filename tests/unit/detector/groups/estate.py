"""Incidents of an estate: links by site, provider and gateway that go bad and recover."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from satark.detector.groups.model import GroupRules, Member
from satark.detector.groups.notices import notice_of
from satark.schemas import examples
from satark.schemas.identifiers import instant
from satark.schemas.incidents import IncidentEvent, IncidentResolved, Severity, incident_event_id, incident_id

BEGIN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = GroupRules()
NAMES = {"orchestrator": "vco.example.net", "enterprise": "Example Retail", "enterprise_id": "7"}
SCOPE = "vco.example.net/7"


def link(number: int, **shared: str) -> dict[str, str]:
    """Return the labels of a link."""
    return {**NAMES, "edge": f"Edge {number}", "link": f"Link {number}", "link_id": str(number), **shared}


def event(
    labels: dict[str, str],
    at: float = 0.0,
    sequence: int = 0,
    *,
    severity: Severity = Severity.WARNING,
    resolved_at: float | None = None,
    opened_at: float | None = None,
    historical: bool = False,
) -> IncidentEvent:
    """Return an event of a link's incident; times are minutes since BEGIN."""
    began = BEGIN + (at if opened_at is None else opened_at) * MINUTE
    entity = f"wan-link/{labels['orchestrator']}/{labels['enterprise_id']}/{labels['link_id']}"
    incident = incident_id(entity, instant(began))
    changes: dict[str, Any] = {
        "id": incident_event_id(incident, sequence),
        "incident": incident,
        "sequence": sequence,
        "entity": entity,
        "severity": severity,
        "opened_at": began,
        "time": BEGIN + (at if resolved_at is None else resolved_at) * MINUTE,
        "labels": labels,
        "historical": historical,
    }
    if resolved_at is None:
        return replace(examples.opened() if sequence == 0 else examples.updated(), **changes)
    ended = BEGIN + resolved_at * MINUTE
    changes |= {"ended_at": ended, "duration_s": int((ended - began).total_seconds())}
    resolved: IncidentResolved = replace(examples.resolved(), **changes)
    return resolved


def member(labels: dict[str, str], at: float = 0.0, sequence: int = 0, **more: Any) -> Member:
    """Return how the grouping hears of an event."""
    notice = notice_of(event(labels, at, sequence, **more))
    assert notice is not None
    return notice.member


def minutes(at: float) -> datetime:
    """Return a time, in minutes since BEGIN."""
    return BEGIN + at * MINUTE


def places(members: Iterable[Any]) -> list[str]:
    """Return the edges of a group's members."""
    return [each.labels["edge"] for each in members]
