"""Incidents as the store has them: an event a row, of which the latest says how an incident is."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

from satark.analytics.routes.v1.questions.conditions import Conditions, microseconds, time_of
from satark.analytics.store.statement import Row, Statement
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.incidents import IncidentEvent
from satark.schemas.silences import Silence

MAX_EVENTS = 1000
MAX_NOTIFICATIONS = 1000


class IncidentState(StrEnum):
    """How an incident is."""

    OPEN = "open"
    RESOLVED = "resolved"


class Incident(Struct, frozen=True, kw_only=True):
    """An incident by its latest event. `metrics` are its symptoms; `updated_at` is the time of that event's sample."""

    incident: str
    entity: str
    kind: str
    state: IncidentState
    severity: str
    reason: str
    opened_at: datetime
    ended_at: datetime | None
    updated_at: datetime
    events: int
    metrics: list[str]
    alarm: str
    labels: dict[str, str]
    historical: bool
    flapping: bool
    acknowledged: Acknowledgement | None


class Incidents(Struct, frozen=True, kw_only=True):
    """One page of incidents, the youngest first."""

    incidents: list[Incident]
    next: str | None


class Notified(Struct, frozen=True, kw_only=True):
    """Who was told of one of an incident's events, and how that ended.

    `occasion`: why, if not because it happened: reminder, escalation or fallback; else empty.
    """

    time: datetime
    event: str
    channel: str
    receiver: str
    outcome: str
    detail: str
    occasion: str


class Story(Struct, frozen=True, kw_only=True):
    """An incident with all that happened: its events in order, who was told, and what people said of it.

    `silences` are those that held while it was open, the oldest first, and `silenced_by` the ids of those that hold now.
    """

    incident: Incident
    events: list[IncidentEvent]
    notifications: list[Notified]
    silences: list[Silence]
    silenced_by: list[str]


def listing(
    *,
    state: str | None,
    severities: Sequence[str] | None,
    entity: str | None,
    kind: str | None,
    labels: Sequence[str],
    between: tuple[datetime | None, datetime | None],
    behind: tuple[datetime, str] | None,
    limit: int,
) -> Statement:
    """Return the question for a page of incidents, the youngest first, behind one, and one more."""
    rows, latest = Conditions(), Conditions()
    rows.add_given("entity = {entity:String}", entity=entity)
    rows.add_given("kind = {kind:String}", kind=kind)
    rows.add_labels(labels)
    rows.add_time("opened_at >=", "start", between[0])
    rows.add_time("opened_at <", "end", between[1])
    if behind is not None:
        place = {"opened": microseconds(behind[0]), "behind": behind[1]}
        rows.add(f"(opened_at, incident) < ({time_of('opened')}, {{behind:String}})", **place)
    if state is not None:
        latest.add(f"last_event {'=' if state == IncidentState.RESOLVED else '!='} 'resolved'")
    latest.add_given("last_severity IN {severities:Array(String)}", severities=tuple(severities or ()))
    order = ("GROUP BY incident", latest.having, "ORDER BY opened DESC, incident DESC LIMIT {limit:UInt32}")
    return rows.statement(_SELECT, *order, **latest.parameters, limit=limit + 1)


def one(incident: str) -> Statement:
    """Return the question for one incident."""
    return Statement(f"{_SELECT} WHERE incident = {{incident:String}} GROUP BY incident", {"incident": incident})


def events(incident: str) -> Statement:
    """Return the question for the events of an incident, in order; of too many the latest."""
    sql = "SELECT body FROM incidents FINAL WHERE incident = {incident:String} ORDER BY sequence DESC LIMIT {limit:UInt32}"
    return Statement(sql, {"incident": incident, "limit": MAX_EVENTS})


def notified(incident: str) -> Statement:
    """Return the question for who was told of an incident."""
    sql = (
        "SELECT time, channel, receiver, outcome, body FROM notifications FINAL WHERE incident = {incident:String} "
        "ORDER BY time, id LIMIT {limit:UInt32}"
    )
    return Statement(sql, {"incident": incident, "limit": MAX_NOTIFICATIONS})


def incident(row: Row, acknowledged: Acknowledgement | None) -> Incident:
    """Return an incident made of a row of `listing` or `one`."""
    name, entity, kind, event, severity, reason, opened_at, updated_at, count, historical, flapping, labels, body = row
    said = msgspec.json.decode(body, type=_Said)
    return Incident(
        incident=name,
        entity=entity,
        kind=kind,
        state=IncidentState.RESOLVED if event == "resolved" else IncidentState.OPEN,
        severity=severity,
        reason=reason,
        opened_at=opened_at,
        ended_at=said.ended_at,
        updated_at=updated_at,
        events=count,
        metrics=[symptom.metric for symptom in said.symptoms],
        alarm=said.alarm.type if said.alarm else "",
        labels=dict(sorted(labels.items())),
        historical=bool(historical),
        flapping=bool(flapping),
        acknowledged=acknowledged,
    )


def in_order(rows: Sequence[Row]) -> list[IncidentEvent]:
    """Return the events that `events` gave, the oldest first."""
    return [msgspec.json.decode(row[0], type=IncidentEvent) for row in reversed(rows)]


def notifications(rows: Iterable[Row]) -> list[Notified]:
    """Return who was told, made of the rows of `notified`."""
    return [_notified(row) for row in rows]


def _notified(row: Row) -> Notified:
    time, channel, receiver, outcome, body = row
    said = msgspec.json.decode(body, type=_Outcome)
    told: dict[str, Any] = {"time": time, "channel": channel, "receiver": receiver, "outcome": outcome}
    return Notified(event=said.event, detail=said.detail or "", occasion=said.occasion or "", **told)


class _Symptom(Struct):
    metric: str


class _Alarm(Struct):
    type: str = ""


class _Said(Struct):
    ended_at: datetime | None = None
    symptoms: list[_Symptom] = []
    alarm: _Alarm | None = None


class _Outcome(Struct):
    event: str = ""
    detail: str | None = None
    occasion: str | None = None


_SELECT = (
    "SELECT incident, any(entity), any(kind), argMax(event, sequence) AS last_event, "
    "argMax(severity, sequence) AS last_severity, argMax(reason, sequence), min(opened_at) AS opened, max(time), "
    "uniqExact(sequence), max(historical), argMax(flapping, sequence), argMax(labels, sequence), argMax(body, sequence) "
    "FROM incidents"
)
