"""The ops port: /healthz (alive), /readyz (ready, with reasons), /metrics (Prometheus), /version."""

import asyncio
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from satark.runtime import metrics
from satark.runtime.groups import OpsSettings
from satark.runtime.health import Health


class OpsPortError(OSError):
    """The ops port cannot be opened as the settings say; the message names the setting."""


class OpsServer:
    """Serves the ops port of one process."""

    def __init__(self, settings: OpsSettings, *, service: str, version: str, health: Health) -> None:
        self._settings = settings
        self._health = health
        self._about = {"service": service, "version": version}
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        """Open the port. Raises OpsPortError."""
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics)
        app.router.add_get("/version", self._version)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self._runner.setup()
        try:
            await self._open(self._runner)
        except BaseException:
            await self._runner.cleanup()
            raise
        metrics.BUILD_INFO.labels(**self._about).set(1)
        return self

    async def _open(self, runner: web.AppRunner) -> None:
        settings = self._settings
        try:
            host, port = settings.address
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise OpsPortError(f"SATARK_OPS_LISTEN: cannot listen on {settings.listen}: {error.strerror}") from error
        self.port = runner.addresses[0][1]
        if settings.port_file is not None:
            try:
                await asyncio.to_thread(write_whole, settings.port_file, f"{self.port}\n")
            except OSError as error:
                path = settings.port_file
                raise OpsPortError(f"SATARK_OPS_PORT_FILE: cannot write {path}: {error.strerror}") from error

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _healthz(self, _request: web.Request) -> web.Response:
        return _json({"status": "alive"})

    async def _readyz(self, _request: web.Request) -> web.Response:
        conditions = self._health.report()
        body = {
            "ready": self._health.ready,
            "conditions": [{"name": c.name, "ready": c.ready, "reason": c.reason} for c in conditions],
        }
        return _json(body, status=200 if self._health.ready else 503)

    async def _metrics(self, _request: web.Request) -> web.Response:
        for condition in self._health.report():
            metrics.READY.labels(condition.name).set(condition.ready)
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _version(self, _request: web.Request) -> web.Response:
        return _json(self._about)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that whoever waits for it never reads half of it."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(text)
    partial.replace(path)


def _json(body: object, *, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json")
