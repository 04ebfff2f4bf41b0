"""Back-pressure: whether a connection may be read on, and what is dropped meanwhile (sandesh.md 6.8)."""

from satark.sandesh_gateway import metrics
from satark.sandesh_gateway.publish.marks import Marks
from satark.sandesh_gateway.publish.publisher import Publisher
from satark.sandesh_gateway.server.limits import Limits
from satark.sandesh_gateway.server.peer import Peer

LOOK_S = 1.0
"""Room may also come of a peer that is gone: nobody tells of that."""


class Room:
    """What is held of all peers: parts of messages, and messages that wait for Kafka; in bytes."""

    def __init__(self, limits: Limits, publisher: Publisher) -> None:
        self.buffered_bytes = 0
        self.paused = 0
        self._publisher = publisher
        self._own = Marks(limits.pending_bytes_per_generator)
        self._all = Marks(limits.pending_bytes)

    @property
    def pending_bytes(self) -> int:
        """What waits for Kafka."""
        return self._publisher.pending_bytes

    def read(self, peer: Peer) -> None:
        """Note how much of a message has come that is not whole."""
        pending = peer.connection.pending_bytes
        self.buffered_bytes += pending - peer.buffered_bytes
        peer.buffered_bytes = pending

    def left(self, peer: Peer) -> None:
        """The peer is gone, with what it had begun."""
        self.buffered_bytes -= peer.buffered_bytes
        peer.buffered_bytes = 0

    async def wait(self, peer: Peer) -> None:
        """Return when the peer may be read on: what is held, of it and of all, is within bounds."""
        self._set_level(peer)
        if not self._own.pauses(peer.pending_bytes) and not self._all.pauses(self._held_bytes):
            return
        self._pause(1)
        try:
            while not (self._own.resumes(peer.pending_bytes) and self._all.resumes(self._held_bytes)):
                await self._publisher.moved(timeout_s=LOOK_S)
        finally:
            self._pause(-1)

    def _set_level(self, peer: Peer) -> None:
        before = peer.connection.drop_level
        own = self._own.drop_level(peer.pending_bytes, before)
        peer.connection.drop_level = min(own, self._all.drop_level(self._held_bytes, before))
        if peer.generator is not None:
            peer.generator.drop_level = peer.connection.drop_level

    @property
    def _held_bytes(self) -> int:
        return self.pending_bytes + self.buffered_bytes

    def _pause(self, one: int) -> None:
        self.paused += one
        metrics.PAUSED.set(self.paused)
