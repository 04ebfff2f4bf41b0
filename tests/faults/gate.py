"""A gate before a server, which holds one request or one reply: so a moment lasts for as long as a test needs it.

    async with Gate(kafka.brokers, KafkaWire) as gate:
        telling = gate.hold(after(Api.PRODUCE, topics.ANOMALIES))  # Kafka has it, the service does not know
        process = ...  # with gate.address for a broker
        await telling.reached.wait()
        await process.kill()

All that is not held passes. What is held of a service that dies never passes.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from tests.faults.moments import Api, Moment, Side
from tests.support.kafka_config import HOST
from tests.support.waiting import eventually

PATIENCE_S = 60.0
GONE = (asyncio.IncompleteReadError, OSError)

Frame = tuple[Api | None, bytes]
"""What it is, and its bytes as they are on the wire."""


class Wire(Protocol):
    """How the bytes of one connection are told apart."""

    async def request(self, reader: asyncio.StreamReader) -> Frame:
        """Read the next request. Raises IncompleteReadError at the end."""
        ...

    async def reply(self, reader: asyncio.StreamReader) -> Frame:
        """Read the next reply. Raises IncompleteReadError at the end."""
        ...


MakeWire = Callable[[int, int], Wire]
"""Makes a connection's wire; takes the server's port and the gate's."""


@dataclass(slots=True)
class Held:
    """A moment that may come, after others. It lasts from `reached` until `released`, or until the service is dead."""

    moments: deque[Moment]
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def come(self) -> None:
        """Wait until it is now. Raises NeverHappenedError."""
        await eventually(self.reached.is_set, PATIENCE_S, what=", ".join(map(str, self.moments)), pause_s=0.02)


@dataclass(frozen=True, slots=True)
class Streams:
    """One side of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Gate:
    """Stands before the server at `address` while it is entered; its own `address` is where services find it."""

    def __init__(self, address: str, wire: MakeWire) -> None:
        host, _, port = address.rpartition(":")
        self._host, self._port = host, int(port)
        self._wire = wire
        self._own_port = 0
        self._held: list[Held] = []
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port on loopback."""
        return self._own_port

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{HOST}:{self._own_port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, HOST, 0)
        self._own_port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def hold(self, *moments: Moment) -> Held:
        """Hold the first frame of the last kind that comes from now on, once those before it have come, and passed."""
        held = Held(deque(moments))
        self._held.append(held)
        return held

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            with suppress(*GONE):
                server = Streams(*await asyncio.open_connection(self._host, self._port))
                await self._carry(Streams(reader, writer), server)
        finally:
            self._connections.discard(task)
            writer.close()

    async def _carry(self, service: Streams, server: Streams) -> None:
        """Carry frames both ways until either side is gone."""
        wire = self._wire(self._port, self._own_port)
        waiting: asyncio.Queue[Frame] = asyncio.Queue()
        ways = [
            asyncio.create_task(_taken_in(wire, service.reader, waiting)),
            asyncio.create_task(self._requests(waiting, server.writer)),
            asyncio.create_task(self._replies(wire, server.reader, service.writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            server.writer.close()

    async def _requests(self, waiting: asyncio.Queue[Frame], writer: asyncio.StreamWriter) -> None:
        while True:
            await self._pass(Side.REQUEST, await waiting.get(), writer)

    async def _replies(self, wire: Wire, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await self._pass(Side.REPLY, await wire.reply(reader), writer)

    async def _pass(self, side: Side, frame: Frame, writer: asyncio.StreamWriter) -> None:
        for held in self._held:
            if held.moments[0].is_now(side, *frame):
                await self._come(held)
                break
        writer.write(frame[1])
        await writer.drain()

    async def _come(self, held: Held) -> None:
        held.moments.popleft()
        if not held.moments:
            self._held.remove(held)
            held.reached.set()
            await held.released.wait()


async def _taken_in(wire: Wire, reader: asyncio.StreamReader, waiting: asyncio.Queue[Frame]) -> None:
    """Read on while a request is held, to see when the service is gone."""
    while True:
        waiting.put_nowait(await wire.request(reader))
