"""All links in one answer, for the console's first page."""

import asyncio
from datetime import datetime, timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.routes.v1 import asked
from satark.analytics.routes.v1.questions import fleet, fleet_told
from satark.analytics.routes.v1.questions.fleet_told import Fleet, Found, StateOf
from satark.analytics.store.statement import Reader, Row
from satark.analytics.web.answers import JSON, tagged
from satark.analytics.web.route import Route

FRESH = timedelta(seconds=15)
"""Who asks again within this time is answered the same: many who look cost as much as one."""


def routes(store: Reader, state_of: StateOf, *, now: asked.Now) -> tuple[Route, ...]:
    """Return the route; `state_of` says how pollers find an entity to be."""
    return (
        Route(
            method="GET",
            path="/v1/fleet",
            handler=_Handlers(store, state_of, now).every,
            summary="All WAN links at once, column by column, with a day of latency as a line of letters.",
            description=(
                f"At most {fleet.MOST} links; those silent for {fleet.KEPT.days} days are left out. "
                f"An answer may be {FRESH.seconds} s old, the newest letters of its lines {fleet.GRID.seconds // 60} minutes."
            ),
            answers=asked.answers("The links.", Fleet),
        ),
    )


class _Handlers:
    def __init__(self, store: Reader, state_of: StateOf, now: asked.Now) -> None:
        self._store = store
        self._state_of = state_of
        self._now = now
        self._known = b""
        self._as_of: datetime | None = None
        self._lines: tuple[datetime, list[Row]] | None = None
        self._asking = asyncio.Lock()

    async def every(self, request: Request) -> Response:
        return tagged(request, await self._content(), media_type=JSON)

    async def _content(self) -> bytes:
        """Return the answer, encoded. One asks the store, and others who come meanwhile wait for it."""
        async with self._asking:
            if self._as_of is None or not timedelta() <= self._now() - self._as_of < FRESH:
                now = self._now()
                self._known = await self._asked(now)
                self._as_of = now
            return self._known

    async def _asked(self, now: datetime) -> bytes:
        statements = fleet.questions(now)
        start, lines = fleet.start_of(now), self._lines
        if lines is not None and lines[0] == start:
            del statements["lines"]  # the same bins as last time, and by far the most to be read
        answers = await asyncio.gather(*(asked.rows(self._store, one) for one in statements.values()))
        found = dict(zip(statements, answers, strict=True))
        if "lines" in found:
            self._lines = (start, found["lines"])
        elif lines is not None:
            found["lines"] = lines[1]
        return await asyncio.to_thread(_encoded, Found(**found), self._state_of, now)


def _encoded(found: Found, state_of: StateOf, now: datetime) -> bytes:
    return msgspec.json.encode(fleet_told.fleet(found, state_of, now))
