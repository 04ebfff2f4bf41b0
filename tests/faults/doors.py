"""Ways to a server: they can be shut and opened again on the same port, while the server itself lives on."""

import asyncio
import contextlib
import ssl
from types import TracebackType
from typing import Self

from satark.simulators.vco.server import serving
from satark.simulators.vco.simulator import Simulator
from tests.support.ports import free_port


class Door:
    """A port that leads to a simulator while the door is open."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._open = contextlib.AsyncExitStack()
        self.port = free_port()

    async def open(self, tls: ssl.SSLContext | None = None) -> None:
        """Let callers in, with TLS or without; who was in before is out."""
        await self.shut()
        await self._open.enter_async_context(serving(self._simulator, port=self.port, tls=tls))

    async def shut(self) -> None:
        """End the connections; further ones are refused."""
        await self._open.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.shut()


class Relay:
    """A port that leads to another one while it is open; when it is shut, connections end and further ones are refused."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._streams: set[asyncio.StreamWriter] = set()
        self.connections = 0
        self.port = free_port()

    async def open(self) -> None:
        """Let callers in."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)

    async def shut(self) -> None:
        """End the connections and take no more."""
        if self._server is not None:
            self._server.close()
            for stream in list(self._streams):
                stream.transport.abort()
            await self._server.wait_closed()
            self._server = None

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.shut()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        there_reader, there = await asyncio.open_connection(*self._target)
        self._streams |= {writer, there}
        try:
            await asyncio.gather(_pump(reader, there), _pump(there_reader, writer))
        finally:
            self._streams -= {writer, there}
            for stream in (writer, there):
                stream.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await source.read(65_536):
            sink.write(piece)
            await sink.drain()
        sink.write_eof()
