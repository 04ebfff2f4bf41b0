"""Incident groups: several incidents with one likely cause, because their entities share a site, a provider or a gateway.

A group is opened once, updated when members join or recover or it becomes more severe, and resolved once, when all of
its members are. Its members' own incidents go on beside it, unchanged.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from satark.schemas.identifiers import identifier
from satark.schemas.incidents import Severity
from satark.schemas.metrics import EntityKey, Time

INCIDENT_GROUP = "incident-group"

MAX_MEMBERS = 512
"""More members than this are counted, not named."""

MAX_ENTITY_CHARS = 512


class Dimension(StrEnum):
    """What the members of a group share; each is the name of a label."""

    SITE = "site"
    ISP = "isp"
    GATEWAY = "gateway"


class GroupReason(StrEnum):
    """Why a group's event was published."""

    ENOUGH_MEMBERS = "enough_members"
    SEVERITY_RAISED = "severity_raised"
    MEMBER_JOINED = "member_joined"
    MEMBER_RESOLVED = "member_resolved"
    ALL_CLEAR = "all_clear"


class WorstSymptom(Struct, frozen=True, kw_only=True):
    """The symptom of an incident that lies furthest beyond its normal."""

    metric: Annotated[str, Meta(description="Name of the metric; the unit is in the name.", max_length=128)]
    value: Annotated[float, Meta(description="Observed value when it was told last, in the metric's unit.")]
    normal: Annotated[float, Meta(description="Centre of the baseline, in the metric's unit.")]
    limit: Annotated[float, Meta(description="Values above this are anomalous, in the metric's unit.")]
    peak: Annotated[float, Meta(description="Worst value of the incident, in the metric's unit.")]
    distance: Annotated[float, Meta(description="(value - centre) / the larger of spread and floor.")]


class GroupMember(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An incident of the group, as it was told last."""

    entity: Annotated[EntityKey, Meta(description="The key of the entity that the incident is about.")]
    kind: Annotated[str, Meta(description="What the entity is, for example wan-link.", max_length=64)]
    incident: Annotated[str, Meta(description="Id of the member's own incident.", max_length=64)]
    severity: Severity
    opened_at: Annotated[Time, Meta(description="Start of the incident's first sample beyond its limit, UTC.")]
    worst: WorstSymptom
    labels: Annotated[
        dict[str, str],
        Meta(description="Names a person knows the entity by: edge, link, interface, and what members may share."),
    ] = {}
    ended_at: Annotated[Time | None, Meta(description="End of the last sample beyond a limit, once resolved.")] = None


class _IncidentGroupEvent(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="event"):
    id: Annotated[str, Meta(description="Deterministic id of this event.")]
    group: Annotated[str, Meta(description="Id of the group, the same in all its events.")]
    sequence: Annotated[int, Meta(description="0 for opened, then counting up.", ge=0)]
    entity: Annotated[
        EntityKey,
        Meta(description="incident-group/<orchestrator>/<enterprise_id>/<dimension>/<value>, also the Kafka key."),
    ]
    dimension: Dimension
    value: Annotated[str, Meta(description="What the members share: the name of the site, provider or gateway.")]
    severity: Annotated[Severity, Meta(description="The worst that any member has had.")]
    reason: GroupReason
    opened_at: Annotated[Time, Meta(description="When the first member's incident opened, UTC.")]
    time: Annotated[Time, Meta(description="The newest time that a member's event speaks of, UTC.")]
    joins_until: Annotated[
        Time,
        Meta(description="Incidents with the same label that open until then join the group while it is open, UTC."),
    ]
    joins_from: Annotated[Time, Meta(description="Incidents that opened before this do not join, UTC.")]
    members: Annotated[
        tuple[GroupMember, ...],
        Meta(
            description="The gravest members: those still open first, then by severity and time.",
            min_length=1,
            max_length=MAX_MEMBERS,
        ),
    ]
    member_count: Annotated[int, Meta(description="How many members there are or were, named here or not.", ge=1)]
    open_count: Annotated[int, Meta(description="How many of them are not resolved.", ge=0)]
    total_count: Annotated[
        int | None,
        Meta(description="How many entities have the value, those that are well included; absent when not known."),
    ] = None
    labels: Annotated[
        dict[str, str], Meta(description="Names that all members share: orchestrator, enterprise, the dimension.")
    ] = {}


class IncidentGroupOpened(_IncidentGroupEvent, frozen=True, kw_only=True, omit_defaults=True, tag="opened"):
    """Enough incidents that share something opened within the window."""


class IncidentGroupUpdated(_IncidentGroupEvent, frozen=True, kw_only=True, omit_defaults=True, tag="updated"):
    """An open group changed: members joined or recovered, or it became more severe."""


class IncidentGroupResolved(_IncidentGroupEvent, frozen=True, kw_only=True, omit_defaults=True, tag="resolved"):
    """All members are resolved."""

    ended_at: Annotated[Time, Meta(description="End of the last member's incident, UTC.")]
    duration_s: Annotated[int, Meta(description="Seconds from opened_at to ended_at.", ge=0)]


IncidentGroupEvent = IncidentGroupOpened | IncidentGroupUpdated | IncidentGroupResolved


def group_entity(orchestrator: str, enterprise_id: str, dimension: Dimension, value: str) -> str:
    """Return the entity key of the groups of a value; a name that is too long for a key is cut and told apart by a hash."""
    entity = f"{INCIDENT_GROUP}/{orchestrator}/{enterprise_id}/{dimension.value}/{value}"
    if len(entity) <= MAX_ENTITY_CHARS:
        return entity
    digest = identifier(INCIDENT_GROUP, entity)
    return f"{entity[: MAX_ENTITY_CHARS - len(digest) - 1]}~{digest}"


def incident_group_id(entity: str, founder: str) -> str:
    """Return the id of the group of an entity whose first member is the incident `founder`: that is when it began.

    An incident founds one group at most, so no other group ever has this id.
    """
    return identifier(INCIDENT_GROUP, entity, founder)


def incident_group_event_id(group: str, sequence: int) -> str:
    """Return the id of a group's event: a replay of the same decision gives the same id."""
    return identifier("incident-group-event", group, str(sequence))
