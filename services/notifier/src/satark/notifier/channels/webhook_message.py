"""What a webhook is sent: one versioned JSON object, whose schema is made of this description. Pure."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from satark.notifier.channels.words import Link, of_part
from satark.notifier.events import Event, state_of
from satark.notifier.telling import Heartbeat, Occasion, Part, Telling, Told
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.export import DIALECT, components
from satark.schemas.incident_groups import (
    IncidentGroupEvent,
    IncidentGroupOpened,
    IncidentGroupResolved,
    IncidentGroupUpdated,
)
from satark.schemas.incidents import IncidentEvent
from satark.schemas.metrics import Time

MAX_INCIDENTS = 500
"""Of one message, whatever the configuration says: about a megabyte."""

PATH = "schemas/webhook/webhook.schema.json"


class Reported(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One incident, or one group of incidents, of a message: either `incident` or `group` is there."""

    id: Annotated[str, Meta(description="Id of the notification, the same in its outcome and in every retry.")]
    occasion: Annotated[Occasion, Meta(description="Why it is told.")]
    state: Annotated[
        Literal["opened", "updated", "resolved"], Meta(description="What the event is; all but resolved is open.")
    ]
    summary: Annotated[str, Meta(description="One line for people.")]
    description: Annotated[str, Meta(description="A few sentences for people.")]
    incident: Annotated[
        IncidentEvent | None, Meta(description="The incident's event; without recent samples in a message of several.")
    ] = None
    group: Annotated[IncidentGroupEvent | None, Meta(description="The group's event.")] = None
    count: Annotated[int, Meta(description="Which reminder, or which level of escalation, from 1.")] = 0
    instead_of: Annotated[str, Meta(description="The receiver that could not be reached.")] = ""
    kept_back_by: Annotated[str, Meta(description="What kept it back until now.")] = ""
    acknowledgement: Annotated[Acknowledgement | None, Meta(description="Who has seen it.")] = None
    console_url: Annotated[str | None, Meta(description="Where to look at it.")] = None


class SignOfLife(Struct, frozen=True, kw_only=True):
    """What happened since the last heartbeat."""

    since: Annotated[Time, Meta(description="What the counts begin with, UTC.")]
    time: Annotated[Time, Meta(description="What they end with, UTC.")]
    open_incidents: Annotated[int, Meta(description="Incidents that are open now.")]
    opened: Annotated[int, Meta(description="Incidents that opened.")]
    told: Annotated[int, Meta(description="Messages that were delivered.")]
    failed: Annotated[int, Meta(description="Messages that could not be.")]
    failing: Annotated[tuple[str, ...], Meta(description="Targets that cannot be reached now.")] = ()


class WebhookMessage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message of Satark to a webhook. Members may be added; a reader passes over those that it does not know."""

    version: Annotated[Literal["1"], Meta(description="Of this format.")]
    kind: Annotated[Literal["incidents", "heartbeat"], Meta(description="What it tells of.")]
    id: Annotated[str, Meta(description="Of the message, the same in every retry: a second one is a double.")]
    sent_at: Annotated[Time, Meta(description="When this attempt was made, UTC.")]
    receiver: Annotated[str, Meta(description="The receiver that is told, as the routes name it.")]
    target: Annotated[str, Meta(description="The way to reach it, as outcomes name it.")]
    shared: Annotated[dict[str, str], Meta(description="Labels that all incidents share, by which they were grouped.")]
    incidents: Annotated[tuple[Reported, ...], Meta(description="Gravest first; none in a heartbeat.")]
    incident_count: Annotated[int, Meta(description="How many there are, with those that were left out.", ge=0)]
    omitted: Annotated[int, Meta(description="How many were left out, for there were too many.", ge=0)] = 0
    heartbeat: Annotated[SignOfLife | None, Meta(description="The sign of life, of kind heartbeat.")] = None


def message_of(told: Told, link: Link, now: datetime, *, max_incidents: int = 0) -> WebhookMessage:
    """Return the message that says what is told, of at most so many incidents (0: as many as one message may have)."""
    parts = told.parts if isinstance(told, Telling) else ()
    shown = parts[: min(max_incidents or MAX_INCIDENTS, MAX_INCIDENTS)]
    return WebhookMessage(
        version="1",
        kind="heartbeat" if isinstance(told, Heartbeat) else "incidents",
        id=told.id,
        sent_at=now,
        receiver=told.target.receiver,
        target=told.target.name,
        shared=dict(told.shared) if isinstance(told, Telling) else {},
        incidents=tuple(_reported(part, link, now, is_alone=len(parts) == 1) for part in shown),
        incident_count=len(parts),
        omitted=len(parts) - len(shown),
        heartbeat=_sign_of_life(told) if isinstance(told, Heartbeat) else None,
    )


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a message."""
    definitions = components([WebhookMessage], "#/$defs/{name}")
    own = definitions.pop(WebhookMessage.__name__)
    return {"$schema": DIALECT, "$id": "urn:satark:webhook:1", **own, "$defs": definitions}


def documents() -> dict[str, str]:
    """Return the schema's text by its path in the repository."""
    return {PATH: json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"}


def _reported(part: Part, link: Link, now: datetime, *, is_alone: bool) -> Reported:
    event, aside, said = part.shown, part.aside, of_part(part, link, now)
    incident, group = _taken_apart(event if is_alone else _without_samples(event))
    return Reported(
        id=part.id,
        occasion=aside.occasion,
        state=_STATES[state_of(event)],
        summary=said.headline,
        description=" ".join(said.sentences),
        incident=incident,
        group=group,
        count=aside.count,
        instead_of=aside.instead_of,
        kept_back_by=aside.kept_back_by,
        acknowledgement=aside.seen,
        console_url=said.link,
    )


_STATES: dict[str, Literal["opened", "updated", "resolved"]] = {
    "opened": "opened",
    "updated": "updated",
    "resolved": "resolved",
}


def _taken_apart(event: Event) -> tuple[IncidentEvent | None, IncidentGroupEvent | None]:
    match event:
        case IncidentGroupOpened() | IncidentGroupUpdated() | IncidentGroupResolved():
            return None, event
        case _:
            return event, None


def _without_samples(event: Event) -> Event:
    match event:
        case IncidentGroupOpened() | IncidentGroupUpdated() | IncidentGroupResolved():
            return event
        case _:
            return replace(event, symptoms=tuple(replace(symptom, recent=()) for symptom in event.symptoms))


def _sign_of_life(heartbeat: Heartbeat) -> SignOfLife:
    return SignOfLife(
        since=heartbeat.since,
        time=heartbeat.time,
        open_incidents=heartbeat.open_incidents,
        opened=heartbeat.opened,
        told=heartbeat.told,
        failed=heartbeat.failed,
        failing=heartbeat.failing,
    )


encode = msgspec.json.Encoder().encode
