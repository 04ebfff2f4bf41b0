"""The portal's HTTP face: `/portal/` (JSON-RPC), `/portal/rest/…` (bare params and results), the logins.

Both envelopes share the handlers of `methods`. The `Date` header carries the virtual time, because a client takes the
server's clock for the time of its windows.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

import msgspec
from aiohttp import web

from satark.simulators.vco.auth import MESSAGE_COOKIE, SESSION_COOKIE, by_password
from satark.simulators.vco.errors import InternalError, InvalidRequest, PortalError, PrivilegeError, TokenError
from satark.simulators.vco.faults import Failure, spoil
from satark.simulators.vco.simulator import Simulator

SIMULATOR = web.AppKey("simulator", Simulator)
CONTROL_PREFIX = "/__sim/"
LOGIN_PAGE = """<!DOCTYPE html>
<html><head><title>Login</title></head><body><form action="/login/enterpriseLogin" method="post">\
<p class="error">Invalid username or password</p></form></body></html>
"""
BAD_GATEWAY_PAGE = """<html>
<head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body>
</html>
"""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
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
        web.get("/login", login_page),
        web.post("/portal/rest/{namespace}/{method}", rest),
    ]


@web.middleware
async def rate_limit(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 429 to everything but the control interface while the limiter says so."""
    simulator = request.app[SIMULATOR]
    if request.path.startswith(CONTROL_PREFIX):
        return await handler(request)
    if not simulator.limiter.admit(simulator.faults.rate, asyncio.get_running_loop().time(), simulator.in_flight):
        return web.Response(status=429, text="Too Many Requests", content_type="text/html")
    simulator.in_flight += 1
    try:
        return await handler(request)
    finally:
        simulator.in_flight -= 1


async def virtual_date(request: web.Request, response: web.StreamResponse) -> None:
    """Put the virtual time into the Date header."""
    response.headers["Date"] = http_date(request.app[SIMULATOR].now)


def http_date(when: datetime) -> str:
    """Return a time in the form of RFC 9110."""
    return format_datetime(when.astimezone(UTC), usegmt=True)


async def json_rpc(request: web.Request) -> web.StreamResponse:
    """Handle the JSON-RPC form: all is HTTP 200 but the orchestrator's own failures."""
    body = _json(await request.read())
    if not isinstance(body, dict) or not isinstance(body.get("method"), str):
        refusal = InvalidRequest("Invalid Request")
        return _respond({"jsonrpc": "2.0", "error": refusal.body(), "id": None}, 200)

    def envelope(content: dict[str, Any], status: int) -> web.Response:
        shown = status if status >= InternalError.http_status else 200
        return _respond({"jsonrpc": "2.0", **content, "id": body.get("id")}, shown)

    return await _call(request, body["method"].strip("/"), body.get("params"), envelope)


async def rest(request: web.Request) -> web.StreamResponse:
    """Handle the REST-like form: the body is the params, the answer the bare result, errors have a status."""
    raw = await request.read()
    params = _json(raw) if raw.strip() else None
    method = f"{request.match_info['namespace']}/{request.match_info['method']}"

    def envelope(content: dict[str, Any], status: int) -> web.Response:
        return _respond(content.get("result", content), status)

    return await _call(request, method, params, envelope)


async def login(request: web.Request) -> web.StreamResponse:
    """Handle both login doors: success is a session cookie, never a status code (1.1)."""
    simulator = request.app[SIMULATOR]
    door = request.match_info["door"]
    failure = simulator.next_failure(f"login/{door}")
    if failure is not None and (broken := await _broken(request, failure)) is not None:
        return broken
    body = _json(await request.read())
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
    if failure is not None and (broken := await _broken(request, failure)) is not None:
        return broken
    simulator.sessions.logout(request.cookies.get(SESSION_COOKIE, ""))
    response = web.Response(status=302, headers={"Location": "/login"})
    _set_cookie(response, SESSION_COOKIE, "", "Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT")
    return response


async def login_page(_: web.Request) -> web.StreamResponse:
    """Show what a client meets that follows the redirect of a refused credential."""
    return web.Response(text=LOGIN_PAGE, content_type="text/html")


async def _call(request: web.Request, method: str, params: Any, envelope: Envelope) -> web.StreamResponse:
    simulator = request.app[SIMULATOR]
    failure = simulator.next_failure(method)
    if failure is not None and (broken := await _broken(request, failure)) is not None:
        return broken
    try:
        account = simulator.authenticate(request.headers.get("Authorization"), request.cookies.get(SESSION_COOKIE))
        result = simulator.answer(method, params, account)
        if failure is not None and failure.kind == "privilege":
            raise PrivilegeError("READ:EDGE")
        if failure is not None and failure.kind == "error_500":
            raise InternalError
    except TokenError as error:
        return _refused(simulator, error, envelope)
    except PortalError as error:
        return envelope({"error": error.body()}, error.http_status)
    response = envelope({"result": spoil(failure.kind, result) if failure else result}, 200)
    if failure is not None and failure.kind == "truncated":
        body = response.body
        return web.Response(
            body=body[: len(body) // 2] if isinstance(body, bytes) else b"", content_type="application/json"
        )
    return response


async def _broken(request: web.Request, failure: Failure) -> web.StreamResponse | None:
    """Return the answer of a failure that needs no result; None lets the call go on."""
    match failure.kind:
        case "bad_gateway":
            return web.Response(status=502, text=BAD_GATEWAY_PAGE, content_type="text/html")
        case "reset":
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        case "slow":
            await asyncio.sleep(failure.delay_s)
    return None


def _refused(simulator: Simulator, error: TokenError, envelope: Envelope) -> web.StreamResponse:
    """Show a bad credential in the style that is set (1.1, last table)."""
    match simulator.faults.auth_style:
        case "login_redirect":
            response = web.Response(status=302, headers={"Location": "/login"})
        case "login_page":
            response = web.Response(text=LOGIN_PAGE, content_type="text/html")
        case "status_401":
            response = _respond({"error": error.body()}, 401)
        case "status_403":
            response = _respond({"error": error.body()}, 403)
        case _:
            response = envelope({"error": error.body()}, error.http_status)
    if simulator.faults.expires_header:
        response.headers["Expires"] = "0"
    return response


def _set_cookie(response: web.Response, name: str, value: str, attributes: str) -> None:
    """Add a cookie as the portal writes it: an empty value is nothing, where http.cookies writes two quotes."""
    response.headers.add("Set-Cookie", f"{name}={value}; {attributes}")


def _json(raw: bytes) -> Any:
    """Return decoded JSON; what is none comes back as None, which no envelope accepts as a body."""
    try:
        return msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return None


def _respond(content: Any, status: int) -> web.Response:
    return web.Response(body=msgspec.json.encode(content), status=status, content_type="application/json")
