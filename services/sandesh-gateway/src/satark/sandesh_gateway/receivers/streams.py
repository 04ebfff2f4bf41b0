"""Lines that come over connections, plain or TLS. A connection is read only as fast as its lines are delivered."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from satark.sandesh_gateway.receivers import metrics
from satark.sandesh_gateway.receivers.allowlist import peer_name
from satark.sandesh_gateway.receivers.deliveries import Frame
from satark.sandesh_gateway.receivers.intake import Intake
from satark.sandesh_gateway.receivers.sockets import keep_alive

READ_BYTES = 16 * 1024
"""At most twice this waits in a connection's reader, so a thousand connections hold 32 MiB."""
EXHAUSTED_PAUSE_S = 1.0
"""Where the process has no descriptors or memory left, the next connection would fail as well."""
HANDSHAKE_S = 10.0
GOODBYE_S = 2.0


class Framing(Protocol):
    """How one connection's bytes become lines."""

    @property
    def partial(self) -> bool:
        """True while a line has begun that has not ended."""
        ...

    @property
    def lost(self) -> bool:
        """True when the rest of the stream cannot be understood."""
        ...

    def feed(self, data: bytes) -> list[Frame]:
        """Return the lines that are complete now."""
        ...

    def close(self, *, clean: bool) -> list[Frame]:
        """Return what is left at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a connection may keep us waiting."""

    idle_s: float
    line_s: float


@dataclass(slots=True)
class Streams:
    """The connections of one transport. A failing `deliver` ends it: what was read would be lost."""

    intake: Intake
    framing: Callable[[], Framing]
    patience: Patience
    tls: ssl.SSLContext | None = None
    _readers: dict[asyncio.StreamWriter, None] = field(default_factory=dict)
    _greeting: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, listeners: list[socket.socket], stop: asyncio.Event) -> None:
        """Accept until `stop`; return when all that was read is delivered."""
        async with asyncio.TaskGroup() as group:
            accepting = [group.create_task(self._accept(listener, group, stop)) for listener in listeners]
            await stop.wait()
            for task in (*accepting, *self._greeting):
                task.cancel()
            for writer in self._readers:
                writer.close()

    async def _accept(self, listener: socket.socket, group: asyncio.TaskGroup, stop: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, address = await loop.sock_accept(listener)
            except ConnectionAbortedError:
                continue  # it left before it was taken
            except OSError:
                self.intake.refused("cannot_accept", "")
                await asyncio.sleep(EXHAUSTED_PAUSE_S)
                continue
            peer = peer_name(address[0])
            if self.intake.refusal(peer) is not None:
                sock.close()
                continue
            self._count(peer, +1)
            task = group.create_task(self._connection(sock, peer, stop))
            self._greeting.add(task)
            task.add_done_callback(partial(self._ended, sock, peer))

    def _ended(self, sock: socket.socket, peer: str, task: asyncio.Task[None]) -> None:
        """Clean up, also after a task that was cancelled before its first step."""
        self._greeting.discard(task)
        sock.close()
        self._count(peer, -1)

    def _count(self, peer: str, change: int) -> None:
        book = self.intake.gate.connections
        (book.opened if change > 0 else book.closed)(peer)
        metrics.RECEIVER_CONNECTIONS.labels(self.intake.receiver, self.intake.transport).inc(change)

    async def _connection(self, sock: socket.socket, peer: str, stop: asyncio.Event) -> None:
        try:
            keep_alive(sock)
            reader, writer = await self._greet(sock)
        except OSError:
            self.intake.refused("handshake", peer)
            return
        task = asyncio.current_task()
        if task is not None:
            self._greeting.discard(task)
        self._readers[writer] = None
        try:
            cause = await self._read(reader, peer, stop)
            metrics.RECEIVER_CLOSED.labels(self.intake.receiver, self.intake.transport, cause).inc()
            await _say_goodbye(writer)
        finally:
            del self._readers[writer]
            writer.transport.abort()

    async def _greet(self, sock: socket.socket) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(READ_BYTES)
        protocol = asyncio.StreamReaderProtocol(reader)
        if self.tls is None:
            transport, _ = await loop.connect_accepted_socket(lambda: protocol, sock)
        else:
            transport, _ = await loop.connect_accepted_socket(
                lambda: protocol,
                sock,
                ssl=self.tls,
                ssl_handshake_timeout=HANDSHAKE_S,
                ssl_shutdown_timeout=GOODBYE_S,
            )
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)

    async def _read(self, reader: asyncio.StreamReader, peer: str, stop: asyncio.Event) -> str:
        """Return why the connection ends, when all its lines are delivered."""
        loop = asyncio.get_running_loop()
        framing, cause, begun_s = self.framing(), "", loop.time()
        while not cause:
            patience_s = self.patience.line_s if framing.partial else self.patience.idle_s
            try:
                async with asyncio.timeout_at(begun_s + patience_s):
                    data = await reader.read(READ_BYTES)
            except TimeoutError:
                cause = "slow_line" if framing.partial else "idle"
                continue
            except OSError:
                cause = "reset"
                continue
            was_partial = framing.partial
            frames = framing.feed(data)
            await self._take(frames, peer)
            cause = "lost_step" if framing.lost else "" if data else "stopped" if stop.is_set() else "ended"
            if frames or not (was_partial and framing.partial):
                begun_s = loop.time()
        await self._take(framing.close(clean=cause == "ended"), peer)
        return cause

    async def _take(self, frames: list[Frame], peer: str) -> None:
        await self.intake.take([(peer, frame) for frame in self.intake.arrived(peer, frames)])


async def _say_goodbye(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
