"""What operators ask of what is stored: since when there is data, and to drop some of it (analytics.md 2.9)."""

import asyncio
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from satark.analytics.query.purging import BadPurgeError, before_us, purge_input
from satark.analytics.store.statement import StoreError
from satark.analytics.web.answers import answer
from satark.analytics.web.problem import Problem
from satark.analytics.web.route import Answer, Parameter, Role, Route

PURGE = {"type": "object", "properties": {"purge_input": {"type": ["integer", "string"]}}, "required": ["purge_input"]}
PURGED = {
    "type": "object",
    "properties": {"status": {"type": "string"}, "purge_id": {"type": "string"}, "reason": {"type": "string"}},
}
START = {"type": "object", "properties": {"analytics_data_start_time": {"type": ["integer", "null"]}}}
ID = Parameter("purge_id", "The id that was given.", {"type": "string", "maxLength": 64}, "path", True)
MOST_TOLD = 64
"""Purges whose end is remembered."""

StartTime = Callable[[], int | None]
"""Returns the time of the oldest data in microseconds, None when there is none. Blocks; raises StoreError."""
Purge = Callable[[int], None]
"""Drops all that is older than a time in microseconds. Blocks; raises StoreError."""


def routes(start_time: StartTime, purge: Purge, *, now_us: Callable[[], int]) -> tuple[Route, ...]:
    """Return the routes of operations."""
    handlers = _Handlers(start_time, purge, now_us)
    return (
        Route(
            method="GET",
            path="/analytics/operation/analytics-data-start-time",
            handler=handlers.oldest,
            summary="Since when there is data.",
            answers=(Answer(200, "Microseconds since 1970 UTC.", START),),
            tag="operations",
        ),
        Route(
            method="POST",
            path="/analytics/operation/database-purge",
            handler=handlers.begun,
            summary="Drop the oldest data.",
            description="`purge_input` is a percentage of the time that data spans, or the time before which all goes.",
            answers=(
                Answer(200, "It has begun, or one runs already.", PURGED),
                Answer(400, "The body is none of this.", PURGED),
                Answer(500, "There is nothing so old, or nobody knows.", PURGED),
            ),
            role=Role.ADMIN,
            body=PURGE,
            tag="operations",
        ),
        Route(
            method="GET",
            path="/analytics/operation/database-purge/{purge_id}",
            handler=handlers.told,
            summary="How a purge does.",
            answers=(Answer(200, "started, done or failed.", PURGED), Answer(404, "There was none.")),
            parameters=(ID,),
            role=Role.ADMIN,
            tag="operations",
        ),
    )


@dataclass(slots=True)
class _Handlers:
    start_time: StartTime
    purge: Purge
    now_us: Callable[[], int]
    running: asyncio.Task[None] | None = None
    told_of: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    async def oldest(self, request: Request) -> Response:
        return answer(request, {"analytics_data_start_time": await asyncio.to_thread(self.start_time)})

    async def begun(self, request: Request) -> Response:
        try:
            given = purge_input(await request.body())
            start = await asyncio.to_thread(self.start_time)
            now = self.now_us()
            before = before_us(given, start_us=now if start is None else start, now_us=now)
        except BadPurgeError as error:
            return _failed(400, str(error))
        except StoreError:
            return _failed(500, "nobody knows since when there is data")
        if start is None or before < start:
            return _failed(500, "there is no data that is so old")
        running = next((each for each in self.told_of.values() if each["status"] == "started"), None)
        if running is not None:
            return JSONResponse({**running, "status": "running"})
        return JSONResponse(self._begin(before))

    async def told(self, request: Request) -> Response:
        found = self.told_of.get(str(request.path_params["purge_id"]))
        if found is None:
            raise Problem(404, "no_such_purge", "there was no such purge, or it was long ago")
        return answer(request, found)

    def _begin(self, before: int) -> Mapping[str, Any]:
        purge_id = str(uuid.uuid4())
        while len(self.told_of) >= MOST_TOLD:
            del self.told_of[next(iter(self.told_of))]
        self.told_of[purge_id] = {"status": "started", "purge_id": purge_id}
        self.running = asyncio.create_task(self._carry_out(purge_id, before), name=f"purge {purge_id}")
        return self.told_of[purge_id]

    async def _carry_out(self, purge_id: str, before: int) -> None:
        try:
            await asyncio.to_thread(self.purge, before)
        except StoreError as error:
            self.told_of[purge_id] = {"status": "failed", "purge_id": purge_id, "reason": error.reason}
        else:
            self.told_of[purge_id] = {"status": "done", "purge_id": purge_id}


def _failed(status: int, reason: str) -> Response:
    return JSONResponse({"status": "failed", "reason": reason}, status)
