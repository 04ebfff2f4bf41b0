"""The listening side: accepts connections, reads them within bounds, and does what their sessions say."""

import asyncio
import ssl
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Self

import structlog

from satark.sandesh.generator.sockets import keep_alive
from satark.sandesh.session.actions import Action, Close, Deliver, Discard, SendReply
from satark.sandesh.session.causes import RxCause
from satark.sandesh.session.connection import Connection
from satark.sandesh.session.events import Stop, Superseded, TimerExpired
from satark.sandesh.session.states import Session, Timers
from satark.sandesh.wire.control import Hello, Identity, encode_reply
from satark.sandesh_gateway import metrics
from satark.sandesh_gateway.citizen.messages.collector import CollectorQueueInfo
from satark.sandesh_gateway.publish.marks import Marks
from satark.sandesh_gateway.publish.publisher import Publisher
from satark.sandesh_gateway.server.generators import Generator, Generators
from satark.sandesh_gateway.server.intake import Intake
from satark.sandesh_gateway.server.limits import Doors, Limits
from satark.sandesh_gateway.server.peer import Peer
from satark.sandesh_gateway.server.sessions import Sessions

log = structlog.get_logger(__name__)

READ_BYTES = 64 * 1024
SWEEP_S = 1.0
HANDSHAKE_S = 10.0


