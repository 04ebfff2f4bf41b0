"""Generators over HTTP."""

from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.routes.v1 import asked
from satark.analytics.routes.v1.questions import generators
from satark.analytics.routes.v1.questions.conditions import only
from satark.analytics.routes.v1.questions.generators import GeneratorHistory, Generators
from satark.analytics.store.statement import Reader
from satark.analytics.web import cursors
from satark.analytics.web.answers import answer
from satark.analytics.web.route import Parameter, Route
from satark.schemas.generators import Connection

STATE = Parameter(
    "state", "Whether it has a session.", {"type": "string", "enum": [state.value for state in Connection]}
)
GENERATOR = Parameter(
    "generator",
    "Its name: host, node type, module and instance, joined by colons.",
    {"type": "string", "minLength": 1, "maxLength": 1024},
    "path",
    required=True,
)


def routes(store: Reader) -> tuple[Route, ...]:
    """Return the routes."""

    async def several(request: Request) -> Response:
        given = asked.values(request)
        after = cursors.opened(given, tuple[str]) or ("",)
        statement = generators.listing(state=given["state"], after=after[0], limit=given["limit"])
        found, more = asked.page(await asked.rows(store, statement), given["limit"])
        behind = cursors.seal(given, (found[-1][0],)) if more else None
        return answer(request, Generators(generators=generators.sessions(found), next=behind))

    async def one(request: Request) -> Response:
        name = asked.values(request)["generator"]
        found = await asked.rows(store, generators.one(name))
        only(found, f"generator {name}")
        return answer(request, GeneratorHistory(generator=name, sessions=generators.sessions(found)))

    return (
        Route(
            method="GET",
            path="/v1/generators",
            handler=several,
            summary="Generators by name, with the latest of their sessions.",
            answers=asked.answers("A page of generators; `next` is the cursor of the page behind it.", Generators),
            parameters=(STATE, cursors.limit(), cursors.CURSOR),
        ),
        Route(
            method="GET",
            path="/v1/generators/{generator:path}",
            handler=one,
            summary="One generator with its sessions, the youngest first.",
            answers=asked.answers("The generator.", GeneratorHistory),
            parameters=(GENERATOR,),
        ),
    )
