"""The ASGI application: routes behind limits, roles and one shape of refusal.

A request passes, from the outside: its log line and metrics, its limits, compression, the route's own path and method, the
caller's rights and rate, and the parameters as declared. The handler finds `caller` and `parameters` in `request.state`.
"""

import asyncio
from collections.abc import Callable, Iterable
from time import monotonic

import structlog
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from satark.analytics.store.failures import TIMEOUT
from satark.analytics.store.statement import StoreError
from satark.analytics.web import metrics, parameters, problems
from satark.analytics.web.access import Access
from satark.analytics.web.dispatch import Dispatcher, Match
from satark.analytics.web.exchange import Exchange, shown
from satark.analytics.web.intake import Intake, Limits, check_head
from satark.analytics.web.problem import Problem
from satark.analytics.web.route import Route

STRICT = "/v1"
"""Below it a parameter that is not declared is refused. Contrail's servers skip what they do not know."""

GZIP_FROM_BYTES = 1024
GZIP_LEVEL = 5

log = structlog.get_logger()


def application(
    routes: Iterable[Route],
    *,
    access: Access,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    clock: Callable[[], float] = monotonic,
) -> ASGIApp:
    """Return the application that serves the routes. Raises ValueError for two of the same method and path."""
    return _Outside(_Inside(Dispatcher(routes), access, limits), limits, clock)


class _Outside:
    """Whatever happens inside, there is one answer, one line in the log, and a count."""

    def __init__(self, inside: "_Inside", limits: Limits, clock: Callable[[], float]) -> None:
        self._app = GZipMiddleware(inside, minimum_size=GZIP_FROM_BYTES, compresslevel=GZIP_LEVEL)
        self._limits = limits
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(f"there is nothing here for {scope['type']}")
        exchange = Exchange(scope, send)
        began_s = self._clock()
        metrics.REQUESTS_IN_PROGRESS.inc()
        try:
            await self._answer(scope, receive, exchange)
        finally:
            metrics.REQUESTS_IN_PROGRESS.dec()
            self._tell(exchange, scope, self._clock() - began_s)

    async def _answer(self, scope: Scope, receive: Receive, exchange: Exchange) -> None:
        scope["state"] = {**scope.get("state", {}), "exchange": exchange}
        intake = Intake(receive, self._limits)
        try:
            check_head(scope, self._limits)
            await self._app(scope, intake, exchange.send)
        except ClientDisconnect:
            return
        except asyncio.CancelledError:
            # The server has waited long enough for this answer. We are the task's outermost frame: nobody else asks.
            await _refuse(_stopping(), scope, intake, exchange)
        except Exception as error:  # noqa: BLE001 - told to the log in whole, and to the caller not at all
            await _refuse(_problem(error, exchange), scope, intake, exchange)

    def _tell(self, exchange: Exchange, scope: Scope, seconds: float) -> None:
        metrics.REQUESTS.labels(exchange.route, exchange.method, str(exchange.status)).inc()
        metrics.REQUEST_SECONDS.labels(exchange.route).observe(seconds)
        log.info(
            "request",
            method=exchange.method,
            path=shown(scope["path"]),
            status=exchange.status,
            seconds=round(seconds, 6),
            bytes=exchange.bytes,
            caller=exchange.caller,
            address=exchange.address,
            request_id=exchange.request_id,
        )


class _Inside:
    """Finds the route, and asks it if the caller may."""

    def __init__(self, dispatcher: Dispatcher, access: Access, limits: Limits) -> None:
        self._dispatcher = dispatcher
        self._access = access
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange: Exchange = scope["state"]["exchange"]
        request = Request(scope, receive)
        try:
            response = await self._respond(request, exchange)
        except Problem as problem:
            response = problems.response(problem, request_id=exchange.request_id)
        await response(scope, receive, send)

    async def _respond(self, request: Request, exchange: Exchange) -> Response:
        match = self._dispatcher.match(request.scope["path"])
        exchange.route = match.path
        route = match.route(request.method)
        admission = self._access.admit(request.headers, route.role, address=exchange.address, where=match.path)
        exchange.caller = admission.caller.name
        exchange.extra.update(admission.headers)
        request.scope["path_params"] = dict(match.parameters)
        request.state.caller = admission.caller
        request.state.parameters = _parameters(route, match, request)
        return await route.handler(request)


def _parameters(route: Route, match: Match, request: Request) -> dict[str, object]:
    declared = route.parameters
    strict = match.path == STRICT or match.path.startswith(f"{STRICT}/")
    said = [(name, str(value)) for name, value in match.parameters.items()]
    heads = [(one.name, request.headers[one.name]) for one in declared if one.name in request.headers]
    return {
        **parameters.read(declared, said, place="path", strict=False),
        **parameters.read(declared, request.query_params.multi_items(), place="query", strict=strict),
        **parameters.read(declared, heads, place="header", strict=False),
    }


def _store_problem(error: StoreError) -> Problem:
    if error.reason == TIMEOUT:
        return Problem(503, "store_timeout", "the store took too long for this; ask for less of it")
    return Problem(503, "store_failed", "the store did not answer", headers={"Retry-After": "5"})


async def _refuse(problem: Problem, scope: Scope, receive: Receive, exchange: Exchange) -> None:
    """Answer with a problem, unless an answer has begun: that one stays broken, and the connection ends."""
    if not exchange.status:
        await problems.response(problem, request_id=exchange.request_id)(scope, receive, exchange.send)


def _stopping() -> Problem:
    return Problem(503, "stopping", "the server stops before this is answered", headers={"Retry-After": "5"})


def _problem(error: Exception, exchange: Exchange) -> Problem:
    """Return what a caller is told of an error; what is inside is for the log."""
    match error:
        case Problem():
            return error
        case StoreError():
            log.error("store_failed", reason=error.reason, detail=str(error), request_id=exchange.request_id)
            return _store_problem(error)
        case _:
            log.error("request_failed", request_id=exchange.request_id, route=exchange.route, exc_info=error)
            return Problem(500, "internal", "this is a fault of the server; its log has it under the request's id")
