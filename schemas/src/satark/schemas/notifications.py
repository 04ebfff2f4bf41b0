"""Notification outcomes: who was told what, how, and with which result."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from satark.schemas.identifiers import identifier
from satark.schemas.incidents import Severity
from satark.schemas.metrics import EntityKey, Time


class Outcome(StrEnum):
    """How telling one receiver about one incident event ended."""

    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    SILENCED = "silenced"
    """A silence covers it: kept back, and told when the silence ends and it is still open."""
    ACKNOWLEDGED = "acknowledged"
    """Somebody has seen the incident, and it is no graver than they were told."""


class Notification(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outcome of telling one receiver about one incident event. The latest by key counts."""

    id: Annotated[str, Meta(description="The same event, channel and receiver always give the same id; the Kafka key.")]
    event: Annotated[str, Meta(description="Id of the incident event that was told.")]
    incident: Annotated[str, Meta(description="Id of the incident.")]
    entity: Annotated[EntityKey, Meta(description="The key of the incident's entity.")]
    channel: Annotated[str, Meta(description="For example email.")]
    receiver: Annotated[str, Meta(description="Whom it was for, for example an address.")]
    outcome: Outcome
    time: Annotated[Time, Meta(description="When the outcome was known, UTC.")]
    attempts: Annotated[int, Meta(description="How often delivery was tried.", ge=0)]
    message_id: Annotated[str | None, Meta(description="Message-ID of the mail.")] = None
    detail: Annotated[str | None, Meta(description="The server's reply or the reason, without secrets.")] = None
    severity: Annotated[Severity | None, Meta(description="How bad it was, as told or not told.")] = None
    digest: Annotated[
        str | None, Meta(description="The thread of digests that it was told in, if it was not told by itself.")
    ] = None
    occasion: Annotated[
        str | None, Meta(description="Why it was told, if not because it happened: reminder, escalation, fallback.")
    ] = None


def notification_id(event: str, channel: str, receiver: str) -> str:
    """Return the id of the decision to tell a receiver about an incident event through a channel."""
    return identifier("notification", event, channel, receiver)
