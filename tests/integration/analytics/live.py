"""A server of live routes on a real socket, and a reader of its streams."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

import httpx2

from satark.analytics.web.route import Route
from satark.analytics.web.server import WebServer
from tests.support.waiting import eventually
from tests.unit.analytics.routes.serving import Served
from tests.unit.analytics.streams.reading import Event, Listener
from tests.unit.analytics.web.asking import served

TIMEOUT_S = 30.0


@asynccontextmanager
async def listening(found: Served) -> AsyncIterator[WebServer]:
    """Serve what is served in this process on a port of its own; at the end streams are told to end."""
    async with on_port(found.routes()) as server:
        try:
            yield server
        finally:
            found.hub.close()


@asynccontextmanager
async def on_port(routes: Iterable[Route]) -> AsyncIterator[WebServer]:
    """Serve routes on a port of their own until the block ends."""
    stop = asyncio.Event()
    async with WebServer(served(*routes), host="127.0.0.1", port=0) as server:
        running = asyncio.ensure_future(server.run(stop))
        try:
            yield server
        finally:
            stop.set()
            await running


class Stream:
    """A stream that is being read; `listener` has what came, `ended` says whether the server ended it."""

    def __init__(self) -> None:
        self.listener = Listener()
        self.headers: dict[str, str] = {}
        self.ended = False

    async def until(self, count: int, name: str = "update") -> list[Event]:
        """Wait for so many events of a name; return all."""

        def enough() -> bool:
            return self.listener.names().count(name) >= count

        await eventually(enough, TIMEOUT_S, what=f"{count} events {name}")
        return self.listener.events


@asynccontextmanager
async def heard(url: str, last_id: str = "") -> AsyncIterator[Stream]:
    """Read a stream until the block ends; then the connection is cut."""
    found = Stream()
    opened = asyncio.Event()

    async def read() -> None:
        headers = {"Last-Event-ID": last_id} if last_id else {}
        async with (
            httpx2.AsyncClient(timeout=TIMEOUT_S) as client,
            client.stream("GET", url, headers=headers) as response,
        ):
            found.headers = dict(response.headers)
            opened.set()
            async for piece in response.aiter_bytes():
                found.listener.take(piece)
        found.ended = True

    reading = asyncio.ensure_future(read())
    try:
        async with asyncio.timeout(TIMEOUT_S):
            await opened.wait()
        yield found
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError, httpx2.HTTPError):
            await reading
