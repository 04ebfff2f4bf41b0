"""A person's word that somebody works on an incident."""

from typing import Annotated

from msgspec import Meta, Struct

from satark.schemas.identifiers import identifier, instant
from satark.schemas.metrics import EntityKey, Time


class Acknowledgement(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody has seen an incident. It goes on, and reminders of it need not. The latest by incident counts."""

    id: Annotated[str, Meta(description="The same person, incident and time always give the same id.")]
    incident: Annotated[str, Meta(description="Id of the incident; also the Kafka key.", min_length=1, max_length=128)]
    entity: Annotated[EntityKey, Meta(description="The key of the incident's entity.")]
    time: Annotated[Time, Meta(description="When it was said, UTC.")]
    by: Annotated[str, Meta(description="Who said so.", max_length=256)] = ""
    comment: Annotated[str, Meta(description="What they say of it.", max_length=2048)] = ""

    @classmethod
    def of(
        cls, *, incident: str, entity: str, time: Time, by: str, comment: str = "", origin: str = ""
    ) -> "Acknowledgement":
        """Return the event with its id. Raises ValueError for a naive time.

        What has one `origin`, for example a link that is used twice, has one id, whenever it is said.
        """
        id_ = identifier("acknowledgement", incident, by, origin or instant(time))
        return cls(id=id_, incident=incident, entity=entity, time=time, by=by, comment=comment)
