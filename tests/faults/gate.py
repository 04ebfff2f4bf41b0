"""A gate before a server, which holds one request or one reply: so a moment lasts for as long as a test needs it.

    async with Gate(kafka.brokers, KafkaWire) as gate:
        telling = gate.hold(after(Api.PRODUCE, topics.ANOMALIES))  # Kafka has it, the service does not know
        process = ...  # with gate.address for a broker
        await telling.reached.wait()
        await process.kill()

All that is not held passes. What is held of a sender that dies never passes.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
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
    """A moment that may come, after others. It lasts from `reached` until `released`, or until its sender is dead."""

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


@dataclass(slots=True)
class Way:
    """One direction of a connection. It is read on while a frame is held, to see when the sender is gone."""

    side: Side
    frames: asyncio.Queue[Frame | None] = field(default_factory=asyncio.Queue)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def take_in(
        self, read: Callable[[asyncio.StreamReader], Awaitable[Frame]], reader: asyncio.StreamReader
    ) -> None:
        """Read until the sender is gone."""
        with suppress(*GONE):
            while True:
                self.frames.put_nowait(await read(reader))
        self.frames.put_nowait(None)
        self.over.set()


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
        self._server = await asyncio.start_server(self._begin, HOST, 0)
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

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.ensure_future(self._connected(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(*GONE):
                server = Streams(*await asyncio.open_connection(self._host, self._port))
                await self._carry(Streams(reader, writer), server)
        finally:
            writer.close()

    async def _carry(self, service: Streams, server: Streams) -> None:
        """Carry frames both ways until either side is gone."""
        wire = self._wire(self._port, self._own_port)
        there, back = Way(Side.REQUEST), Way(Side.REPLY)
        reading = [
            asyncio.create_task(there.take_in(wire.request, service.reader)),
            asyncio.create_task(back.take_in(wire.reply, server.reader)),
        ]
        writing = [
            asyncio.create_task(self._forward(there, server.writer)),
            asyncio.create_task(self._forward(back, service.writer)),
        ]
        try:
            await asyncio.wait(writing, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in reading + writing:
                task.cancel()
            await asyncio.gather(*reading, *writing, return_exceptions=True)
            server.writer.close()

    async def _forward(self, way: Way, writer: asyncio.StreamWriter) -> None:
        while (frame := await way.frames.get()) is not None:
            for held in self._held:
                if held.moments[0].is_now(way.side, *frame):
                    await self._come(held, way)
                    break
            writer.write(frame[1])
            await writer.drain()

    async def _come(self, held: Held, way: Way) -> None:
        """Go on to the next of the moments, or hold at the last. Raises ConnectionResetError when it is over by a death."""
        held.moments.popleft()
        if held.moments:
            return
        self._held.remove(held)
        held.reached.set()
        ends = [asyncio.ensure_future(event.wait()) for event in (held.released, way.over)]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
        if not held.released.is_set():
            raise ConnectionResetError
