"""Links over HTTP: a list with filters, and one."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.routes.v1 import asked
from satark.analytics.routes.v1.questions import links
from satark.analytics.routes.v1.questions.conditions import only
from satark.analytics.routes.v1.questions.links import Link, Links, LinkState
from satark.analytics.store.statement import Reader, Row
from satark.analytics.web import cursors
from satark.analytics.web.answers import answer
from satark.analytics.web.route import Parameter, Route
from satark.schemas.metrics import WAN_LINK

STATE = Parameter(
    "state",
    "How it is: with an open incident, silent (nothing was measured for half an hour), or ok.",
    {"type": "string", "enum": [state.value for state in LinkState]},
)
KIND = Parameter(
    "kind",
    "What the entity is; any, with an empty text.",
    {"type": "string", "maxLength": 64, "default": WAN_LINK},
)
LINK = Parameter("link", "The link's key.", {"type": "string", "minLength": 1, "maxLength": 512}, "path", required=True)


def routes(store: Reader, *, now: asked.Now) -> tuple[Route, ...]:
    """Return the routes."""

    async def several(request: Request) -> Response:
        given, at = asked.values(request), now()
        after = cursors.opened(given, tuple[str]) or ("",)
        statement = links.listing(
            kind=given["kind"] or None,
            labels=given["label"] or (),
            state=given["state"],
            after=after[0],
            limit=given["limit"],
            now=at,
        )
        found, more = asked.page(await asked.rows(store, statement), given["limit"])
        behind = cursors.seal(given, (found[-1][0],)) if more else None
        return answer(request, Links(links=await told(found), next=behind))

    async def one(request: Request) -> Response:
        entity = asked.values(request)["link"]
        found = await asked.rows(store, links.one(entity))
        only(found, f"link {entity}")
        return answer(request, (await told(found))[0])

    async def told(found: Sequence[Row]) -> list[Link]:
        samples = await asked.rows(store, links.last_samples(found)) if found else []
        incidents = await asked.rows(store, links.open_incidents(found)) if found else []
        return links.links(found, samples, incidents, now=now())

    return (
        Route(
            method="GET",
            path="/v1/links",
            handler=several,
            summary="Links by key, with their state and what was measured last.",
            answers=asked.answers("A page of links; `next` is the cursor of the page behind it.", Links),
            parameters=(KIND, asked.LABELS, STATE, cursors.limit(), cursors.CURSOR),
        ),
        Route(
            method="GET",
            path="/v1/links/{link:path}",
            handler=one,
            summary="One link.",
            answers=asked.answers("The link.", Link),
            parameters=(LINK,),
        ),
    )
