"""A small collector: accepts generators, negotiates, and hands their messages to a callback (clauses 4.4, 8)."""

import asyncio
import logging
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from satark.sandesh.generator.counters import MessageCounters
from satark.sandesh.generator.sockets import keep_alive, stop_listening
from satark.sandesh.session.actions import Action, Close, Deliver, Discard, SendReply
from satark.sandesh.session.connection import Connection
from satark.sandesh.session.events import Stop, Superseded, TimerExpired
from satark.sandesh.session.sequences import SeenNumbers, SequenceNumbers
from satark.sandesh.session.states import Session, Timers
from satark.sandesh.types import Header, Message, UveMessage
from satark.sandesh.wire.control import Hello, Identity, Reply, encode_reply
from satark.sandesh.wire.frame import DEFAULT_MAX_FRAME_BYTES
from satark.sandesh.wire.tree import Node, StructValue, Tree
from satark.sandesh.wire.xml import NO_CLASSES, Classes, Received, encode, header_of

READ_BYTES = 64 * 1024
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message, and the generator that its connection belongs to; None before its first control message."""

    generator: Identity | None
    received: Received


@dataclass(slots=True, eq=False)
class Peer:
    """One connection."""

    connection: Connection
    writer: asyncio.StreamWriter
    timer: asyncio.TimerHandle | None = None


class Collector:
    """`async with Collector(deliver, port=0) as collector`; everything runs in the event loop, `deliver` too.

    `deliver` must not block; `pause_reading` makes the generators wait. What was seen is remembered, so that a
    generator that comes back as the same process sends only what is new; with `incremental=False` always everything.
    """

    def __init__(
        self,
        deliver: Callable[[Delivery], None],
        *,
        name: str = "collector",
        host: str = "127.0.0.1",
        port: int = 8086,
        tls: ssl.SSLContext | None = None,
        classes: Classes = NO_CLASSES,
        timers: Timers | None = None,
        max_frame_bytes: int = DEFAULT_MAX_FRAME_BYTES,
        max_connections: int = 10_000,
        incremental: bool = False,
    ) -> None:
        self.name = name
        self.host = host
        self.port = port
        self.seen = SeenNumbers()
        self.counters = MessageCounters()
        self.hellos: dict[Identity, Hello] = {}
        self._deliver = deliver
        self._tls = tls
        self._classes = classes
        self._timers = timers
        self._max_frame_bytes = max_frame_bytes
        self._max_connections = max_connections
        self._incremental = incremental
        self._peers: dict[Peer, asyncio.Task[None]] = {}
        self._by_identity: dict[Identity, Peer] = {}
        self._numbers = SequenceNumbers()
        self._server: asyncio.Server | None = None
        self._reading = asyncio.Event()
        self._reading.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._accept, self.host, self.port, ssl=self._tls, limit=READ_BYTES, reuse_address=True
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"{self.host}:{self.port}"

    @property
    def generators(self) -> list[Identity]:
        """The generators that have a session now."""
        return sorted(self._by_identity, key=str)

    async def close(self) -> None:
        """End all sessions and listen no more."""
        if self._server is not None:
            await stop_listening(self._server)
        tasks = list(self._peers.values())
        for peer in list(self._peers):
            self._follow(peer, peer.connection.happen(Stop(), _now_s()))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def pause_reading(self) -> None:
        """Read nothing until `resume_reading`; what the generators send waits with them."""
        self._reading.clear()

    def resume_reading(self) -> None:
        """Read on."""
        self._reading.set()

    def request(self, generator: Identity, message: Message, *, context: str = "") -> bool:
        """Send a request to a generator; whether it has a session."""
        peer = self._by_identity.get(generator)
        if peer is None:
            return False
        number = self._numbers.next(message.__sandesh__.name)
        sender = Header(source=self.name, module=self.name)
        header = header_of(message, sender, timestamp_us=_now_us(), sequence_number=number, context=context)
        peer.writer.write(encode(header, message))
        return True

    def drop(self, generator: Identity) -> None:
        """Close a generator's session without a word."""
        peer = self._by_identity.get(generator)
        if peer is not None:
            self._follow(peer, peer.connection.happen(Stop(), _now_s()))

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None or not self._server.is_serving():
            writer.transport.abort()  # its handshake ended after `close`
            return
        if len(self._peers) >= self._max_connections:
            _log.error("%d connections already; one more is refused", len(self._peers))
            writer.transport.abort()
            return
        keep_alive(writer)
        name = str(writer.get_extra_info("peername"))
        session = Session.server(name, _now_s(), self._timers)
        connection = Connection(session, classes=self._classes, max_frame_bytes=self._max_frame_bytes)
        peer = Peer(connection, writer)
        task = asyncio.current_task()
        if task is not None:
            self._peers[peer] = task
        try:
            self._set_timer(peer)
            await self._read(peer, reader)
        except asyncio.CancelledError:
            _log.debug("the connection of %s was ended", name)
        finally:
            self._forget(peer)

    async def _read(self, peer: Peer, reader: asyncio.StreamReader) -> None:
        problem = "closed by the peer"
        try:
            while data := await reader.read(READ_BYTES):
                await self._reading.wait()
                self._follow(peer, peer.connection.receive(data, _now_s()))
        except (OSError, ssl.SSLError) as error:
            problem = f"{type(error).__name__}: {error}"
        self._follow(peer, peer.connection.lost(_now_s(), problem))

    def _forget(self, peer: Peer) -> None:
        if peer.timer is not None:
            peer.timer.cancel()
        peer.writer.transport.abort()
        self._peers.pop(peer, None)
        identity = peer.connection.session.identity
        if identity is not None and self._by_identity.get(identity) is peer:
            del self._by_identity[identity]

    def _set_timer(self, peer: Peer) -> None:
        if peer.timer is not None:
            peer.timer.cancel()
            peer.timer = None
        deadline_s = peer.connection.session.deadline_s
        if deadline_s is not None:
            peer.timer = asyncio.get_running_loop().call_at(deadline_s, self._expired, peer)

    def _expired(self, peer: Peer) -> None:
        self._follow(peer, peer.connection.happen(TimerExpired(), _now_s()))

    def _follow(self, peer: Peer, actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, SendReply):
                self._reply(peer, action.hello)
            elif isinstance(action, Deliver):
                self._take(peer, action.received)
            elif isinstance(action, Discard):
                self.counters.not_taken(action.name, action.cause, action.length)
            elif isinstance(action, Close):
                _log.info("closing the connection of %s: %s", peer.connection.session.peer, action.reason)
                peer.writer.transport.abort()
        self._set_timer(peer)

    def _reply(self, peer: Peer, hello: Hello) -> None:
        """The newer of two sessions of one generator stays (clause 8)."""
        older = self._by_identity.get(hello.identity)
        if older is not None and older is not peer:
            self._follow(older, older.connection.happen(Superseded(), _now_s()))
        self._by_identity[hello.identity] = peer
        self.hellos[hello.identity] = hello
        if not self._incremental:
            self.seen.forget(hello.identity)
        reply = Reply(self.name, accepted=True, seen=self.seen.seen(hello))
        peer.writer.write(encode_reply(reply, timestamp_us=_now_us()))

    def _take(self, peer: Peer, received: Received) -> None:
        identity = peer.connection.session.identity
        self.counters.taken(received.name, received.length)
        if identity is not None and received.header.type in _STATE:
            names = (received.name, _data_type(received.body))
            header = received.header
            self.seen.note(identity, names, header.sequence_number, is_sync=header.is_sync)
        self._deliver(Delivery(identity, received))


_STATE = frozenset((6, 11))


def _data_type(body: Message | Tree) -> str:
    """The name of a UVE's data struct."""
    if isinstance(body, UveMessage):
        data = getattr(body, "data", None)
        return "" if data is None else str(data.__sandesh__.name)
    if isinstance(body, Tree):
        node: Node | None = next(iter(body.fields), None)
        if node is not None and isinstance(node.value, StructValue):
            return node.value.name
    return ""


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def _now_us() -> int:
    return time.time_ns() // 1000
