"""Incidents and groups that are open, and who was told of them: what the notifier has to remember beyond one event."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from satark.schemas.identifiers import identifier, instant
from satark.schemas.incident_groups import IncidentGroupOpened, IncidentGroupUpdated
from satark.schemas.incidents import IncidentOpened, IncidentUpdated, Severity
from satark.schemas.metrics import EntityKey, Time

MAX_ID_CHARS = 128

MAX_RECEIVERS = 1_000
"""Of one incident. Those beyond are told, and not reminded."""


class ReceiverTold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a receiver was told of an open incident, through one channel."""

    channel: Annotated[str, Meta(description="For example email.", max_length=64)]
    receiver: Annotated[str, Meta(description="Whom, as notifications name it.", max_length=1024)]
    route: Annotated[str, Meta(description="Path of the route that decided it, last.", max_length=256)]
    first: Annotated[Time, Meta(description="When it was told first, UTC.")]
    last: Annotated[Time, Meta(description="When it was told last, or that was tried last, UTC.")]
    severity: Annotated[Severity, Meta(description="How bad it was, as told last.")]
    reminders: Annotated[int, Meta(description="How many reminders there were.", ge=0)] = 0
    level: Annotated[
        int, Meta(description="The level of escalation by which it came to this receiver; 0: by its route.", ge=0)
    ] = 0
    reached: Annotated[bool, Meta(description="False while nothing that was tried has arrived.")] = True


class LatestOfIncident(Struct, frozen=True, kw_only=True, tag_field="of", tag="incident"):
    """An incident as it was told last."""

    event: IncidentOpened | IncidentUpdated


class LatestOfGroup(Struct, frozen=True, kw_only=True, tag_field="of", tag="group"):
    """A group of incidents as it was told last."""

    event: IncidentGroupOpened | IncidentGroupUpdated


OpenEvent = IncidentOpened | IncidentUpdated | IncidentGroupOpened | IncidentGroupUpdated


class OpenIncident(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An incident or a group that is not over, and who was told of it. The latest by incident counts; without a value it is over."""

    id: Annotated[str, Meta(description="The same event and the same messages always give the same id.")]
    incident: Annotated[
        str,
        Meta(description="Id of the incident or the group; also the Kafka key.", min_length=1, max_length=MAX_ID_CHARS),
    ]
    entity: Annotated[EntityKey, Meta(description="The key of the entity that it is about.")]
    time: Annotated[Time, Meta(description="What happened of it last, or when it was told last, UTC.")]
    topic: Annotated[str, Meta(description="The topic of its events.", max_length=249)]
    partition: Annotated[
        int, Meta(description="The partition of its events: who reads that one reminds and escalates.", ge=0)
    ]
    latest: Annotated[
        LatestOfIncident | LatestOfGroup, Meta(description="It as it was told last, an incident or a group.")
    ]
    told: Annotated[tuple[ReceiverTold, ...], Meta(description="Who was told of it.", max_length=MAX_RECEIVERS)] = ()

    @property
    def event(self) -> OpenEvent:
        """The incident or the group as it was told last."""
        return self.latest.event

    @classmethod
    def of(cls, event: OpenEvent, *, topic: str, partition: int, told: Iterable[ReceiverTold] = ()) -> "OpenIncident":
        """Return what is to be remembered of an event that came from a partition. Raises ValueError for a naive time."""
        receivers = tuple(told)
        latest: LatestOfIncident | LatestOfGroup
        match event:
            case IncidentOpened() | IncidentUpdated():
                incident, latest = event.incident, LatestOfIncident(event=event)
            case IncidentGroupOpened() | IncidentGroupUpdated():
                incident, latest = event.group, LatestOfGroup(event=event)
        return cls(
            id=identifier("open-incident", event.id, *(part for each in receivers for part in _parts(each))),
            incident=incident,
            entity=event.entity,
            time=max((event.time, *(each.last for each in receivers))),
            topic=topic,
            partition=partition,
            latest=latest,
            told=receivers,
        )


def _parts(told: ReceiverTold) -> tuple[str, ...]:
    times: tuple[datetime, datetime] = (told.first, told.last)
    return (told.channel, told.receiver, *map(instant, times), str(told.reminders), str(told.level), str(told.reached))
