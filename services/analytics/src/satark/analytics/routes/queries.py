"""Queries over HTTP, in Contrail's shapes (analytics.md 2.8): asked and answered, or asked and fetched later."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from satark.analytics.desk.desk import Desk
from satark.analytics.desk.entries import Entry
from satark.analytics.query.errors import InvalidQueryError, QueryError, StoreBusyError, TooManyQueriesError
from satark.analytics.query.tables import OVERLAY
from satark.analytics.web.answers import answer
from satark.analytics.web.problem import Problem
from satark.analytics.web.route import Answer, Parameter, Role, Route

JSON = "application/json"
ACCEPTED = "202-accepted"
EXPECT = ("expect", "postman-expect")
"""Headers that ask for an answer later."""

GONE_POLL_S = 0.5
"""How often is looked whether the client still waits."""
RETRY_S = "5"

TERM = {
    "type": "object",
    "required": ["name", "value", "op"],
    "properties": {
        "name": {"type": "string"},
        "value": {"type": ["string", "number"]},
        "op": {"type": "integer", "description": "1 =, 2 !=, 3 in range, 5 <=, 6 >=, 7 prefix, 8 regex, 9 contains."},
        "value2": {"type": ["string", "number", "null"]},
        "suffix": {"type": ["object", "null"], "description": "A second term, on a column that goes with the first."},
    },
}
TIME = {"type": ["integer", "string"], "description": "Microseconds since 1970 UTC, `now`, or `now-10m`."}
QUERY = {
    "type": "object",
    "required": ["table", "start_time", "end_time", "select_fields"],
    "properties": {
        "table": {"type": "string"},
        "start_time": TIME,
        "end_time": TIME,
        "select_fields": {"type": "array", "items": {"type": "string"}},
        "where": {"type": ["array", "null"], "items": {"type": "array", "items": TERM}},
        "filter": {"type": ["array", "null"], "description": "Terms, or lists of terms."},
        "sort": {"type": ["integer", "null"], "description": "1 ascending, 2 descending."},
        "sort_fields": {"type": ["array", "null"], "items": {"type": "string"}},
        "limit": {"type": ["integer", "null"]},
        "dir": {"type": ["integer", "null"], "description": "Flows: 1 ingress, 0 egress."},
        "session_type": {"type": ["string", "null"], "description": "Sessions: client or server."},
        "is_service_instance": {"type": ["integer", "null"]},
    },
}
ROWS = {
    "type": "object",
    "properties": {"value": {"type": "array", "items": {"type": "object"}}},
}
STATUS = {
    "type": "object",
    "properties": {"progress": {"type": "integer"}, "chunks": {"type": "array", "items": {"type": "object"}}},
}
LISTING = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "object"}}}
ID = Parameter("query_id", "The id in the link that was given.", {"type": "string", "maxLength": 64}, "path", True)
CHUNK = Parameter("chunk", "Always 0.", {"type": "string", "maxLength": 8}, "path", True)
LATER = Parameter("Expect", "`202-accepted` for an answer later.", {"type": "string", "maxLength": 64}, "header")

BAD = Answer(400, "No JSON, or not of the shape of a query.")
INVALID = Answer(404, "It names or asks for what cannot be.")
UNKNOWN = Answer(410, "No such table or query, or no longer.")
TOO_MANY = Answer(429, "More rows in the answer, or more queries at a time, than may be.")
BUSY = Answer(503, "It took too long, or the store does not answer now.")


def routes(desk: Desk) -> tuple[Route, ...]:
    """Return the routes of queries."""
    handlers = _Handlers(desk)
    return (_asking(handlers), *_following(handlers))


def refusal(error: QueryError) -> Problem:
    """Return why there is no answer, as a refusal of the request."""
    passes = isinstance(error, TooManyQueriesError | StoreBusyError)
    return Problem(error.status, error.code, str(error), headers={"Retry-After": RETRY_S} if passes else None)


@dataclass(frozen=True, slots=True)
class _Handlers:
    desk: Desk

    async def asked(self, request: Request) -> Response:
        later = any(request.headers.get(name, "").strip().lower() == ACCEPTED for name in EXPECT)
        try:
            entry, table = await self.desk.hand_in(await request.body())
            if later and table.name != OVERLAY:
                return answer(request, {"href": entry.href}, status=202, headers={"Location": entry.href})
            await self._over(entry, request)
            pieces = self.desk.pieces(entry)
        except QueryError as error:
            raise refusal(error) from error
        return StreamingResponse(self._told(entry, pieces), media_type=JSON)

    async def status(self, request: Request) -> Response:
        return answer(request, self.desk.status(self._entry(request)))

    async def fetched(self, request: Request) -> Response:
        entry = self._entry(request)
        try:
            if request.path_params["chunk"] != "0":
                raise InvalidQueryError("There is one chunk, and its number is 0")
            return StreamingResponse(self.desk.pieces(entry), media_type=JSON)
        except QueryError as error:
            raise refusal(error) from error

    async def listed(self, request: Request) -> Response:
        return answer(request, self.desk.listing())

    def _entry(self, request: Request) -> Entry:
        try:
            return self.desk.entry(str(request.path_params["query_id"]))
        except QueryError as error:
            raise refusal(error) from error

    async def _over(self, entry: Entry, request: Request) -> None:
        """Wait for the end of a query as long as somebody wants to know it. Raises QueryError."""
        over = asyncio.ensure_future(self.desk.over(entry))
        try:
            while not over.done():
                await asyncio.wait((over,), timeout=GONE_POLL_S)
                if not over.done() and await request.is_disconnected():
                    self.desk.cancel(entry)
            await over
        finally:
            if not over.done():
                over.cancel()
                self.desk.cancel(entry)

    def _told(self, entry: Entry, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Yield an answer, and throw it away: nobody knows its id."""
        try:
            yield from pieces
        finally:
            self.desk.drop(entry)


