"""Links over HTTP: a list with filters, and one."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

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
    handlers = _Handlers(store, now)
    return (
        Route(
            method="GET",
            path="/v1/links",
            handler=handlers.several,
            summary="Links by key, with their state and what was measured last.",
            answers=asked.answers("A page of links; `next` is the cursor of the page behind it.", Links),
            parameters=(KIND, asked.LABELS, STATE, cursors.limit(), cursors.CURSOR),
        ),
        Route(
            method="GET",
            path="/v1/links/{link:path}",
            handler=handlers.one,
            summary="One link.",
            answers=asked.answers("The link.", Link),
            parameters=(LINK,),
        ),
    )


class _Handlers:
    def __init__(self, store: Reader, now: asked.Now) -> None:
        self._store = store
        self._now = now

    async def several(self, request: Request) -> Response:
        given = asked.values(request)
        after = cursors.opened(given, tuple[str]) or ("",)
        statement = links.listing(
            kind=given["kind"] or None,
            labels=given["label"] or (),
            state=given["state"],
            after=after[0],
            limit=given["limit"],
            now=self._now(),
        )
        found, more = asked.page(await asked.rows(self._store, statement), given["limit"])
        behind = cursors.seal(given, (found[-1][0],)) if more else None
        return answer(request, Links(links=await _told(self._store, found, self._now()), next=behind))

    async def one(self, request: Request) -> Response:
        entity = asked.values(request)["link"]
        found = await link_of(self._store, entity, self._now())
        return answer(request, only([found] if found else [], f"link {entity}"))


async def link_of(store: Reader, entity: str, now: datetime) -> Link | None:
    """Return a link by its key, None for one that was never measured. Raises StoreError."""
    found = await asked.rows(store, links.one(entity))
    return (await _told(store, found, now))[0] if found else None


async def _told(store: Reader, found: Sequence[Row], now: datetime) -> list[Link]:
    if not found:
        return []
    samples, incidents = await asyncio.gather(
        asked.rows(store, links.last_samples(found)), asked.rows(store, links.open_incidents(found))
    )
    return links.links(found, samples, incidents, now=now)
