"""What a generator has besides its collectors: introspect, the files of its local log, a statistics sink."""

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from satark.sandesh.generator.logfiles import LocalLog, LogWriter
from satark.sandesh.generator.sink import StatisticsSink
from satark.sandesh.wire.control import Identity

if TYPE_CHECKING:
    from satark.sandesh.generator.client import Generator
    from satark.sandesh.introspect.server import IntrospectServer


@dataclass(frozen=True, slots=True)
class Http:
    """Where introspect listens; `port` None is nowhere, 0 any free one."""

    host: str
    port: int | None
    tls: ssl.SSLContext | None


class Outlets:
    """All of them, from `open` to `close`."""

    def __init__(self, identity: Identity, http: Http, local_log: LocalLog | None, stats_collector: str) -> None:
        self._http = http
        self._log = LogWriter(local_log or LocalLog(), host=identity.source, program=identity.module)
        self._sink = StatisticsSink(stats_collector) if stats_collector else None
        self._server: IntrospectServer | None = None

    async def open(self, generator: "Generator") -> int:
        """Begin; the port of introspect, 0 for none. Raises `OSError` for a port or a file that cannot be had."""
        self._log.open()
        try:
            port = await self._serve(generator)
        except BaseException:
            self._log.close()
            raise
        if self._sink is not None:
            await self._sink.open()
            generator.outbox.on_state = self._sink.send
        return port

    async def _serve(self, generator: "Generator") -> int:
        if self._http.port is None:
            return 0
        from satark.sandesh.introspect.server import IntrospectServer  # noqa: PLC0415 - only who serves needs it

        self._server = IntrospectServer(generator, host=self._http.host, port=self._http.port, tls=self._http.tls)
        await self._server.start()
        return self._server.port

    async def close(self) -> None:
        """End, after what was asked was answered and what was logged was written."""
        if self._server is not None:
            await self._server.stop()
        if self._sink is not None:
            self._sink.close()
        self._log.close()
