"""An orchestrator that answers what a test tells it to, over real HTTP, and remembers what it was asked."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from satark.poller.inventory import Enterprise
from satark.poller.orchestrator import Orchestrator
from satark.runtime.settings import Secret

SAMPLES = Path(__file__).parents[3] / "data" / "vco"
ELEVEN = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
NORTHWIND = Enterprise("5d6c1b7e-2f0a-4a55-9a1d-6f0d6a7c4101", "Northwind", "", "5d6c1b7e-2f0a-4a55-9a1d-6f0d6a7c4101")
LONDON = "c0ffee01-0311-4d2a-8b1e-1f6f2a520311"
FIBRE_A = "00000001-6c1e-4d0a-9f3b-2b7a5d1e0a11"
BROADBAND_B = "00000002-6c1e-4d0a-9f3b-2b7a5d1e0a22"
TOKEN = "an-invented-token-of-the-tests"

Handler = Callable[[web.Request], web.Response]


def sample(file: str) -> bytes:
    """Return the bytes of a sample payload."""
    return (SAMPLES / f"{file}.json").read_bytes()


def answer(body: Any, status: int = 200, **headers: str) -> web.Response:
    """Return a JSON answer; bytes are taken as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return web.Response(body=content, status=status, content_type="application/json", headers=headers)


@dataclass
class Scripted:
    """What to answer by path, else 404; and the requests that came."""

    paths: dict[str, Handler] = field(default_factory=dict)
    asked: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a request."""
        self.asked.append(request)
        self.bodies.append(await request.read())
        handler = self.paths.get(request.path)
        return handler(request) if handler else web.Response(status=404, text="Not Found")

    def says(self, path: str, body: Any, status: int = 200, **headers: str) -> None:
        """Answer a path always alike."""
        self.paths[path] = lambda _: answer(body, status, **headers)


@asynccontextmanager
async def serving(scripted: Scripted) -> AsyncIterator[str]:
    """Serve on a free port of loopback; give the base URL."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", scripted.handle)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


def orchestrator_at(url: str, **changes: Any) -> Orchestrator:
    """Return an orchestrator with a token, quick to give up."""
    given: dict[str, Any] = {"token": Secret(TOKEN), "retries": 0, "requests_per_s": 1_000.0, "read_timeout_s": 10.0}
    return Orchestrator(name="vco.example.net", url=url, **(given | changes))


def northwind(rest: str, base: str = "/api/sdwan/v2") -> str:
    """Return a path below the sample enterprise."""
    return f"{base}/enterprises/{NORTHWIND.key}/{rest}"
