"""What the HTTP faces share: the limiter, the virtual Date, and the answers of failures and refused credentials."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import msgspec
from aiohttp import web

from satark.simulators.vco.faults import Failure
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
    """Put the virtual time into the Date header."""
    response.headers["Date"] = http_date(request.app[SIMULATOR].now)


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


def maimed(failure: Failure | None, response: web.Response) -> web.Response:
    """Return an answer cut in half when the failure says so."""
    if failure is None or failure.kind != "truncated":
        return response
    body = response.body
    half = body[: len(body) // 2] if isinstance(body, bytes) else b""
    return web.Response(body=half, content_type="application/json")


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
