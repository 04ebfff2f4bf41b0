"""Groups of incidents for tests: links of one provider that go bad within minutes."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from satark.schemas.incident_groups import (
    Dimension,
    GroupMember,
    GroupReason,
    IncidentGroupEvent,
    IncidentGroupOpened,
    IncidentGroupResolved,
    IncidentGroupUpdated,
    WorstSymptom,
    group_entity,
    incident_group_event_id,
    incident_group_id,
)
from satark.schemas.incidents import IncidentOpened, Severity
from tests.unit.notifier.scenes import LONDON, NOON, opened

ISP = "British Telecom"
MINUTE = timedelta(minutes=1)


def incident(number: int, **labels: str) -> IncidentOpened:
    """Return the beginning of the incident of one of the provider's links, each a minute after the other."""
    names = LONDON | {"edge": f"Edge {number}", "link": "BT Broadband", "site": f"Site {number}"} | labels
    made = opened(entity=f"wan-link/vco.example.net/4101/{number}", labels=names)
    return replace(made, opened_at=NOON + number * MINUTE)


def member(event: IncidentOpened, **changes: Any) -> GroupMember:
    """Return an incident as a member of a group."""
    symptom = event.symptoms[0]
    worst = WorstSymptom(
        metric=symptom.metric,
        value=symptom.value,
        normal=symptom.baseline.centre,
        limit=symptom.limit,
        peak=symptom.peak,
        distance=symptom.distance,
    )
    fields: dict[str, Any] = {
        "entity": event.entity,
        "kind": event.kind,
        "incident": event.incident,
        "severity": event.severity,
        "opened_at": event.opened_at,
        "worst": worst,
        "labels": {name: event.labels[name] for name in ("edge", "link", "site", "isp")},
    }
    return GroupMember(**fields | changes)


def group(*incidents: IncidentOpened, sequence: int = 0, **changes: Any) -> IncidentGroupEvent:
    """Return a group's event: opened first, updated later, resolved when `ended_at` is among the changes."""
    kind: type[Any] = IncidentGroupOpened if sequence == 0 else IncidentGroupUpdated
    kind = IncidentGroupResolved if "ended_at" in changes else kind
    members = tuple(member(each, ended_at=changes.get("ended_at")) for each in incidents)
    entity = group_entity("vco.example.net", "4101", Dimension.ISP, ISP)
    identity = incident_group_id(entity, incidents[0].incident)
    fields: dict[str, Any] = {
        "id": incident_group_event_id(identity, sequence),
        "group": identity,
        "sequence": sequence,
        "entity": entity,
        "dimension": Dimension.ISP,
        "value": ISP,
        "severity": Severity.WARNING,
        "reason": GroupReason.ENOUGH_MEMBERS if sequence == 0 else GroupReason.MEMBER_JOINED,
        "opened_at": incidents[0].opened_at,
        "time": NOON + 5 * MINUTE,
        "joins_from": NOON - 15 * MINUTE,
        "joins_until": NOON + 15 * MINUTE,
        "members": members,
        "member_count": len(members),
        "open_count": len(members),
        "labels": {name: LONDON[name] for name in ("orchestrator", "enterprise", "enterprise_id", "isp")},
    }
    made: IncidentGroupEvent = kind(**fields | changes)
    return made


def over(*incidents: IncidentOpened, sequence: int = 1) -> IncidentGroupEvent:
    """Return the end of a group, 35 minutes after it began."""
    ended = {"ended_at": NOON + 35 * MINUTE, "duration_s": 2100, "open_count": 0, "reason": GroupReason.ALL_CLEAR}
    return group(*incidents, sequence=sequence, time=NOON + 45 * MINUTE, **ended)
