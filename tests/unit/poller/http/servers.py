"""Servers of one handler, over real sockets, and what the tests of this folder ask them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from satark.poller.http.client import HttpClient, in_thread
from satark.poller.http.exchange import Answer, Asked, Request
from satark.poller.orchestrator import Orchestrator
from satark.runtime.settings import Secret

TOKEN = "an-invented-token-of-the-tests"
ASKED = Asked("vco.example.net", "any/method", (TOKEN,))
REQUEST = Request("any/method", "/portal/", body=b"{}")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Raw = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def orchestrator_at(url: str, **changes: Any) -> Orchestrator:
    """Return an orchestrator, quick to give up."""
    given: dict[str, Any] = {"name": "vco.example.net", "token": Secret(TOKEN), "retries": 0, "requests_per_s": 1_000.0}
    return Orchestrator(url=url, **(given | changes))


@dataclass
class Heard:
    """What a server was asked."""

    url: str
    requests: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[Heard]:
    """Answer every request by the handler, on a free port of loopback."""
    heard = Heard("")

    async def answer(request: web.Request) -> web.StreamResponse:
        heard.requests.append(request)
        heard.bodies.append(await request.read())
        return await handler(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        heard.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield heard
    finally:
        await runner.cleanup()


@asynccontextmanager
async def speaking(raw: Raw) -> AsyncIterator[str]:
    """Let `raw` write whatever it wants to a request's sender; yields the URL."""
    ended = asyncio.Event()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            await raw(reader, writer)
        writer.close()
        ended.set()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await ended.wait()
    finally:
        server.close()


async def send(orchestrator: Orchestrator, request: Request = REQUEST, **headers: str) -> Answer:
    """Send once with a new client."""
    client = HttpClient(orchestrator, version="0")
    try:
        return await in_thread(lambda: client.send(request, headers, ASKED))
    finally:
        client.close()
