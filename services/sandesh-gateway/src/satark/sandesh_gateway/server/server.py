"""The listening side: accepts connections, and reads them within bounds."""

import asyncio
import ssl
from types import TracebackType
from typing import NoReturn, Self

import structlog

from satark.sandesh.generator.sockets import keep_alive
from satark.sandesh.session.connection import Connection
from satark.sandesh.session.states import Session, Timers
from satark.sandesh_gateway import metrics
from satark.sandesh_gateway.server.conversations import Conversations, now_s
from satark.sandesh_gateway.server.greeting import TlsServer, Welcome
from satark.sandesh_gateway.server.limits import Doors, Limits
from satark.sandesh_gateway.server.peer import Peer
from satark.sandesh_gateway.server.room import Room

log = structlog.get_logger(__name__)

READ_BYTES = 64 * 1024
SWEEP_S = 1.0


class Server:
    """Serves generators on any number of addresses, until it is closed."""

    def __init__(self, limits: Limits, room: Room, conversations: Conversations) -> None:
        self._limits = limits
        self._room = room
        self._conversations = conversations
        self._doors = Doors(limits)
        self._peers: dict[Peer, asyncio.Task[None] | None] = {}
        self._servers: list[asyncio.Server | TlsServer] = []
        self._timers = Timers(accept_s=limits.hello_timeout_s)
        self._sweeping: asyncio.Task[NoReturn] | None = None
        self._turn = asyncio.Lock()

    def __len__(self) -> int:
        """Return the number of connections."""
        return len(self._peers)

    async def __aenter__(self) -> Self:
        self._sweeping = asyncio.create_task(self._sweep())
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()

    async def listen(self, host: str, port: int, *, tls: ssl.SSLContext | None = None, reuse_port: bool = False) -> int:
        """Listen on one address more; return the port, the one that was chosen for 0. Raises OSError."""
        server: asyncio.Server | TlsServer
        if tls is not None:
            server = TlsServer(Welcome(self._accept, self._doors, tls, READ_BYTES))
            await server.listen(host, port, reuse_port=reuse_port)
        else:
            server = await asyncio.start_server(
                self._accept, host, port, limit=READ_BYTES, reuse_address=True, reuse_port=reuse_port or None
            )
        self._servers.append(server)
        bound: int = server.sockets[0].getsockname()[1]
        log.info("listening", host=host, port=bound, tls=tls is not None)
        return bound

    async def close(self) -> None:
        """Listen no more and close all connections; the sessions' ends are the caller's to tell."""
        for server in self._servers:
            server.close()
        if self._sweeping is not None:
            self._sweeping.cancel()
        tasks = [task for task in self._peers.values() if task is not None]
        for peer in list(self._peers):
            self._conversations.hang_up(peer, "the gateway stops")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = (writer.get_extra_info("peername") or ("?", 0))[:2]
        if refusal := self._doors.enter(host):
            metrics.REFUSED.labels(refusal).inc()
            log.warning("connection_refused", host=host, cause=refusal)
            writer.transport.abort()
            return
        peer = self._peer(writer, host, f"{host}:{port}")
        self._peers[peer] = asyncio.current_task()
        metrics.CONNECTIONS.set(len(self._peers))
        try:
            self._conversations.opened(peer)
            await self._read(peer, reader)
        except asyncio.CancelledError:
            peer.closing = peer.closing or "the gateway stops"
        finally:
            self._forget(peer)

    def _peer(self, writer: asyncio.StreamWriter, host: str, name: str) -> Peer:
        keep_alive(writer)
        peer: Peer
        connection = Connection(
            Session.server(name, now_s(), self._timers),
            max_frame_bytes=self._limits.max_frame_bytes,
            reject=lambda cause, problem, data: self._conversations.rejected(peer, cause, problem, data),
        )
        peer = Peer(connection, writer, host, name)
        return peer

    async def _read(self, peer: Peer, reader: asyncio.StreamReader) -> None:
        problem = "closed by the peer"
        try:
            while data := await reader.read(READ_BYTES):
                async with self._turn:
                    self._conversations.heard(peer, data)
                    # One peer's bytes in each round of the loop: with hundreds that all have something to say a round
                    # would take seconds otherwise, and renewing the lease takes several rounds.
                    await asyncio.sleep(0)
                self._room.read(peer)
                self._note_part(peer, len(data))
                await self._room.wait(peer)
        except (OSError, ssl.SSLError) as error:
            problem = f"{type(error).__name__}: {error}"
        self._conversations.lost(peer, problem)

    def _note_part(self, peer: Peer, read_bytes: int) -> None:
        """Since when a message is under way: from its first byte on, not from the last one read."""
        if not peer.buffered_bytes:
            peer.partial_since_s = None
        elif peer.partial_since_s is None or read_bytes > peer.buffered_bytes:
            peer.partial_since_s = now_s()

    def _forget(self, peer: Peer) -> None:
        peer.writer.transport.abort()
        self._peers.pop(peer, None)
        self._doors.leave(peer.host)
        self._room.left(peer)
        self._conversations.ended(peer)
        metrics.CONNECTIONS.set(len(self._peers))

    async def _sweep(self) -> NoReturn:
        """Once a second: who is too slow with a message, who does not read, how much is held, how many tasks run."""
        while True:
            await asyncio.sleep(SWEEP_S)
            for peer in list(self._peers):
                since_s = peer.partial_since_s
                if since_s is not None and now_s() - since_s > self._limits.frame_timeout_s:
                    metrics.CLOSED.labels("slow").inc()
                    self._conversations.hang_up(peer, f"a message took over {self._limits.frame_timeout_s:g} s")
                elif peer.unread_bytes > self._limits.max_unread_bytes:
                    metrics.CLOSED.labels("not_reading").inc()
                    self._conversations.hang_up(peer, "it does not read what it is sent")
            metrics.BUFFERED_BYTES.set(self._room.buffered_bytes)
            metrics.TASKS.set(len(asyncio.all_tasks()))
