"""The web server: uvicorn inside the running loop, until it is told to stop."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import h11
import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

BACKLOG = 2048
HEAD_BYTES = 32_768
"""What of a request's head may wait to be whole; what the application says of heads is said about fewer."""
READ_WAIT_S = 60.0
"""How long a caller may take nothing of an answer that is on its way, before its connection is cut by the system."""
HEAD_WAIT_S = 10.0
"""How long a connection may take for the head of a request, from its first byte or from the connection."""

log = structlog.get_logger()


class WebListenError(OSError):
    """The address cannot be listened on; the message names it."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files of the server's certificate chain and key."""

    cert_file: Path
    key_file: Path

    def context(self) -> ssl.SSLContext:
        """Return a server's context, TLS 1.2 or newer. Raises OSError for files that do not serve."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.cert_file, self.key_file, password="")
        return context


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How many are served at once, and how long they are waited for."""

    connections: int = 1000
    keep_alive_s: int = 30
    stop_s: int = 10
    """How long answers may take to end when the server stops; streams are cut after it."""


class WebServer:
    """Serves an application on one address. Opened as a context manager, it knows its port."""

    def __init__(
        self, app: ASGIApp, *, host: str, port: int, tls: TlsFiles | None = None, patience: Patience | None = None
    ) -> None:
        self._app = app
        self._address = (host, port)
        self._tls = tls
        self._patience = patience or Patience()
        self._socket: socket.socket | None = None
        self._server: _Server | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        """Open the port. Raises WebListenError, and OSError for TLS files that do not serve."""
        config = self._config()
        host, port = self._address
        try:
            self._socket = _bound(host, port)
        except OSError as error:
            raise WebListenError(f"cannot listen on {host}:{port}: {error.strerror}") from error
        self.port = self._socket.getsockname()[1]
        self._server = _Server(config)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._socket is not None:
            self._socket.close()

    @property
    def url(self) -> str:
        """Where it is, for a log line."""
        host = self._address[0]
        return f"{'https' if self._tls else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}"

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set, then let what is being answered end."""
        if self._server is None or self._socket is None:
            raise RuntimeError("the server is not open")
        log.info("web_listening", url=self.url)
        stopping = asyncio.create_task(_stop_after(stop, self._server))
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            stopping.cancel()

    def _config(self) -> uvicorn.Config:
        config = uvicorn.Config(
            self._app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=BACKLOG,
            limit_concurrency=self._patience.connections,
            timeout_keep_alive=self._patience.keep_alive_s,
            timeout_graceful_shutdown=self._patience.stop_s,
            h11_max_incomplete_event_size=HEAD_BYTES,
        )
        config.load()
        config.ssl = self._tls.context() if self._tls else None
        return config


class _Server(uvicorn.Server):
    """Leaves signals to the process, which has other parts to stop, too."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _stop_after(stop: asyncio.Event, server: _Server) -> None:
    await stop.wait()
    server.should_exit = True


class _Protocol(H11Protocol):
    """Closes connections that take too long for the head of a request; uvicorn waits for it forever."""

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._await_head()
        else:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_WAIT_S, self._close)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _close(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self.transport.close()


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            # Connections have it from here: asyncio itself would wait forever for a reader that does not read.
            bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(READ_WAIT_S * 1000))
        if family is socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(address)
        bound.listen(BACKLOG)  # who comes before we run waits
        bound.setblocking(False)
    except OSError:
        bound.close()
        raise
    return bound
