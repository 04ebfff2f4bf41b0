"""What is told of a group: its events, with the gravest members as evidence. Pure."""

from collections.abc import Sequence
from typing import Any

import msgspec

from satark.detector.groups.model import RANK, Group, Member
from satark.schemas.codec import MAX_VALUE_BYTES
from satark.schemas.identifiers import instant
from satark.schemas.incident_groups import (
    MAX_MEMBERS,
    GroupMember,
    GroupReason,
    IncidentGroupEvent,
    IncidentGroupOpened,
    IncidentGroupResolved,
    IncidentGroupUpdated,
    incident_group_event_id,
)

HEADROOM = 0.9
"""Of the largest value: a record has headers too."""


def opened(group: Group, members: Sequence[Member]) -> IncidentGroupEvent:
    """Return the event that opens a group."""
    return _event(IncidentGroupOpened, group, members, GroupReason.ENOUGH_MEMBERS)


def changed(before: Group, after: Group, members: Sequence[Member]) -> IncidentGroupEvent | None:
    """Return the event of a change, with the gravest reason there is; None when nothing worth telling changed."""
    reasons = (
        (RANK[after.severity] > RANK[before.severity], GroupReason.SEVERITY_RAISED),
        (after.members > before.members, GroupReason.MEMBER_JOINED),
        (after.open < before.open, GroupReason.MEMBER_RESOLVED),
    )
    reason = next((reason for applies, reason in reasons if applies), None)
    return None if reason is None else _event(IncidentGroupUpdated, after, members, reason)


def resolved(group: Group, members: Sequence[Member]) -> IncidentGroupEvent:
    """Return the event that ends a group, all of whose members are resolved."""
    ended_at = max(member.about.ended_at or member.time for member in members)
    duration_s = max(0, round((ended_at - group.opened_at).total_seconds()))
    return _event(
        IncidentGroupResolved, group, members, GroupReason.ALL_CLEAR, ended_at=ended_at, duration_s=duration_s
    )


def _event(
    kind: type[Any], group: Group, members: Sequence[Member], reason: GroupReason, **more: Any
) -> IncidentGroupEvent:
    """Return an event that fits into a record, with as many members named as that allows."""
    gravest = sorted((member.about for member in members), key=_gravity)[:MAX_MEMBERS]
    event: IncidentGroupEvent = kind(
        id=incident_group_event_id(group.id, group.sequence),
        group=group.id,
        sequence=group.sequence,
        entity=group.entity,
        dimension=group.dimension,
        value=group.value,
        severity=group.severity,
        reason=reason,
        opened_at=group.opened_at,
        time=max(member.time for member in members),
        joins_from=group.joins_from,
        joins_until=group.joins_until,
        members=tuple(gravest),
        member_count=group.members,
        open_count=group.open,
        labels=group.names,
        **more,
    )
    while len(event.members) > 1 and len(msgspec.json.encode(event)) > HEADROOM * MAX_VALUE_BYTES:
        event = msgspec.structs.replace(event, members=event.members[: len(event.members) // 2])
    return event


def _gravity(member: GroupMember) -> tuple[bool, int, str, str]:
    return member.ended_at is not None, -RANK[member.severity], instant(member.opened_at), member.entity
