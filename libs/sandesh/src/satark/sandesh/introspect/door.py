"""The listening socket of introspect: how many connections there are, how long one lives, how all of them end."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from satark.sandesh.generator.sockets import stop_listening

_log = logging.getLogger(__name__)
MAX_LINE_BYTES = 8_190


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one program spends on those who ask.

    `requests` run at once, `waiting` more wait for that; beyond them the answer is 503. A connection is for one
    request and lives for `connection_s`, however slowly it is written to or read from. `handler_s` is for waiting and answering together.
    """

    connections: int = 100
    connection_s: float = 90.0
    requests: int = 32
    waiting: int = 64
    handler_s: float = 30.0
    answer_bytes: int = 64 * 1024 * 1024
    close_s: float = 2.0


class _Refuser(asyncio.Protocol):
    """The connection that is one too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            transport.abort()


class Door:
    """Listens for an application. `port` 0 takes any free one, and is that one from `open` on."""

    def __init__(self, host: str, port: int, *, tls: ssl.SSLContext | None, limits: Limits) -> None:
        self.host = host
        self.port = port
        self._tls = tls
        self._limits = limits
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None
        self._reaper: asyncio.Task[None] | None = None

    @property
    def connections(self) -> int:
        """How many there are now."""
        server = None if self._runner is None else self._runner.server
        return 0 if server is None else len(server.connections)

    async def open(self, app: web.Application) -> None:
        """Listen. Raises `OSError`."""
        self._runner = web.AppRunner(
            app,
            access_log=None,
            handle_signals=False,
            shutdown_timeout=self._limits.close_s,
            max_line_size=MAX_LINE_BYTES,
            max_field_size=MAX_LINE_BYTES,
        )
        await self._runner.setup()
        server = self._runner.server
        if server is None:
            raise RuntimeError("the HTTP server was not set up")
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                lambda: self._admit(server), self.host, self.port, ssl=self._tls, reuse_address=True
            )
        except OSError:
            await self._runner.cleanup()
            raise
        self.port = self._server.sockets[0].getsockname()[1]
        self._reaper = loop.create_task(self._reap(server))

    async def close(self) -> None:
        """Listen no more; what is being answered may end within `close_s`."""
        if self._server is not None:
            await stop_listening(self._server)
        if self._runner is not None:
            await self._runner.cleanup()
        if self._reaper is not None:
            self._reaper.cancel()
            await asyncio.gather(self._reaper, return_exceptions=True)

    def _admit(self, server: web.Server) -> asyncio.Protocol:
        if len(server.connections) < self._limits.connections:
            return server()
        _log.warning("%d connections are open already; one more is refused", self._limits.connections)
        return _Refuser()

    async def _reap(self, server: web.Server) -> None:
        """End connections that have lived too long: a peer may send or read one byte a minute, for ever."""
        life_s = self._limits.connection_s
        clock: Callable[[], float] = asyncio.get_running_loop().time
        since_s: dict[asyncio.Protocol, float] = {}
        while True:
            await asyncio.sleep(life_s / 10)
            now_s = clock()
            since_s = {each: since_s.get(each, now_s) for each in server.connections}
            for connection in server.connections:
                if now_s - since_s[connection] >= life_s and connection.transport is not None:
                    connection.transport.abort()
