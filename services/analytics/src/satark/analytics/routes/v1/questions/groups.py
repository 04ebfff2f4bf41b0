"""Groups of incidents: many that share a site, a provider or a gateway, as one."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from satark.analytics.routes.v1.questions.conditions import Conditions, microseconds, time_of
from satark.analytics.routes.v1.questions.incidents import IncidentState
from satark.analytics.store.statement import Row, Statement
from satark.schemas.incident_groups import IncidentGroupEvent


class Group(Struct, frozen=True, kw_only=True):
    """A group by its latest event. `dimension` is what its members share, `value` which.

    `incidents` are the ids of its members' own incidents: of too many the gravest.
    """

    group: str
    dimension: str
    value: str
    state: IncidentState
    severity: str
    opened_at: datetime
    updated_at: datetime
    members: int
    open: int
    labels: dict[str, str]
    incidents: list[str]


class Groups(Struct, frozen=True, kw_only=True):
    """One page of groups, the youngest first."""

    groups: list[Group]
    next: str | None


class GroupStory(Struct, frozen=True, kw_only=True):
    """A group with its latest event, which has its members."""

    group: Group
    event: IncidentGroupEvent


def listing(*, state: str | None, incident: str | None, behind: tuple[datetime, str] | None, limit: int) -> Statement:
    """Return the question for a page of groups, the youngest first, behind one, and one more; with one incident."""
    rows, latest = Conditions(), Conditions()
    latest.add_given(f"has({_MEMBERS}, {{incident:String}})", incident=incident)
    if behind is not None:
        place = {"opened": microseconds(behind[0]), "behind": behind[1]}
        rows.add(f"(opened_at, group_id) < ({time_of('opened')}, {{behind:String}})", **place)
    if state is not None:
        latest.add(f"last_event {'=' if state == IncidentState.RESOLVED else '!='} 'resolved'")
    order = ("GROUP BY group_id", latest.having, "ORDER BY opened DESC, group_id DESC LIMIT {limit:UInt32}")
    return rows.statement(_SELECT, *order, **latest.parameters, limit=limit + 1)


def one(group: str) -> Statement:
    """Return the question for one group."""
    return Statement(f"{_SELECT} WHERE group_id = {{group:String}} GROUP BY group_id", {"group": group})


def groups(rows: Sequence[Row]) -> list[Group]:
    """Return groups made of rows."""
    return [_group(row) for row in rows]


def story(row: Row) -> GroupStory:
    """Return a group with its latest event."""
    return GroupStory(group=_group(row), event=msgspec.json.decode(row[-1], type=IncidentGroupEvent))


def _group(row: Row) -> Group:
    name, dimension, value, event, severity, opened_at, updated_at, members, still_open, labels, body = row
    return Group(
        group=name,
        dimension=dimension,
        value=value,
        state=IncidentState.RESOLVED if event == "resolved" else IncidentState.OPEN,
        severity=severity,
        opened_at=opened_at,
        updated_at=updated_at,
        members=members,
        open=still_open,
        labels=dict(sorted(labels.items())),
        incidents=[member.incident for member in msgspec.json.decode(body, type=_Said).members],
    )


class _Member(Struct):
    incident: str


class _Said(Struct):
    members: list[_Member] = []


_SELECT = (
    "SELECT group_id, any(dimension), any(value), argMax(event, sequence) AS last_event, argMax(severity, sequence), "
    "min(opened_at) AS opened, max(time), argMax(member_count, sequence), argMax(open_count, sequence), "
    "argMax(labels, sequence), argMax(body, sequence) AS last_body FROM incident_groups"
)
_MEMBERS = "arrayMap(member -> JSONExtractString(member, 'incident'), JSONExtractArrayRaw(last_body, 'members'))"