def _asking(handlers: "_Handlers") -> Route:
    return Route(
        method="POST",
        path="/analytics/query",
        handler=handlers.asked,
        summary="Ask what is stored.",
        description=(
            "Lines of the answer end between rows, so they can be read one by one. With `Expect: 202-accepted` it is"
            " fetched later, except of OverlayToUnderlayFlowMap."
        ),
        answers=(
            Answer(200, "The rows.", ROWS),
            Answer(202, "Where to ask how far it is.", {"type": "object"}),
            *(BAD, INVALID, UNKNOWN, TOO_MANY, BUSY),
        ),
        parameters=(LATER,),
        body=QUERY,
        tag="queries",
    )


def _following(handlers: "_Handlers") -> tuple[Route, ...]:
    return (
        Route(
            method="GET",
            path="/analytics/query/{query_id}",
            handler=handlers.status,
            summary="How far a query is.",
            description="`progress` is a percentage; less than 0 is the number of an error.",
            answers=(Answer(200, "The progress, and at 100 where the answer is.", STATUS), INVALID, UNKNOWN),
            parameters=(ID,),
            tag="queries",
        ),
        Route(
            method="GET",
            path="/analytics/query/{query_id}/chunk-final/{chunk}",
            handler=handlers.fetched,
            summary="The answer to a query.",
            description="It can be read again until it expires.",
            answers=(Answer(200, "The rows.", ROWS), INVALID, UNKNOWN, TOO_MANY, BUSY),
            parameters=(ID, CHUNK),
            tag="queries",
        ),
        Route(
            method="GET",
            path="/analytics/queries",
            handler=handlers.listed,
            summary="Queries that wait, run, were abandoned or failed.",
            answers=(Answer(200, "By state.", LISTING),),
            role=Role.ADMIN,
            tag="queries",
        ),
    )
