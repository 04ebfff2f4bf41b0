"""Events of incidents, as Kafka has kept them."""

from collections.abc import Collection

from satark.notifier.events import Event, incident_of
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import read_to_end
from satark.schemas.codec import UndecodableEventError, decode
from satark.schemas.incident_groups import IncidentGroupOpened, IncidentGroupResolved, IncidentGroupUpdated
from satark.schemas.incidents import IncidentOpened, IncidentResolved, IncidentUpdated
from satark.schemas.topics import ANOMALIES, INCIDENT_GROUPS

KINDS = (
    *(IncidentOpened, IncidentUpdated, IncidentResolved),
    *(IncidentGroupOpened, IncidentGroupUpdated, IncidentGroupResolved),
)


async def events_in_kafka(settings: KafkaSettings, incidents: Collection[str]) -> list[Event]:
    """Return the events of incidents and groups in the order of their sequences; what is no event is passed over.

    Raises KafkaUnavailableError when no broker answers.
    """
    found: dict[str, Event] = {}
    for topic in (ANOMALIES, INCIDENT_GROUPS):
        async for record in read_to_end(settings, topic):
            if record.value is None:
                continue
            try:
                event = decode(record.topic, record.value, record.headers)
            except UndecodableEventError:
                continue
            if isinstance(event, KINDS) and incident_of(event) in incidents:
                found[event.id] = event
    return sorted(found.values(), key=lambda event: (incident_of(event), event.sequence))
