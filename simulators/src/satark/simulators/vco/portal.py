"""The portal's HTTP face: `/portal/` (JSON-RPC), `/portal/rest/…` (bare params and results), the logins.

Both envelopes share the handlers of `methods`. The `Date` header carries the virtual time, because a client takes the
server's clock for the time of its windows (`shell.virtual_date`).
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from aiohttp import web

from satark.simulators.vco.auth import MESSAGE_COOKIE, SESSION_COOKIE, by_password
from satark.simulators.vco.errors import (
    InternalError,
    InvalidRequest,
    MethodError,
    PortalError,
    PrivilegeError,
    TokenError,
)
from satark.simulators.vco.faults import Failure, spoil
from satark.simulators.vco.shell import SIMULATOR, broken, login_page, maimed, read_json, refused, respond

Envelope = Callable[[dict[str, Any], int], web.Response]


def routes() -> list[web.RouteDef]:
    """Return the portal's routes."""
    return [
        web.post("/portal", json_rpc),
        web.post("/portal/", json_rpc),
        web.post("/portal/rest/login/{door:enterpriseLogin|operatorLogin}", login),
        web.post("/login/{door:enterpriseLogin|operatorLogin}", login),
        web.post("/portal/rest/logout", logout),
        web.post("/logout", logout),
        web.get("/login", show_login_page),
        web.post("/portal/rest/{namespace}/{method}", rest),
    ]


def too_many() -> web.Response:
    """Return what the limiter answers here: no JSON."""
    return web.Response(status=429, text="Too Many Requests", content_type="text/html")


async def json_rpc(request: web.Request) -> web.StreamResponse:
    """Handle the JSON-RPC form: all is HTTP 200 but the orchestrator's own failures."""
    body = read_json(await request.read())
    if not isinstance(body, dict) or not isinstance(body.get("method"), str):
        refusal = InvalidRequest("Invalid Request")
        return respond({"jsonrpc": "2.0", "error": refusal.body(), "id": None}, 200)

    def envelope(content: dict[str, Any], status: int) -> web.Response:
        shown = status if status >= InternalError.http_status else 200
        return respond({"jsonrpc": "2.0", **content, "id": body.get("id")}, shown)

    return await _call(request, body["method"].strip("/"), body.get("params"), envelope)


async def rest(request: web.Request) -> web.StreamResponse:
    """Handle the REST-like form: the body is the params, the answer the bare result, errors have a status."""
    raw = await request.read()
    params = read_json(raw) if raw.strip() else None
    method = f"{request.match_info['namespace']}/{request.match_info['method']}"

    def envelope(content: dict[str, Any], status: int) -> web.Response:
        return respond(content.get("result", content), status)

    return await _call(request, method, params, envelope)


async def login(request: web.Request) -> web.StreamResponse:
    """Handle both login doors: success is a session cookie, never a status code (1.1)."""
    simulator = request.app[SIMULATOR]
    door = request.match_info["door"]
    failure = simulator.next_failure(f"login/{door}")
    if (answer := await broken(request, failure)) is not None:
        return answer
    body = read_json(await request.read())
    given = body if isinstance(body, dict) else {}
    account = by_password(
        simulator.accounts, given.get("username"), given.get("password"), operator=door == "operatorLogin"
    )
    if account is None:
        simulator.refused_credentials += 1
        response = web.Response(status=302, headers={"Location": "/login"})
        _set_cookie(response, MESSAGE_COOKIE, quote("Invalid username or password"), "Path=/")
        return response
    status = simulator.faults.login_status
    response = web.Response(status=status, headers={"Location": "/"} if status == 302 else None)  # noqa: PLR2004 - Found
    cookie = simulator.sessions.login(account, simulator.now, simulator.faults.session_ttl_s)
    _set_cookie(response, SESSION_COOKIE, cookie, "Path=/; HttpOnly; Secure" if request.secure else "Path=/; HttpOnly")
    _set_cookie(response, MESSAGE_COOKIE, "", "Path=/")
    return response


async def logout(request: web.Request) -> web.StreamResponse:
    """Close the session; 302 whether there was one or not."""
    simulator = request.app[SIMULATOR]
    failure = simulator.next_failure("logout")
    if (answer := await broken(request, failure)) is not None:
        return answer
    simulator.sessions.logout(request.cookies.get(SESSION_COOKIE, ""))
    response = web.Response(status=302, headers={"Location": "/login"})
    _set_cookie(response, SESSION_COOKIE, "", "Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT")
    return response


async def show_login_page(_: web.Request) -> web.StreamResponse:
    """Show what a client meets that follows the redirect of a refused credential."""
    return login_page()


async def _call(request: web.Request, method: str, params: Any, envelope: Envelope) -> web.StreamResponse:
    simulator = request.app[SIMULATOR]
    failure = simulator.next_failure(method)
    if (answer := await broken(request, failure)) is not None:
        return answer
    try:
        account = simulator.authenticate(request.headers.get("Authorization"), request.cookies.get(SESSION_COOKIE))
        result = simulator.answer(method, params, account)
        _fail(failure)
    except TokenError as error:
        content, usual = {"error": error.body()}, error.http_status
        return refused(
            simulator, lambda status: envelope(content, usual) if status is None else respond(content, status)
        )
    except PortalError as error:
        return envelope({"error": error.body()}, error.http_status)
    spoilt = spoil(failure.kind, result) if failure else result
    return await maimed(request, failure, envelope({"result": spoilt}, 200))


def _fail(failure: Failure | None) -> None:
    """Raise what a failure asks for."""
    match failure and failure.kind:
        case "privilege":
            raise PrivilegeError("READ:EDGE")
        case "method_error":
            raise MethodError
        case "error_500":
            raise InternalError


def _set_cookie(response: web.Response, name: str, value: str, attributes: str) -> None:
    """Add a cookie as the portal writes it: an empty value is nothing, where http.cookies writes two quotes."""
    response.headers.add("Set-Cookie", f"{name}={value}; {attributes}")
