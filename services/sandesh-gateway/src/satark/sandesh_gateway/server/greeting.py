"""Listening with TLS: who fails the handshake never becomes a peer, and is counted and logged."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

import structlog

from satark.sandesh_gateway import metrics
from satark.sandesh_gateway.server.limits import Doors

log = structlog.get_logger(__name__)

HANDSHAKE_S = 10.0

Accept = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the connections of an address are greeted with, and who takes those that came through.

    A handshake takes a place of `doors` while it lasts.
    """

    accept: Accept
    doors: Doors
    tls: ssl.SSLContext
    read_bytes: int


class TlsServer:
    """One address; like `asyncio.start_server`, but for handshakes that fail, of which asyncio tells nobody."""

    def __init__(self, welcome: Welcome) -> None:
        self._welcome = welcome
        self._greetings: dict[asyncio.Task[None], asyncio.Transport] = {}
        self._server: asyncio.Server | None = None

    @property
    def sockets(self) -> tuple[Any, ...]:
        """The listening sockets."""
        return self._server.sockets if self._server is not None else ()

    @property
    def greetings(self) -> int:
        """Handshakes that are under way."""
        return len(self._greetings)

    async def listen(self, host: str, port: int, *, reuse_port: bool) -> None:
        """Listen until it is closed. Raises OSError."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Threshold(self._arrived), host, port, reuse_address=True, reuse_port=reuse_port or None
        )

    def close(self) -> None:
        """Listen no more; handshakes that are under way end."""
        if self._server is not None:
            self._server.close()
        for greeting, transport in self._greetings.items():
            greeting.cancel()
            transport.abort()

    def _arrived(self, transport: asyncio.Transport) -> None:
        host = (transport.get_extra_info("peername") or ("?",))[0]
        if refusal := self._welcome.doors.enter(host):
            _refuse(transport, host, refusal, "")
            return
        task = asyncio.get_running_loop().create_task(self._greet(transport, host))
        self._greetings[task] = transport
        task.add_done_callback(self._greetings.pop)

    async def _greet(self, transport: asyncio.Transport, host: str) -> None:
        welcome = self._welcome
        protocol = asyncio.StreamReaderProtocol(asyncio.StreamReader(welcome.read_bytes), welcome.accept)
        try:
            over_tls = await asyncio.get_running_loop().start_tls(
                transport, protocol, welcome.tls, server_side=True, ssl_handshake_timeout=HANDSHAKE_S
            )
        except OSError as error:
            _refuse(transport, host, "handshake", str(error) or type(error).__name__)
            return
        finally:
            welcome.doors.leave(host)  # whoever takes the connection asks for a place of its own
        if over_tls is None:  # it left in the moment in which it was through
            _refuse(transport, host, "handshake", "closed by the peer")
        else:
            protocol.connection_made(over_tls)


class _Threshold(asyncio.Protocol):
    """What a connection is before its handshake: nothing is read that is not the handshake's."""

    def __init__(self, arrived: Callable[[asyncio.Transport], None]) -> None:
        self._arrived = arrived

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        stream = cast("asyncio.Transport", transport)
        stream.pause_reading()
        self._arrived(stream)


def _refuse(transport: asyncio.Transport, host: str, cause: str, problem: str) -> None:
    metrics.REFUSED.labels(cause).inc()
    log.warning("connection_refused", host=host, cause=cause, problem=problem)
    transport.abort()
