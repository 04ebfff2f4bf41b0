"""The HTTP face of v2: two base paths, token or session, and the errors of 1.2.

From 5.0 on the API is at `/api/sdwan/v2`, and `/sdwan` answers 308 to it; 4.2 has it at `/sdwan`, 4.0 has none.
"""

from aiohttp import web

from satark.simulators.vco.aggregate import OLDER_ERAS
from satark.simulators.vco.auth import SESSION_COOKIE
from satark.simulators.vco.errors import TokenError
from satark.simulators.vco.faults import Failure, spoil
from satark.simulators.vco.shell import SIMULATOR, broken, maimed, refused, respond
from satark.simulators.vco.v2.errors import (
    Forbidden,
    RateLimitExceededError,
    ResourceNotFoundError,
    RestError,
    UnAuthorized,
    UnsupportedMediaTypeError,
)
from satark.simulators.vco.v2.payloads import NEW_BASE, OLD_BASE
from satark.simulators.vco.v2.resources import RESOURCES, RestRequest
from satark.simulators.vco.v2.routing import REDIRECTED, match_path


def routes() -> list[web.RouteDef]:
    """Return the routes of both base paths."""
    return [
        web.get(f"{NEW_BASE}/{{tail:.*}}", new_path),
        web.get(f"{OLD_BASE}/{{tail:.*}}", old_path),
    ]


def too_many() -> web.Response:
    """Return what the limiter answers here."""
    error = RateLimitExceededError()
    return respond(error.body(), error.status)


async def new_path(request: web.Request) -> web.StreamResponse:
    """Handle `/api/sdwan/v2/…`, which older releases do not have."""
    era = request.app[SIMULATOR].faults.era
    return await _get(request, known=era not in OLDER_ERAS)


async def old_path(request: web.Request) -> web.StreamResponse:
    """Handle `/sdwan/…`: itself before 5.0, a redirect since."""
    simulator = request.app[SIMULATOR]
    if simulator.faults.era in OLDER_ERAS:
        return await _get(request, known=simulator.faults.era != "4.0")
    simulator.count(REDIRECTED)
    return web.Response(status=308, headers={"Location": NEW_BASE + request.path_qs.removeprefix(OLD_BASE)})


async def _get(request: web.Request, *, known: bool) -> web.StreamResponse:
    simulator = request.app[SIMULATOR]
    found = match_path(request.match_info["tail"]) if known else None
    failure = simulator.next_failure(found.name if found else request.path)
    if (answer := await broken(request, failure)) is not None:
        return answer
    try:
        account = simulator.authenticate(request.headers.get("Authorization"), request.cookies.get(SESSION_COOKIE))
    except TokenError:
        unauthorized = UnAuthorized()
        return refused(simulator, lambda status: respond(unauthorized.body(), status or unauthorized.status))
    try:
        _check_media_type(request)
        if found is None:
            raise ResourceNotFoundError("No such resource")
        asked = RestRequest(account, simulator.now, dict(request.query), found.enterprise_id, found.edge_id)
        body = RESOURCES[found.pattern][1](simulator.orchestrator(), asked)
        _fail(failure)
    except RestError as error:
        return respond(error.body(), error.status)
    return await maimed(request, failure, respond(spoil(failure.kind, body) if failure else body, 200))


def _check_media_type(request: web.Request) -> None:
    if "Content-Type" in request.headers and request.content_type != "application/json":
        raise UnsupportedMediaTypeError


def _fail(failure: Failure | None) -> None:
    """Raise what a failure asks for."""
    match failure and failure.kind:
        case "error_500":
            raise RestError
        case "privilege":
            raise Forbidden("READ:EDGE")
        case "method_error":
            raise ResourceNotFoundError("No such resource")
