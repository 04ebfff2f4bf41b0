"""A person's word that what an entity does now is its normal."""

from typing import Annotated

from msgspec import Meta, Struct

from satark.schemas.identifiers import identifier, instant
from satark.schemas.metrics import EntityKey, Time


class NormalAccepted(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="event", tag="accepted"):
    """From the entity's next sample on its present level is its normal, and its incident is over. Limits go on to hold."""

    id: Annotated[str, Meta(description="The same person, entity and time always give the same id.")]
    entity: Annotated[EntityKey, Meta(description="The entity's key, also the Kafka key.")]
    time: Annotated[Time, Meta(description="When it was said, UTC.")]
    by: Annotated[str, Meta(description="Who said so.", max_length=256)] = ""
    note: Annotated[str, Meta(description="Why, in their words.", max_length=2048)] = ""

    @classmethod
    def of(cls, *, entity: str, time: Time, by: str, note: str) -> "NormalAccepted":
        """Return the event with its id."""
        return cls(
            id=identifier("normal-accepted", entity, by, instant(time)), entity=entity, time=time, by=by, note=note
        )
