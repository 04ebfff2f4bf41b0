"""Alarms as incidents: the same topic, life cycle and way to people as those of measured entities."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from satark.detector.alarms.instance import AlarmEvent, Change, Reason, micros, moment
from satark.detector.alarms.model import SEVERITIES
from satark.schemas import incidents
from satark.schemas.alarms import AlarmSeverity, AlarmView, alarm_incident_id
from satark.schemas.identifiers import identifier
from satark.schemas.incidents import (
    IncidentEvent,
    IncidentOpened,
    IncidentResolved,
    IncidentUpdated,
    incident_event_id,
)
from satark.uve.alarms import Alarm
from satark.uve.tables import api_type, split_key

METHOD = "alarm"
MAX_ENTITY_CHARS = 512
"""Of an entity's key in the contract; keys of UVEs may be longer."""

MAX_RULES_BYTES = 16_384
FEW = 3
"""So many matches of a condition are told where all would be too much."""

_REASONS: Mapping[Reason, incidents.Reason] = MappingProxyType(
    {
        Reason.CONDITIONS_HOLD: incidents.Reason.FIRST_SYMPTOM,
        Reason.FLAPPING: incidents.Reason.FLAPPING,
        Reason.DETAILS_CHANGED: incidents.Reason.DETAILS_CHANGED,
        Reason.RULE_CHANGED: incidents.Reason.DETAILS_CHANGED,
        Reason.ACKNOWLEDGED: incidents.Reason.ACKNOWLEDGED,
    }
)
"""All others end the alarm."""

_EVENTS: Mapping[Change, Callable[..., IncidentEvent]] = MappingProxyType(
    {Change.OPENED: IncidentOpened, Change.UPDATED: IncidentUpdated, Change.RESOLVED: IncidentResolved}
)


def incident_of(event: AlarmEvent) -> IncidentEvent:
    """Return what happened to an alarm as an event of the contract."""
    table, name = split_key(event.key)
    incident = alarm_incident_id(event.key, event.alarm.type, micros(event.began))
    ended: dict[str, Any] = {}
    if event.change is Change.RESOLVED:
        at = event.ended or event.time
        ended = {"ended_at": at, "duration_s": max(0, round((at - event.began).total_seconds()))}
    return _EVENTS[event.change](
        id=incident_event_id(incident, event.sequence),
        incident=incident,
        sequence=event.sequence,
        entity=entity_of(event.key),
        kind=api_type(table)[:64],
        severity=incidents.Severity(SEVERITIES[event.alarm.severity]),
        reason=_REASONS.get(event.reason, incidents.Reason.ALL_CLEAR),
        method=METHOD,
        opened_at=event.began,
        time=event.time,
        interval_s=1,
        symptoms=(),
        labels={"object": name, "type": api_type(table), "alarm": event.alarm.type.rpartition(":")[2]},
        alarm=view_of(event.alarm, reason=event.reason.value),
        **ended,
    )


def view_of(alarm: Alarm, *, reason: str = "") -> AlarmView:
    """Return an alarm as the contract shows it."""
    return AlarmView(
        type=alarm.type,
        severity=AlarmSeverity(SEVERITIES[alarm.severity]),
        time=moment(alarm.timestamp),
        token=alarm.token,
        acknowledged=alarm.ack,
        description=alarm.description,
        alarm_rules=_told(alarm),
        reason=reason,
    )


def entity_of(key: str) -> str:
    """Return the key of a UVE as that of an entity: itself, or of a very long one its beginning and what it hashes to."""
    if len(key) <= MAX_ENTITY_CHARS:
        return key
    digest = identifier("entity", key)
    return f"{key[: MAX_ENTITY_CHARS - len(digest) - 1]}#{digest}"


def _told(alarm: Alarm) -> dict[str, Any]:
    """Return the conditions that hold as plain values, with few of their matches or none where that is too much."""
    rules: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(alarm.alarm_rules))
    if _size(rules) <= MAX_RULES_BYTES:
        return rules
    for together in rules["or_list"]:
        for condition in together["and_list"]:
            condition["more"] = condition.get("more", 0) + len(condition["match"]) - FEW
            condition["match"] = condition["match"][:FEW]
    return rules if _size(rules) <= MAX_RULES_BYTES else {}


def _size(rules: dict[str, Any]) -> int:
    return len(msgspec.json.encode(rules))
