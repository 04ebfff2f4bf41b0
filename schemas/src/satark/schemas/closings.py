"""A person's word that an incident is over."""

from typing import Annotated

from msgspec import Meta, Struct

from satark.schemas.identifiers import identifier, instant
from satark.schemas.metrics import EntityKey, LabelName, LabelValue, Time


class IncidentClosed(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="event", tag="closed"):
    """The incident ends at once, also if nothing is heard of its entity; what is normal stays as it was.

    Trouble that goes on is another incident, once it has been seen as often as any other. Kind, interval and labels are
    those of the incident's last event, for the one that ends it.
    """

    id: Annotated[str, Meta(description="The same person, incident and time always give the same id.")]
    entity: Annotated[EntityKey, Meta(description="The entity's key, also the Kafka key.")]
    incident: Annotated[str, Meta(description="Id of the incident.", max_length=64)]
    kind: Annotated[str, Meta(description="What the entity is, for example wan-link.", max_length=64)]
    interval_s: Annotated[int, Meta(description="Length of a sample's interval in seconds.", gt=0)]
    time: Annotated[Time, Meta(description="When it was said, UTC.")]
    by: Annotated[str, Meta(description="Who said so.", max_length=256)] = ""
    because: Annotated[str, Meta(description="Why, in their words.", max_length=2048)] = ""
    labels: Annotated[dict[LabelName, LabelValue], Meta(description="Names a person knows the entity by.")] = {}

    @classmethod
    def of(
        cls,
        *,
        entity: str,
        incident: str,
        kind: str,
        interval_s: int,
        time: Time,
        by: str,
        because: str,
        labels: dict[str, str],
    ) -> "IncidentClosed":
        """Return the event with its id."""
        return cls(
            id=identifier("incident-closed", incident, by, instant(time)),
            entity=entity,
            incident=incident,
            kind=kind,
            interval_s=interval_s,
            time=time,
            by=by,
            because=because,
            labels=labels,
        )
