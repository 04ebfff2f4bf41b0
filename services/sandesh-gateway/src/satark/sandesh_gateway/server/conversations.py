"""What is said on connections: hellos are answered, messages taken in, and what a session wants done is done."""

import asyncio
import time
from collections.abc import Iterable

import structlog

from satark.sandesh.session.actions import Action, Close, Deliver, Discard, SendReply
from satark.sandesh.session.causes import RxCause
from satark.sandesh.session.events import Stop, Superseded, TimerExpired
from satark.sandesh.wire.control import Hello, Identity, encode_reply
from satark.sandesh_gateway.server.generators import Generator, Generators
from satark.sandesh_gateway.server.intake import Intake
from satark.sandesh_gateway.server.peer import Peer
from satark.sandesh_gateway.server.sessions import Sessions

log = structlog.get_logger(__name__)


class Conversations:
    """All conversations of a process; at most one with each generator."""

    def __init__(self, sessions: Sessions, generators: Generators, intake: Intake) -> None:
        self._sessions = sessions
        self._generators = generators
        self._intake = intake
        self._by_name: dict[str, Peer] = {}

    def __len__(self) -> int:
        """Return the number of generators."""
        return len(self._by_name)

    def heard(self, peer: Peer, data: bytes) -> None:
        """Bytes came."""
        self._follow(peer, peer.connection.receive(data, now_s()))

    def rejected(self, peer: Peer, cause: RxCause, problem: str, data: bytes) -> None:
        """Something came that cannot be read."""
        self._intake.reject(self._owner(peer), data, cause.value, problem)

    def opened(self, peer: Peer) -> None:
        """A connection is there: its time runs."""
        self._set_timer(peer)

    def lost(self, peer: Peer, problem: str) -> None:
        """A connection is gone."""
        peer.closing = peer.closing or problem
        self._follow(peer, peer.connection.lost(now_s(), problem))

    def ended(self, peer: Peer) -> None:
        """Nothing more will be heard or said."""
        peer.set_timer(None)
        generator = peer.generator
        if generator is not None and self._by_name.get(generator.name) is peer:
            del self._by_name[generator.name]
            self._sessions.lost(generator, peer.closing)

    def hang_up(self, peer: Peer, reason: str) -> None:
        """Close a connection for a reason of ours."""
        peer.closing = peer.closing or reason
        self._follow(peer, peer.connection.happen(Stop(), now_s()))
        peer.writer.transport.abort()

    def disconnect(self, generator: str, reason: str) -> None:
        """Close a generator's connection: it will come back and say everything again."""
        peer = self._by_name.get(generator)
        if peer is not None:
            self.hang_up(peer, reason)

    def send(self, generator: str, data: bytes) -> bool:
        """Send a frame to a generator; whether it has a session here."""
        peer = self._by_name.get(generator)
        if peer is None:
            return False
        peer.writer.write(data)
        return True

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
        """Answer a hello; to a second one, say again what Kafka has: the generator then sends what is newer."""
        if peer.generator is not None:
            reply = self._sessions.reply(hello)
        else:
            peer.generator, reply = self._sessions.begin(hello, peer.host, self._supersede)
        peer.writer.write(encode_reply(reply, timestamp_us=time.time_ns() // 1000))
        if peer.generator is None:
            self.hang_up(peer, "refused")
        else:
            self._by_name[peer.generator.name] = peer

    def _supersede(self, generator: Generator) -> None:
        """Close the connection that a generator had: it has another."""
        older = self._by_name.pop(generator.name, None)
        if older is not None:
            older.closing = "another connection of the same generator"
            self._follow(older, older.connection.happen(Superseded(), now_s()))
            older.writer.transport.abort()

    def _owner(self, peer: Peer) -> Generator:
        """Whose books a connection's messages go to; before its hello those of its address."""
        return peer.generator or self._generators.of(Identity(peer.host, "", "", ""))

    def _set_timer(self, peer: Peer) -> None:
        deadline_s = peer.connection.session.deadline_s
        loop = asyncio.get_running_loop()
        peer.set_timer(None if deadline_s is None else loop.call_at(deadline_s, self._expired, peer))

    def _expired(self, peer: Peer) -> None:
        self._follow(peer, peer.connection.happen(TimerExpired(), now_s()))


def now_s() -> float:
    """Return the loop's time."""
    return asyncio.get_running_loop().time()
