"""A Cisco Catalyst SD-WAN Manager of the tests: its login, its token, and the answers of tests/data/mappings."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

import satark.poller.mapped
from satark.poller.orchestrator import Orchestrator
from satark.runtime.settings import Secret

DATA = Path(__file__).parents[3] / "data" / "mappings"
EXAMPLES = Path(satark.poller.mapped.__file__).parent / "examples"
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
USERNAME, PASSWORD = "poller", "an invented & awkward=password"
LOGIN_PAGE = "<html><head><title>Login</title></head></html>"
XSRF = "9A1C5E0FAKE"


def content(file: str) -> bytes:
    """Return a sample of the data folder."""
    return (DATA / file).read_bytes()


def orchestrator_at(url: str, mapping: Path | None, **changes: Any) -> Orchestrator:
    """Return an orchestrator that is read by a mapping, quick to give up."""
    given: dict[str, Any] = {
        "driver": "mapped",
        "mapping_file": mapping,
        "sample_s": 600,
        "retries": 0,
        "requests_per_s": 1_000.0,
        "read_timeout_s": 10.0,
    }
    return Orchestrator(name="sdwan.example.net", url=url, **(given | changes))


def with_login(password: str = PASSWORD) -> dict[str, Any]:
    """Return the credential of the manager's user."""
    return {"username": USERNAME, "password": Secret(password)}


@dataclass
class Manager:
    """Speaks as the product does: 200 and a page for a wrong password or a session that ended, or 403 for the token."""

    has_token: bool = True
    tells_by_page: bool = True
    sessions: set[str] = field(default_factory=set)
    logins: int = 0
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)

    def expire(self) -> None:
        """End all sessions."""
        self.sessions.clear()

    def app(self) -> web.Application:
        """Return the application."""
        app = web.Application(middlewares=[self.guard])
        app.on_response_prepare.append(_on_that_day)
        app.router.add_post("/j_security_check", self.login)
        app.router.add_get("/dataservice/client/token", self.token)
        app.router.add_get("/dataservice/client/about", self.about)
        app.router.add_get("/dataservice/device", self.devices)
        app.router.add_post("/dataservice/statistics/approute/page", self.statistics)
        app.router.add_post("/dataservice/event", self.events)
        app.router.add_get("/logout", self.logout)
        return app

    @web.middleware
    async def guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Let nobody in without a session, and without its token where there is one."""
        self.asked.append((request.method, request.path, request.query_string))
        open_paths = {"/j_security_check"}
        if request.path in open_paths:
            return await handler(request)  # type: ignore[no-any-return]
        if request.cookies.get("JSESSIONID") not in self.sessions:
            if self.tells_by_page:
                return web.Response(text=LOGIN_PAGE, content_type="text/html")
            return web.json_response({"error": {"message": "SessionTokenFilter: Token mismatch"}}, status=403)
        is_data = request.path.startswith("/dataservice/") and request.path != "/dataservice/client/token"
        if is_data and self.has_token and request.headers.get("X-XSRF-TOKEN") != XSRF:
            return web.json_response({"error": {"message": "SessionTokenFilter: no token"}}, status=403)
        return await handler(request)  # type: ignore[no-any-return]

    async def login(self, request: web.Request) -> web.Response:
        """Open a session for the right password."""
        self.logins += 1
        form = await request.post()
        if (form.get("j_username"), form.get("j_password")) != (USERNAME, PASSWORD):
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        session = f"session-{self.logins}"
        self.sessions.add(session)
        response = web.Response(text="")
        response.set_cookie("JSESSIONID", session, path="/", httponly=True)
        return response

    async def token(self, _: web.Request) -> web.Response:
        """Return the token as text; older releases have none."""
        return web.Response(text=XSRF) if self.has_token else web.Response(status=404, text="Not Found")

    async def devices(self, _: web.Request) -> web.Response:
        """Return the devices."""
        return _json(content("catalyst-devices.json"))

    async def about(self, _: web.Request) -> web.Response:
        """Return the release."""
        return web.json_response({"data": {"title": "Cisco Catalyst SD-WAN Manager", "version": "20.15.1"}})

    async def statistics(self, request: web.Request) -> web.Response:
        """Return two pages of statistics."""
        self.bodies.append(await request.json())
        page = 2 if request.query.get("scrollId") else 1
        return _json(content(f"catalyst-approute-p{page}.json"))

    async def events(self, request: web.Request) -> web.Response:
        """Return the events."""
        self.bodies.append(await request.json())
        return _json(content("catalyst-events.json"))

    async def logout(self, request: web.Request) -> web.Response:
        """End the session."""
        self.sessions.discard(request.cookies.get("JSESSIONID", ""))
        return web.Response(status=302, headers={"Location": "/welcome.html"})


@asynccontextmanager
async def running(app: web.Application, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Serve on a free port of loopback; give the base URL."""
    server = TestServer(app)
    await server.start_server(ssl=tls)
    try:
        yield str(server.make_url("")).rstrip("/")
    finally:
        await server.close()


async def _on_that_day(_: web.Request, response: web.StreamResponse) -> None:
    response.headers["Date"] = "Tue, 10 Mar 2026 12:20:00 GMT"


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json")
