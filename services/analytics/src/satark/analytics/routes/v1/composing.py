"""Which query a command line means: for who has a form, and wants to show the command that asks the same."""

from typing import Annotated, Any

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from satark.analytics.commands.composing import query_of
from satark.analytics.commands.usage import UsageError
from satark.analytics.routes.v1 import asked
from satark.analytics.web.answers import json_body
from satark.analytics.web.problem import Problem
from satark.analytics.web.route import Answer, Route


class CommandLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A command line, in words as a shell would hand them over."""

    arguments: Annotated[
        list[Annotated[str, Meta(max_length=4096)]],
        Meta(description="logs, stats, flows or sessions, and its arguments.", min_length=1, max_length=200),
    ]


class Composed(Struct, frozen=True, kw_only=True):
    """The query, as POST /analytics/query takes it."""

    query: dict[str, Any]


def routes() -> tuple[Route, ...]:
    """Return the route."""
    return (
        Route(
            method="POST",
            path="/v1/queries/composed",
            handler=_composed,
            summary="The query that a command line means; nothing is asked.",
            description="`satark logs`, `stats`, `flows` and `sessions` make their queries by the same code.",
            answers=(Answer(200, "The query.", asked.schema_of(Composed)),),
            body=asked.schema_of(CommandLine),
        ),
    )


async def _composed(request: Request) -> Response:
    given = await json_body(request, CommandLine)
    try:
        return JSONResponse({"query": query_of(given.arguments)})
    except UsageError as error:
        raise Problem(422, "bad_arguments", str(error)) from None
