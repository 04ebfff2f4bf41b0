import asyncio
import socket
from contextlib import ExitStack
from typing import Any

from satark.sandesh_gateway.publish.publisher import Publisher
from satark.sandesh_gateway.server.limits import Limits
from satark.sandesh_gateway.server.peer import Peer
from satark.sandesh_gateway.server.room import Room
from satark.sandesh_gateway.server.server import Server
from tests.support.waiting import eventually

LIMITS = Limits(
    max_connections=100,
    max_connections_per_host=100,
    max_frame_bytes=100_000,
    pending_bytes_per_generator=1_000_000,
    pending_bytes=1_000_000,
    hello_timeout_s=60.0,
    frame_timeout_s=60.0,
)
PEERS = 20


class Rounds:
    """Counts the rounds of the loop, and notes in which one something was heard."""

    def __init__(self) -> None:
        self.now = 0
        self.heard_in: list[int] = []
        self.opened_peers = 0

    async def count(self) -> None:
        """Count for ever."""
        while True:
            await asyncio.sleep(0)
            self.now += 1

    def opened(self, _peer: Peer) -> None:
        """A connection is there."""
        self.opened_peers += 1

    def heard(self, _peer: Peer, _data: bytes) -> None:
        """Bytes came."""
        self.heard_in.append(self.now)

    def lost(self, _peer: Peer, _problem: str) -> None:
        """A connection is gone."""

    def ended(self, _peer: Peer) -> None:
        """Nothing more is heard."""

    def hang_up(self, peer: Peer, _reason: str) -> None:
        """Close it."""
        peer.writer.transport.abort()


async def _sent(_records: Any) -> None:
    """Nothing is ever published."""


async def test_many_that_speak_at_once_are_heard_one_in_a_round() -> None:
    """However many have something to say, all else that the process does has its turn between two of them."""
    rounds: Any = Rounds()
    server = Server(LIMITS, Room(LIMITS, Publisher(_sent, on_trouble=lambda _: None)), rounds)
    async with server:
        port = await server.listen("127.0.0.1", 0)
        with ExitStack() as stack:
            clients = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(PEERS)]
            await eventually(lambda: rounds.opened_peers == PEERS)
            counting = asyncio.create_task(rounds.count())
            for client in clients:
                client.sendall(b"x")
            await eventually(lambda: len(rounds.heard_in) == PEERS)
            counting.cancel()

    assert PEERS == len(set(rounds.heard_in))
