import asyncio
from types import SimpleNamespace
from typing import Any

from satark.runtime.records import OutgoingRecord
from satark.sandesh.types import Level
from satark.sandesh.wire.control import Identity
from satark.sandesh_gateway.publish.marks import NO_LEVEL
from satark.sandesh_gateway.publish.publisher import Parcel, Publisher
from satark.sandesh_gateway.server.generators import Generator
from satark.sandesh_gateway.server.limits import Limits
from satark.sandesh_gateway.server.peer import Peer
from satark.sandesh_gateway.server.room import Room

MIB = 1024 * 1024
LIMITS = Limits(
    max_connections=1,
    max_connections_per_host=1,
    max_frame_bytes=1,
    pending_bytes_per_generator=8 * MIB,
    pending_bytes=16 * MIB,
    hello_timeout_s=1,
    frame_timeout_s=1,
)


class Kafka:
    """Takes nothing until it is open."""

    def __init__(self) -> None:
        self.open = asyncio.Event()

    async def send(self, _records: Any) -> None:
        """Take a batch."""
        await self.open.wait()


def peer_of(pending: int, *, buffered: int = 0) -> Peer:
    """A connection of a generator of which so much waits."""
    generator = Generator("g", Identity("h", "n", "m", "0"), pending_bytes=pending)
    connection: Any = SimpleNamespace(pending_bytes=buffered, drop_level=NO_LEVEL)
    writer: Any = None
    return Peer(connection, writer, "h", "h:1", generator)


def waiting(publisher: Publisher, peer: Peer, size: int) -> None:
    """So much waits of a peer."""

    def done() -> None:
        assert peer.generator is not None
        peer.generator.pending_bytes -= size

    publisher.put(Parcel((OutgoingRecord("t", None, None),), size, done, lambda _: done()))


async def test_reads_on_while_there_is_room() -> None:
    """And drops what the marks say meanwhile."""
    room = Room(LIMITS, Publisher(Kafka().send, on_trouble=lambda _: None))
    peer = peer_of(3 * MIB)

    await room.wait(peer)

    assert Level.SYS_DEBUG == peer.connection.drop_level
    assert peer.generator is not None
    assert Level.SYS_DEBUG == peer.generator.drop_level
    assert room.paused == 0


async def test_a_full_peer_waits_until_kafka_has_taken_half() -> None:
    """Its socket is not read meanwhile."""
    kafka = Kafka()
    publisher = Publisher(kafka.send, on_trouble=lambda _: None)
    room, peer = Room(LIMITS, publisher), peer_of(9 * MIB)
    waiting(publisher, peer, 9 * MIB)
    running = asyncio.create_task(publisher.run())
    pausing = asyncio.create_task(room.wait(peer))
    await asyncio.sleep(0.01)
    assert (room.paused, pausing.done()) == (1, False)

    kafka.open.set()
    await pausing
    running.cancel()

    assert (room.paused, room.pending_bytes) == (0, 0)


async def test_all_wait_when_all_together_hold_too_much() -> None:
    """Also for a peer of which nothing waits: parts of messages count as well."""
    room = Room(LIMITS, Publisher(Kafka().send, on_trouble=lambda _: None))
    big, small = peer_of(0, buffered=17 * MIB), peer_of(0)
    room.read(big)
    pausing = asyncio.create_task(room.wait(small))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert room.paused == 1

    room.left(big)
    await pausing

    assert (room.buffered_bytes, room.paused) == (0, 0)


def test_counts_parts_of_messages_once() -> None:
    """As they grow and as they become whole."""
    room, peer = Room(LIMITS, Publisher(Kafka().send, on_trouble=lambda _: None)), peer_of(0, buffered=100)

    room.read(peer)
    room.read(peer)
    assert room.buffered_bytes == 100
    peer.connection = SimpleNamespace(pending_bytes=40)  # type: ignore[assignment]
    room.read(peer)

    assert room.buffered_bytes == 40
