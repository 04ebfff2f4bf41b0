"""Links, and any other entity that is measured: what they are called, how they are, and what was measured last."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct

from satark.analytics.routes.v1.questions.conditions import Conditions, microseconds, time_of
from satark.analytics.store.statement import Row, Statement

SILENT_AFTER = timedelta(minutes=30)
"""Six intervals of an orchestrator's samples, of which the last two may still be on their way."""

OPEN = "SELECT entity FROM incidents GROUP BY entity, incident HAVING argMax(event, sequence) != 'resolved'"
"""Used with GLOBAL, for on a cluster both tables are spread over its machines."""


class LinkState(StrEnum):
    """How an entity is."""

    INCIDENT = "incident"
    """It has an open incident."""
    SILENT = "silent"
    """Nothing was measured of late."""
    OK = "ok"


class OpenIncident(Struct, frozen=True, kw_only=True):
    """An incident that is open."""

    incident: str
    severity: str
    opened_at: datetime


class LastSample(Struct, frozen=True, kw_only=True):
    """What was measured last; times are when the interval began."""

    time: datetime
    interval_s: int
    metrics: dict[str, float]


class Link(Struct, frozen=True, kw_only=True):
    """An entity that is measured."""

    entity: str
    kind: str
    state: LinkState
    labels: dict[str, str]
    first_seen: datetime
    last_seen: datetime
    last_sample: LastSample | None
    incidents: list[OpenIncident]


class Links(Struct, frozen=True, kw_only=True):
    """One page of links."""

    links: list[Link]
    next: str | None


def listing(
    *, kind: str | None, labels: Sequence[str], state: str | None, after: str, limit: int, now: datetime
) -> Statement:
    """Return the question for a page of entities behind one, and one more."""
    conditions = Conditions()
    conditions.add("entity > {after:String}", after=after)
    conditions.add_given("kind = {kind:String}", kind=kind)
    conditions.add_labels(labels)
    if state == LinkState.INCIDENT:
        conditions.add(f"entity GLOBAL IN ({OPEN})")
    elif state is not None:
        sign = "<" if state == LinkState.SILENT else ">="
        conditions.add(f"entity GLOBAL NOT IN ({OPEN})")
        conditions.add_time(f"last_seen {sign}", "silent", now - SILENT_AFTER)
    return conditions.statement(_SELECT, "ORDER BY entity LIMIT {limit:UInt32}", limit=limit + 1)


def one(entity: str) -> Statement:
    """Return the question for one entity."""
    conditions = Conditions()
    conditions.add("entity = {entity:String}", entity=entity)
    return conditions.statement(_SELECT)


def last_samples(entities: Iterable[Row]) -> Statement:
    """Return the question for the last sample of each entity that `listing` or `one` gave."""
    names = [row[0] for row in entities]
    times = [microseconds(row[4]) for row in entities]
    conditions = Conditions()
    conditions.add("entity IN {entities:Array(String)}", entities=names)
    conditions.add(f"time >= {time_of('earliest')}", earliest=min(times, default=0))
    conditions.add(
        "(entity, toUnixTimestamp64Micro(time)) IN "
        "(SELECT pair.1, pair.2 FROM (SELECT arrayJoin(arrayZip({entities:Array(String)}, {times:Array(Int64)})) AS pair))",
        times=times,
    )
    return conditions.statement(
        "SELECT entity, any(time), any(interval_s), groupArray((metric, value)) FROM samples FINAL", "GROUP BY entity"
    )


def open_incidents(entities: Iterable[Row]) -> Statement:
    """Return the question for the open incidents of entities."""
    sql = (
        "SELECT entity, incident, argMax(severity, sequence), min(opened_at) AS opened FROM incidents "
        "WHERE entity IN {entities:Array(String)} GROUP BY entity, incident "
        "HAVING argMax(event, sequence) != 'resolved' ORDER BY opened, incident"
    )
    return Statement(sql, {"entities": [row[0] for row in entities]})


def links(entities: Iterable[Row], samples: Iterable[Row], incidents: Iterable[Row], *, now: datetime) -> list[Link]:
    """Return links made of the rows of the three questions."""
    last = {entity: _sample(time, interval_s, pairs) for entity, time, interval_s, pairs in samples}
    found: dict[str, list[OpenIncident]] = {}
    for entity, incident, severity, opened_at in incidents:
        told = OpenIncident(incident=incident, severity=severity, opened_at=opened_at)
        found.setdefault(entity, []).append(told)
    return [_link(row, last.get(row[0]), found.get(row[0], []), now) for row in entities]


def _link(row: Row, sample: LastSample | None, incidents: list[OpenIncident], now: datetime) -> Link:
    entity, kind, labels, first_seen, last_seen = row
    return Link(
        entity=entity,
        kind=kind,
        state=_state(incidents, last_seen, now),
        labels=_sorted(labels),
        first_seen=first_seen,
        last_seen=last_seen,
        last_sample=sample,
        incidents=incidents,
    )


def _state(incidents: list[OpenIncident], last_seen: datetime, now: datetime) -> LinkState:
    if incidents:
        return LinkState.INCIDENT
    return LinkState.SILENT if last_seen < now - SILENT_AFTER else LinkState.OK


def _sample(time: datetime, interval_s: int, pairs: Iterable[tuple[str, float]]) -> LastSample:
    return LastSample(time=time, interval_s=interval_s, metrics=dict(sorted(pairs)))


def _sorted(labels: Mapping[str, Any]) -> dict[str, Any]:
    return dict(sorted(labels.items()))


_SELECT = "SELECT entity, kind, labels, first_seen, last_seen FROM entities FINAL"
