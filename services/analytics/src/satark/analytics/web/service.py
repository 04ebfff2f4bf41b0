"""The web part of the process: the application of all routes, on the addresses that the settings name."""

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack
from time import monotonic

import structlog

from satark.analytics.web.access import Access
from satark.analytics.web.application import application
from satark.analytics.web.credentials import CredentialsFile
from satark.analytics.web.rates import Rates
from satark.analytics.web.route import Route
from satark.analytics.web.server import Patience, TlsFiles, WebServer
from satark.analytics.web.settings import WebSettings
from satark.runtime.groups import split_address
from satark.runtime.health import Health
from satark.runtime.hosts import is_loopback
from satark.runtime.ops import write_whole

CONDITION = "web"

log = structlog.get_logger()


class Web:
    """Serves routes until it is stopped. Its ports are known once it is `listening`, that of `listen` first."""

    def __init__(self, settings: WebSettings, routes: Iterable[Route], health: Health) -> None:
        """Make it, closed. Raises ValueError for two routes of the same method and path."""
        self._settings = settings
        self._health = health
        access = Access(credentials=_credentials(settings), rate=_rate(settings), clock=monotonic)
        self._app = application(routes, access=access, clock=monotonic)
        self.listening = asyncio.Event()
        self.ports: tuple[int, ...] = ()
        health.set(CONDITION, ready=False, reason="the REST API is not open yet")

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set and what is being answered has ended. Raises WebListenError, and OSError for TLS files."""
        async with AsyncExitStack() as opened:
            servers = [await opened.enter_async_context(server) for server in self._servers()]
            self.ports = tuple(server.port for server in servers)
            if self._settings.port_file is not None:
                await asyncio.to_thread(write_whole, self._settings.port_file, f"{self.ports[0]}\n")
            self._warn()
            self._health.set(CONDITION, ready=True)
            self.listening.set()
            async with asyncio.TaskGroup() as group:
                for server in servers:
                    group.create_task(server.run(stop))

    def _servers(self) -> Iterable[WebServer]:
        settings = self._settings
        patience = Patience(connections=settings.max_connections)
        tls = TlsFiles(settings.cert_file, settings.key_file) if settings.cert_file and settings.key_file else None
        for text, files in ((settings.listen, tls), (settings.loopback_listen, None)):
            host, port = split_address(text)
            if host and port is not None:
                yield WebServer(self._app, host=host, port=port, tls=files, patience=patience)

    def _warn(self) -> None:
        """Say so when credentials go over a network in the clear: a proxy may be in between, so it is no mistake."""
        host, _ = split_address(self._settings.listen)
        if not self._settings.cert_file and not is_loopback(host):
            log.warning("web_without_tls", listen=self._settings.listen)


def _credentials(settings: WebSettings) -> CredentialsFile | None:
    return CredentialsFile(settings.credentials_file, clock=monotonic) if settings.credentials_file else None


def _rate(settings: WebSettings) -> Rates | None:
    if not settings.requests_per_s:
        return None
    return Rates(per_s=settings.requests_per_s, burst=settings.requests_burst)
