"""The examples of incident groups: the story's link is one of four of its provider that go bad together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from satark.schemas.identifiers import instant
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
from satark.schemas.incidents import Severity, incident_id
from satark.schemas.metrics import LATENCY_MS_RX, WAN_LINK

PROVIDER = "Example Telecom"
SCOPE = ("orchestrator", "enterprise", "enterprise_id")


def groups(entity: str, labels: Mapping[str, str], begin: datetime, step: timedelta) -> tuple[IncidentGroupEvent, ...]:
    """Return a group's events: three links, then a fourth that joins, and all recover after six steps."""
    story = _Story(entity, labels, begin, step)
    ended_at = begin + 6 * step
    return (
        story.event(0, IncidentGroupOpened, GroupReason.ENOUGH_MEMBERS, members=story.members(3)),
        story.event(1, IncidentGroupUpdated, GroupReason.MEMBER_JOINED, members=story.members(4)),
        story.event(
            2,
            IncidentGroupResolved,
            GroupReason.ALL_CLEAR,
            members=story.members(4, ended_at=ended_at),
            ended_at=ended_at,
            duration_s=int((ended_at - begin).total_seconds()),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Story:
    entity: str
    labels: Mapping[str, str]
    begin: datetime
    step: timedelta

    def members(self, count: int, *, ended_at: datetime | None = None) -> tuple[GroupMember, ...]:
        return tuple(self._member(number, ended_at) for number in range(count))

    def event(
        self, sequence: int, kind: type[Any], reason: GroupReason, *, members: tuple[GroupMember, ...], **more: Any
    ) -> IncidentGroupEvent:
        scope = {name: self.labels[name] for name in SCOPE}
        entity = group_entity(scope["orchestrator"], scope["enterprise_id"], Dimension.ISP, PROVIDER)
        identity = incident_group_id(entity, members[0].incident)
        made: IncidentGroupEvent = kind(
            id=incident_group_event_id(identity, sequence),
            group=identity,
            sequence=sequence,
            entity=entity,
            dimension=Dimension.ISP,
            value=PROVIDER,
            severity=Severity.WARNING,
            reason=reason,
            opened_at=self.begin,
            time=self.begin + sequence * self.step,
            joins_from=self.begin - 3 * self.step,
            joins_until=self.begin + 3 * self.step,
            members=members,
            member_count=len(members),
            total_count=8,
            open_count=sum(member.ended_at is None for member in members),
            labels={**scope, "isp": PROVIDER},
            **more,
        )
        return made

    def _member(self, number: int, ended_at: datetime | None) -> GroupMember:
        entity = f"{self.entity}-{number}" if number else self.entity
        return GroupMember(
            entity=entity,
            kind=WAN_LINK,
            incident=incident_id(entity, instant(self.begin)),
            severity=Severity.WARNING,
            opened_at=self.begin,
            worst=WorstSymptom(metric=LATENCY_MS_RX, value=95.0, normal=20.0, limit=35.0, peak=95.0, distance=15.0),
            labels={"edge": self.labels["edge"], "link": self.labels["link"], "isp": PROVIDER},
            ended_at=ended_at,
        )
