"""Incidents, groups of them, and who was told: a row an event, with the whole event as JSON."""

import msgspec

from satark.analytics.ingest.mapping.origin import Origin, Values, microseconds
from satark.schemas.incident_groups import INCIDENT_GROUP, IncidentGroupEvent
from satark.schemas.incidents import IncidentEvent
from satark.schemas.notifications import Notification

_encoder = msgspec.json.Encoder()


def body_of(event: msgspec.Struct) -> str:
    """Return an event as JSON."""
    return _encoder.encode(event).decode()


def incident_row(event: IncidentEvent, origin: Origin) -> Values:
    """Return the row of `incidents`."""
    return (
        microseconds(event.time),
        event.id,
        event.incident,
        event.sequence,
        event.entity,
        event.kind,
        str(event.__struct_config__.tag),
        event.severity.value,
        event.reason.value,
        microseconds(event.opened_at),
        event.labels,
        int(event.historical),
        int(event.flapping),
        body_of(event),
        *origin,
    )


def group_row(event: IncidentGroupEvent, origin: Origin) -> Values:
    """Return the row of `incident_groups`."""
    return (
        microseconds(event.time),
        event.id,
        event.group,
        event.sequence,
        event.entity,
        INCIDENT_GROUP,
        str(event.__struct_config__.tag),
        event.severity.value,
        event.reason.value,
        microseconds(event.opened_at),
        event.labels,
        0,
        0,
        body_of(event),
        event.dimension.value,
        event.value,
        event.member_count,
        event.open_count,
        *origin,
    )


def notification_row(event: Notification, origin: Origin) -> Values:
    """Return the row of `notifications`."""
    return (
        microseconds(event.time),
        event.id,
        event.incident,
        event.receiver,
        event.channel,
        event.outcome.value,
        body_of(event),
        *origin,
    )
