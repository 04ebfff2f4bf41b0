"""Streams over HTTP: Contrail's two as they were (analytics.md 2.6), and those of /v1, which tell what became of an id."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.routes.words import ACKFILT, CFILT, KFILT, TABLEFILT
from satark.analytics.streams.reader import Reader, Source
from satark.analytics.streams.response import HEADERS, MEDIA_TYPE, Streams
from satark.analytics.streams.wants import wants_incidents, wants_of
from satark.analytics.web.route import Answer, Handler, Parameter, Route

LAST_ID = Parameter(
    "Last-Event-ID",
    "The id of the last event that one has: the stream goes on behind it, or begins anew and says so.",
    {"type": "string", "maxLength": 256},
    "header",
)
_TEXT = {"type": "string", "maxLength": 8192}
ENTITY = Parameter("entity", "Patterns of entities' keys, separated by commas; `*` is any text.", _TEXT)
KIND = Parameter("kind", "Kinds of entities, separated by commas.", _TEXT)
SEVERITY = Parameter("severity", "Severities, separated by commas: info, warning, critical.", _TEXT)

EVENTS = """\
Events: `init` first (`resumed` in its place where Last-Event-ID was known, and nothing is sent anew); `update` for each
struct of each object there is; `end-of-dump`; then `update` for what changes; `stop` before the server ends it. Data of
an update are `key`, `type` (the struct) and `value`; a `value` of null: the struct is gone; a `type` of null and no
`value`: the object is. Comments are heartbeats. Who is too slow is sent `stop`, and should come back with the last id."""

INCIDENTS = """\
Events as of the other streams; data of an update are the incident's event as the topic has it. The dump has the latest
event of each of the latest incidents."""

_ANSWER = (Answer(200, "The stream.", None, MEDIA_TYPE),)

Open = Callable[[Mapping[str, str]], Source[Any]]


def routes(streams: Streams) -> tuple[Route, ...]:
    """Return the routes."""
    hub = streams.hub

    def uves(parameters: Mapping[str, str]) -> Source[Any]:
        return hub.objects(wants_of(parameters))

    def alarms(parameters: Mapping[str, str]) -> Source[Any]:
        return hub.objects(wants_of(parameters, only_alarms=True))

    def incidents(parameters: Mapping[str, str]) -> Source[Any]:
        return hub.incidents(wants_incidents(parameters))

    whole, some = (TABLEFILT, KFILT, CFILT, ACKFILT), (TABLEFILT, KFILT, ACKFILT)
    by_path: tuple[tuple[str, str, Open, tuple[Parameter, ...], str], ...] = (
        ("/analytics/uve-stream", "Objects, and what changes in them.", uves, whole, "uves"),
        ("/analytics/alarm-stream", "Alarms of objects, and what changes in them.", alarms, some, "alarms"),
        ("/v1/stream/uves", "Objects, and what changes in them.", uves, whole[:-1], "uves"),
        ("/v1/stream/alarms", "Alarms of objects, and what changes in them.", alarms, some[:-1], "alarms"),
        ("/v1/stream/incidents", "What happens to incidents.", incidents, (ENTITY, KIND, SEVERITY), "incidents"),
    )
    return tuple(
        Route(
            method="GET",
            path=path,
            handler=_handler(streams, name, source, detailed=path.startswith("/v1")),
            summary=summary,
            description=INCIDENTS if name == "incidents" else EVENTS,
            answers=_ANSWER,
            parameters=(*parameters, LAST_ID),
            tag="streams",
        )
        for path, summary, source, parameters, name in by_path
    )


def _handler(streams: Streams, name: str, source: Open, *, detailed: bool) -> Handler:
    async def opened(request: Request) -> Response:
        if request.method == "HEAD":
            return Response(headers=HEADERS, media_type=MEDIA_TYPE)
        reader = Reader(
            source(request.query_params),
            epoch=streams.hub.epoch,
            last_id=request.headers.get("last-event-id", ""),
            detailed=detailed,
        )
        return streams.response(name, reader)

    return opened
