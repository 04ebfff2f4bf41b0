"""What the HTTP faces share: the limiter, the virtual Date, and the answers of failures and refused credentials."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import msgspec
from aiohttp import web

from satark.simulators.vco.faults import Failure
from satark.simulators.vco.lies import told_bytes
from satark.simulators.vco.simulator import Simulator

SIMULATOR = web.AppKey("simulator", Simulator)
CONTROL_PREFIX = "/__sim/"
PIECES = 20
"""So many times a slow answer goes on."""

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
TooMany = Callable[[web.Request], web.Response]


def rate_limit(too_many: TooMany) -> Any:
    """Return the middleware that answers for the limiter: everything but the control interface, while it says so."""

    @web.middleware
    async def limited(request: web.Request, handler: Handler) -> web.StreamResponse:
        simulator = request.app[SIMULATOR]
        if request.path.startswith(CONTROL_PREFIX):
            return await handler(request)
        rate = simulator.faults.rate
        if not simulator.limiter.admit(rate, asyncio.get_running_loop().time(), simulator.in_flight):
            response = too_many(request)
            if rate is not None and rate.retry_after_s is not None:
                response.headers["Retry-After"] = str(rate.retry_after_s)
            return response
        simulator.in_flight += 1
        try:
            return await handler(request)
        finally:
            simulator.in_flight -= 1

    return limited


async def virtual_date(request: web.Request, response: web.StreamResponse) -> None:
    """Put the virtual time into the Date header, or what the orchestrator takes for it."""
    simulator = request.app[SIMULATOR]
    response.headers["Date"] = http_date(simulator.now + timedelta(seconds=simulator.faults.date_skew_s))


def http_date(when: datetime) -> str:
    """Return a time in the form of RFC 9110."""
    return format_datetime(when.astimezone(UTC), usegmt=True)


async def broken(request: web.Request, failure: Failure | None) -> web.StreamResponse | None:
    """Return the answer of a failure that needs no result; None lets the call go on."""
    match failure and failure.kind:
        case "bad_gateway":
            return web.Response(status=502, text=BAD_GATEWAY_PAGE, content_type="text/html")
        case "login_page":
            return login_page()
        case "redirect":
            location = (failure and failure.location) or request.path_qs
            return web.Response(status=308, headers={"Location": location})
        case "reset":
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        case "slow":
            await asyncio.sleep(failure.delay_s if failure else 0)
    return None


async def maimed(request: web.Request, failure: Failure | None, response: web.Response) -> web.StreamResponse:
    """Return an answer cut in half, with other bytes, or sent too slowly, when the failure says so."""
    body = response.body if isinstance(response.body, bytes) else b""
    match failure and failure.kind:
        case "truncated":
            return web.Response(body=body[: len(body) // 2], content_type="application/json")
        case "not_json_numbers" as lie:
            return web.Response(body=told_bytes(lie, body), content_type="application/json")
        case "drip" | "stall":
            return await _slowly(request, body, failure)
    return response


async def _slowly(request: web.Request, body: bytes, failure: Failure | None) -> web.StreamResponse:
    """Send an answer in pieces over its time, or half of it and the rest never."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = len(body)
    await response.prepare(request)
    delay_s, drips = (failure.delay_s, failure.kind == "drip") if failure else (0.0, True)
    pieces = PIECES if drips else 1
    size = max(1, len(body) // (pieces if drips else 2))
    for start in range(0, size * pieces, size):
        await response.write(body[start : start + size])
        await asyncio.sleep(delay_s / pieces)
    if not drips:
        if request.transport is not None:
            request.transport.abort()
        return response
    await response.write(body[size * pieces :])
    return response


def refused(simulator: Simulator, otherwise: Callable[[int | None], web.Response]) -> web.StreamResponse:
    """Show a bad credential in the style that is set (1.1, last table); `otherwise` makes JSON with a status."""
    match simulator.faults.auth_style:
        case "login_redirect":
            response = web.Response(status=302, headers={"Location": "/login"})
        case "login_page":
            response = login_page()
        case "status_401":
            response = otherwise(401)
        case "status_403":
            response = otherwise(403)
        case _:
            response = otherwise(None)
    if simulator.faults.expires_header:
        response.headers["Expires"] = "0"
    return response


def login_page() -> web.Response:
    """Return what a client meets that follows the redirect of a refused credential."""
    return web.Response(text=LOGIN_PAGE, content_type="text/html")


def read_json(raw: bytes) -> Any:
    """Return decoded JSON; what is none comes back as None, which no envelope accepts as a body."""
    try:
        return msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return None


def respond(content: Any, status: int) -> web.Response:
    """Return a JSON answer."""
    return web.Response(body=msgspec.json.encode(content), status=status, content_type="application/json")
