"""What the outbox and the mails need to know of an event, be it an incident's or a group's. Pure."""

from satark.schemas.incident_groups import (
    IncidentGroupEvent,
    IncidentGroupOpened,
    IncidentGroupResolved,
    IncidentGroupUpdated,
    incident_group_event_id,
)
from satark.schemas.incidents import (
    IncidentEvent,
    IncidentOpened,
    IncidentResolved,
    IncidentUpdated,
    Reason,
    incident_event_id,
)

Event = IncidentEvent | IncidentGroupEvent

OPENED, UPDATED, RESOLVED = "opened", "updated", "resolved"
"""What an event can tell people."""


def state_of(event: Event) -> str:
    """Return what the event tells people: opened, updated or resolved. What was history until now is opened to them."""
    match event:
        case IncidentOpened() | IncidentGroupOpened() | IncidentUpdated(reason=Reason.STILL_OPEN):
            return OPENED
        case IncidentResolved() | IncidentGroupResolved():
            return RESOLVED
        case _:
            return UPDATED


def is_group(event: Event) -> bool:
    """Return whether an event is one of a group of incidents."""
    return isinstance(event, IncidentGroupOpened | IncidentGroupUpdated | IncidentGroupResolved)


def incident_of(event: Event) -> str:
    """Return the id of what the event is about: an incident, or a group of them."""
    match event:
        case IncidentGroupOpened() | IncidentGroupUpdated() | IncidentGroupResolved():
            return event.group
        case _:
            return event.incident


def first_event(event: Event) -> str:
    """Return the id of the event that began what this one is about."""
    identity = incident_of(event)
    return incident_group_event_id(identity, 0) if is_group(event) else incident_event_id(identity, 0)


def is_historical(event: Event) -> bool:
    """Return whether the event is for the record only. A group never is."""
    match event:
        case IncidentGroupOpened() | IncidentGroupUpdated() | IncidentGroupResolved():
            return False
        case _:
            return event.historical


def lasts(event: Event) -> bool:
    """Return whether what happened goes on, and is for people."""
    return not is_historical(event) and state_of(event) != RESOLVED
