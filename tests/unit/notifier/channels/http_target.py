"""An HTTP server on loopback that notes what it is asked, and answers as it is told."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from aiohttp import web

from satark.runtime.secret import Secret


class Fault(Enum):
    """What it does instead of answering."""

    DROP = "close the connection"
    HANG = "say nothing"


@dataclass(frozen=True)
class Reply:
    """An answer. `rest` is how its body goes on after `text`: not at all, never, or without an end."""

    status: int = 200
    text: str = "ok"
    headers: Mapping[str, str] = field(default_factory=dict)
    rest: str = ""


@dataclass(frozen=True)
class Asked:
    """A request that came in."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class HttpTarget:
    """`replies` are its next answers; then it says 200."""

    replies: list[Reply | Fault] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    base: str = ""

    @property
    def url(self) -> Secret:
        """An address with a secret in it."""
        return Secret(f"{self.base}/services/T0000/a-secret-part?token=another-one")

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Note a request and answer it."""
        self.asked.append(Asked(request.path_qs, dict(request.headers), await request.read()))
        reply = self.replies.pop(0) if self.replies else Reply()
        if reply is Fault.HANG:
            await self.released.wait()
        if isinstance(reply, Fault):
            transport: Any = request.transport
            transport.abort()
            return web.Response()
        response = web.StreamResponse(status=reply.status, headers=dict(reply.headers))
        await response.prepare(request)
        await response.write(reply.text.encode())
        if reply.rest == "never":
            await self.released.wait()
        while reply.rest == "endless" and not self.released.is_set():
            await response.write(b"and so on " * 1000)
        return response


@asynccontextmanager
async def answering(target: HttpTarget, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[HttpTarget]:
    """Listen on a free port of loopback."""
    app = web.Application(client_max_size=10_000_000)
    app.router.add_route("*", "/{path:.*}", target.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    port = runner.addresses[0][1]
    target.base = f"https://localhost:{port}" if tls else f"http://127.0.0.1:{port}"
    try:
        yield target
    finally:
        target.released.set()
        await runner.cleanup()