class Server:
    """Serves generators on any number of addresses, until it is closed."""

    def __init__(
        self,
        limits: Limits,
        publisher: Publisher,
        sessions: Sessions,
        generators: Generators,
        intake: Intake,
    ) -> None:
        self.peers: dict[Peer, asyncio.Task[None]] = {}
        self.buffered_bytes = 0
        self._paused = 0
        self._limits = limits
        self._publisher = publisher
        self._sessions = sessions
        self._generators = generators
        self._intake = intake
        self._marks = Marks(limits.pending_bytes_per_generator)
        self._all_marks = Marks(limits.pending_bytes)
        self._doors = Doors(limits)
        self._by_name: dict[str, Peer] = {}
        self._servers: list[asyncio.Server] = []
        self._timers = Timers(accept_s=limits.hello_timeout_s)
        self._sweeping: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._sweeping = asyncio.create_task(self._sweep())
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()

    async def listen(self, host: str, port: int, *, tls: ssl.SSLContext | None = None, reuse_port: bool = False) -> int:
        """Listen on one address more; return the port, the one that was chosen for 0. Raises OSError."""
        server = await asyncio.start_server(
            self._accept,
            host,
            port,
            ssl=tls,
            ssl_handshake_timeout=HANDSHAKE_S if tls else None,
            limit=READ_BYTES,
            reuse_address=True,
            reuse_port=reuse_port or None,
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
        tasks = list(self.peers.values())
        for peer in list(self.peers):
            self.hang_up(peer, "the gateway stops")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def queue_info(self) -> CollectorQueueInfo:
        """How much is held, and of how many."""
        return CollectorQueueInfo(
            pending_bytes=max(0, self._publisher.pending_bytes),
            buffered_bytes=self.buffered_bytes,
            connections=len(self.peers),
            generators=len(self._by_name),
            paused=self._paused,
        )

    def send(self, generator: str, data: bytes) -> bool:
        """Send a frame to a generator; whether it has a session here."""
        peer = self._by_name.get(generator)
        if peer is None:
            return False
        peer.writer.write(data)
        return True

    def disconnect(self, generator: str, reason: str) -> None:
        """Close a generator's connection: it will come back and say everything again."""
        peer = self._by_name.get(generator)
        if peer is not None:
            self.hang_up(peer, reason)

    def hang_up(self, peer: Peer, reason: str) -> None:
        """Close a connection for a reason of ours."""
        peer.closing = reason
        self._follow(peer, peer.connection.happen(Stop(), _now_s()))
        peer.writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = writer.get_extra_info("peername") or ("?", 0)
        host = str(address[0])
        if refusal := self._doors.enter(host):
            metrics.REFUSED.labels(refusal).inc()
            log.warning("connection_refused", host=host, cause=refusal)
            writer.transport.abort()
            return
        peer = self._peer(writer, host, f"{host}:{address[1]}")
        try:
            await self._read(peer, reader)
        except asyncio.CancelledError:
            peer.closing = peer.closing or "the gateway stops"
        finally:
            self._forget(peer)

    def _peer(self, writer: asyncio.StreamWriter, host: str, name: str) -> Peer:
        keep_alive(writer)
        session = Session.server(name, _now_s(), self._timers)
        peer: Peer

        def reject(cause: RxCause, problem: str, data: bytes) -> None:
            self._intake.reject(self._owner(peer), data, cause.value, problem)

        connection = Connection(session, max_frame_bytes=self._limits.max_frame_bytes, reject=reject)
        peer = Peer(connection, writer, host, name)
        task = asyncio.current_task()
        if task is not None:
            self.peers[peer] = task
        metrics.CONNECTIONS.set(len(self.peers))
        self._set_timer(peer)
        return peer

    async def _read(self, peer: Peer, reader: asyncio.StreamReader) -> None:
        problem = "closed by the peer"
        try:
            while data := await reader.read(READ_BYTES):
                self._follow(peer, peer.connection.receive(data, _now_s()))
                if not peer.connection.pending_bytes:
                    peer.partial_since_s = None
                elif peer.partial_since_s is None or len(data) > peer.connection.pending_bytes:
                    peer.partial_since_s = _now_s()
                await self._room(peer)
        except (OSError, ssl.SSLError) as error:
            problem = f"{type(error).__name__}: {error}"
        peer.closing = peer.closing or problem
        self._follow(peer, peer.connection.lost(_now_s(), problem))

    async def _room(self, peer: Peer) -> None:
        """Return when the peer may be read on: what waits, of it and of all, is within bounds."""
        generator = peer.generator
        pending = generator.pending_bytes if generator else 0
        self._set_level(peer, pending)
        if not self._marks.pauses(pending) and not self._all_marks.pauses(self._held_bytes()):
            return
        self._paused += 1
        metrics.PAUSED.set(self._paused)
        try:
            while not (
                self._marks.resumes(generator.pending_bytes if generator else 0)
                and self._all_marks.resumes(self._held_bytes())
            ):
                await self._publisher.moved(timeout_s=SWEEP_S)
        finally:
            self._paused -= 1
            metrics.PAUSED.set(self._paused)

    def _set_level(self, peer: Peer, pending: int) -> None:
        generator = peer.generator
        before = peer.connection.drop_level
        own = self._marks.drop_level(pending, before)
        peer.connection.drop_level = min(own, self._all_marks.drop_level(self._held_bytes(), before))
        if generator is not None:
            generator.drop_level = peer.connection.drop_level

    def _held_bytes(self) -> int:
        return self._publisher.pending_bytes + self.buffered_bytes

    def _owner(self, peer: Peer) -> Generator:
        """Whose books a connection's messages go to; before its hello those of its address."""
        return peer.generator or self._generators.of(Identity(peer.host, "", "", ""))

    def _forget(self, peer: Peer) -> None:
        peer.set_timer(None)
        peer.writer.transport.abort()
        self.peers.pop(peer, None)
        self._doors.leave(peer.host)
        metrics.CONNECTIONS.set(len(self.peers))
        generator = peer.generator
        if generator is not None and self._by_name.get(generator.name) is peer:
            del self._by_name[generator.name]
            self._sessions.lost(generator, peer.closing)

    def _set_timer(self, peer: Peer) -> None:
        deadline_s = peer.connection.session.deadline_s
        loop = asyncio.get_running_loop()
        peer.set_timer(None if deadline_s is None else loop.call_at(deadline_s, self._expired, peer))

    def _expired(self, peer: Peer) -> None:
        self._follow(peer, peer.connection.happen(TimerExpired(), _now_s()))

    def _follow(self, peer: Peer, actions: Iterable[Action]) -> None:
        for action in actions:
            match action:
                case Deliver(received):
                    self._intake.take(self._owner(peer), received)
                case SendReply(hello):
                    self._reply(peer, hello)
                case Discard(name, length, RxCause.QUEUE_LEVEL):
                    self._intake.drop(self._owner(peer), name, length, RxCause.QUEUE_LEVEL)
                case Close(reason):
                    peer.closing = peer.closing or reason
                    log.info("connection_closed", peer=peer.name, reason=peer.closing)
                    peer.writer.transport.abort()
                case _:
                    pass
        self._set_timer(peer)

    def _reply(self, peer: Peer, hello: Hello) -> None:
        if peer.generator is not None:
            if peer.generator.identity == hello.identity:
                self._answer(peer, hello)
                return
            self.hang_up(peer, f"it was {peer.generator.name} and now says {hello.identity}")
            return
        generator, reply = self._sessions.begin(hello, peer.host, self._supersede)
        peer.writer.write(encode_reply(reply, timestamp_us=_now_us()))
        if generator is None:
            self.hang_up(peer, "refused")
            return
        peer.generator = generator
        self._by_name[generator.name] = peer

    def _answer(self, peer: Peer, hello: Hello) -> None:
        """Say again to a connected generator what Kafka has of it; it sends what is newer."""
        if peer.generator is not None:
            reply = self._sessions.reply(hello)
            peer.writer.write(encode_reply(reply, timestamp_us=_now_us()))

    def _supersede(self, generator: Generator) -> None:
        """Close the connection that a generator had: it has another."""
        older = self._by_name.pop(generator.name, None)
        if older is not None:
            older.closing = "another connection of the same generator"
            self._follow(older, older.connection.happen(Superseded(), _now_s()))
            older.writer.transport.abort()

    async def _sweep(self) -> None:
        """Once a second: who is too slow with a message, who does not read, and how much is held."""
        while True:
            await asyncio.sleep(SWEEP_S)
            now_s = _now_s()
            buffered = 0
            for peer in list(self.peers):
                buffered += peer.connection.pending_bytes
                since_s = peer.partial_since_s
                if since_s is not None and now_s - since_s > self._limits.frame_timeout_s:
                    metrics.CLOSED.labels("slow").inc()
                    self.hang_up(peer, f"a message took longer than {self._limits.frame_timeout_s:g} s")
                elif peer.unread_bytes > self._limits.max_unread_bytes:
                    metrics.CLOSED.labels("not_reading").inc()
                    self.hang_up(peer, "it does not read what it is sent")
            self.buffered_bytes = buffered
            metrics.BUFFERED_BYTES.set(buffered)


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def _now_us() -> int:
    return time.time_ns() // 1000
