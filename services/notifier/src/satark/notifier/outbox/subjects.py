"""What matchers are held against: the labels of an incident and its entity, kind, severity and incident. Pure."""

from satark.notifier.events import Event
from satark.schemas.incident_groups import (
    GroupMember,
    IncidentGroupEvent,
    IncidentGroupOpened,
    IncidentGroupResolved,
    IncidentGroupUpdated,
)
from satark.schemas.silences import subject_of

Subject = dict[str, str]

GROUP_EVENTS = (IncidentGroupOpened, IncidentGroupUpdated, IncidentGroupResolved)


def subjects(event: Event) -> tuple[Subject, ...]:
    """Return the incident's subject; of a group those of all the members that it names."""
    match event:
        case IncidentGroupOpened() | IncidentGroupUpdated() | IncidentGroupResolved():
            return tuple(_subject_of(member, event) for member in event.members)
        case _:
            return (subject_of(event),)


def names_all(event: Event) -> bool:
    """Return whether nothing is known to belong to the event that it does not name."""
    match event:
        case IncidentGroupOpened() | IncidentGroupUpdated() | IncidentGroupResolved():
            return event.member_count <= len(event.members)
        case _:
            return True


def shared(event: Event, names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return the values of some labels that all of the event's subjects have; empty where they differ."""
    found = subjects(event)
    return tuple((name, _same([subject.get(name, "") for subject in found])) for name in names)


def _same(values: list[str]) -> str:
    return values[0] if len(set(values)) == 1 else ""


def _subject_of(member: GroupMember, group: IncidentGroupEvent) -> Subject:
    own = {
        "entity": member.entity,
        "kind": member.kind,
        "severity": member.severity.value,
        "incident": member.incident,
    }
    return {**group.labels, **member.labels, **own}
