"""An application under test and a client for it, in this process."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from satark.analytics.web.access import Access
from satark.analytics.web.application import application
from satark.analytics.web.callers import Credential
from satark.analytics.web.intake import Limits
from satark.analytics.web.rates import Rates
from satark.analytics.web.route import Answer, Handler, Role, Route

BASE = "http://127.0.0.1:8081"


class Clock:
    """Monotonic seconds that go on when told."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now_s


def open_access() -> Access:
    """Return access for everybody."""
    return Access(credentials=None, rate=None, clock=Clock())


def served(
    *routes: Route,
    credentials: Iterable[Credential] | None = None,
    rate: Rates | None = None,
    clock: Clock | None = None,
    limits: Limits | None = None,
) -> ASGIApp:
    """Return the application of some routes."""
    ticking = clock or Clock()
    access = Access(credentials=credentials, rate=rate, clock=ticking)
    return application(routes, access=access, limits=limits or Limits(), clock=ticking)


@asynccontextmanager
async def client(app: ASGIApp, *, base: str = BASE) -> AsyncIterator[httpx2.AsyncClient]:
    """Yield a client of an application; an error that leaves the application fails the test."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=base) as asking:
        yield asking


async def ask(app: ASGIApp, path: str, *, method: str = "GET", **options: Any) -> httpx2.Response:
    """Return the answer to one request."""
    async with client(app) as asking:
        return await asking.request(method, path, **options)


def route(path: str = "/v1/things", handler: Handler | None = None, **options: Any) -> Route:
    """Return a route that tells its parameters."""
    given: Mapping[str, Any] = {"method": "GET", "role": Role.READ, **options}
    return Route(
        path=path, handler=handler or tell, summary="Tell.", answers=(Answer(200, "What was asked."),), **given
    )


async def tell(request: Request) -> Response:
    """Answer with who asked for what."""
    caller = request.state.caller
    said = {name: str(value) for name, value in request.state.parameters.items()}
    return JSONResponse({"caller": caller.name, "path": request.path_params, "parameters": said})
