"""Incidents over HTTP: a list with filters, one with its whole story, why it is, and a person's word that it is seen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.routes.v1 import asked
from satark.analytics.routes.v1.questions import incidents
from satark.analytics.routes.v1.questions.conditions import only
from satark.analytics.routes.v1.questions.explaining import Explained, explained
from satark.analytics.routes.v1.questions.incidents import Incident, Incidents, IncidentState, Story
from satark.analytics.routes.v1.telling import Publish, tell, who
from satark.analytics.store.statement import Reader, Row
from satark.analytics.web import cursors
from satark.analytics.web.answers import answer, json_body
from satark.analytics.web.route import Answer, Parameter, Role, Route
from satark.runtime.said import Said
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.incidents import IncidentEvent, Severity
from satark.schemas.silences import subject_of

STATE = Parameter("state", "How it is.", {"type": "string", "enum": [state.value for state in IncidentState]})
SEVERITY = Parameter(
    "severity",
    "How bad it is; several may be.",
    {"type": "array", "maxItems": 4, "items": {"type": "string", "enum": [one.value for one in Severity]}},
)
INCIDENT = Parameter(
    "incident", "The incident's id.", {"type": "string", "minLength": 1, "maxLength": 128}, "path", required=True
)


class AcknowledgementAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """What one says when one has seen an incident."""

    comment: Annotated[str, Meta(max_length=2048)] = ""


def routes(store: Reader, said: Said, *, publish: Publish, now: asked.Now) -> tuple[Route, ...]:
    """Return the routes. `publish` writes acknowledgements; `said` knows those that were written."""
    handlers = _Handlers(store, said, publish, now)
    return (
        Route(
            method="GET",
            path="/v1/incidents",
            handler=handlers.several,
            summary="Incidents, the youngest first.",
            answers=asked.answers("A page of incidents; `next` is the cursor of the page behind it.", Incidents),
            parameters=(
                *(STATE, SEVERITY, asked.ENTITY, asked.KIND, asked.LABELS, asked.START, asked.END),
                *(cursors.limit(), cursors.CURSOR),
            ),
        ),
        Route(
            method="GET",
            path="/v1/incidents/{incident}",
            handler=handlers.one,
            summary="One incident with all that happened.",
            answers=asked.answers("The incident's story.", Story),
            parameters=(INCIDENT,),
        ),
        Route(
            method="GET",
            path="/v1/incidents/{incident}/explain",
            handler=handlers.explain,
            summary="Why an incident is: sentences and the evidence.",
            answers=asked.answers("The explanation.", Explained),
            parameters=(INCIDENT,),
        ),
        Route(
            method="POST",
            path="/v1/incidents/{incident}/acknowledge",
            handler=handlers.acknowledge,
            summary="Say that somebody looks after an incident.",
            description="It is an event of satark.acknowledgements.v1, with who and when. It ends nothing.",
            answers=(Answer(201, "It is written.", asked.schema_of(Acknowledgement)),),
            role=Role.OPERATE,
            body=asked.schema_of(AcknowledgementAsked),
            parameters=(INCIDENT,),
        ),
    )


async def story_of(store: Reader, said: Said, name: str, now: datetime) -> Story:
    """Return an incident with all that happened. Raises Problem (404) and StoreError."""
    found = await _one(store, said, name)
    notified = await asked.rows(store, incidents.notified(found.incident))
    events = await _events(store, found.incident)
    subject = subject_of(events[-1])
    return Story(
        incident=found,
        events=events,
        notifications=incidents.notifications(notified),
        silences=said.silences_between(subject, found.opened_at, found.ended_at or now),
        silenced_by=sorted(silence.silence for silence in said.silences_of(subject, now)),
    )


class _Handlers:
    def __init__(self, store: Reader, said: Said, publish: Publish, now: asked.Now) -> None:
        self._store = store
        self._said = said
        self._publish = publish
        self._now = now

    async def several(self, request: Request) -> Response:
        given = asked.values(request)
        statement = incidents.listing(
            state=given["state"],
            severities=given["severity"],
            entity=given["entity"],
            kind=given["kind"],
            labels=given["label"] or (),
            between=asked.within(given),
            behind=cursors.opened(given, tuple[datetime, str]),
            limit=given["limit"],
        )
        found, more = asked.page(await asked.rows(self._store, statement), given["limit"])
        told = [self._told(row) for row in found]
        behind = cursors.seal(given, (told[-1].opened_at, told[-1].incident)) if more else None
        return answer(request, Incidents(incidents=told, next=behind))

    async def one(self, request: Request) -> Response:
        name = asked.values(request)["incident"]
        return answer(request, await story_of(self._store, self._said, name, self._now()))

    async def explain(self, request: Request) -> Response:
        found = await self._found(asked.values(request))
        return answer(request, explained((await _events(self._store, found.incident))[-1]))

    async def acknowledge(self, request: Request) -> Response:
        body = await json_body(request, AcknowledgementAsked)
        found = await self._found(asked.values(request))
        event = Acknowledgement.of(
            incident=found.incident, entity=found.entity, time=self._now(), by=who(request), comment=body.comment
        )
        await tell(self._publish, self._said, event)
        return answer(request, event, status=201)

    async def _found(self, given: Mapping[str, Any]) -> Incident:
        return await _one(self._store, self._said, given["incident"])

    def _told(self, row: Row) -> Incident:
        return incidents.incident(row, self._said.acknowledgements.get(row[0]))


async def _one(store: Reader, said: Said, name: str) -> Incident:
    row = only(await asked.rows(store, incidents.one(name)), f"incident {name}")
    return incidents.incident(row, said.acknowledgements.get(row[0]))


async def _events(store: Reader, incident: str) -> list[IncidentEvent]:
    return incidents.in_order(await asked.rows(store, incidents.events(incident)))
