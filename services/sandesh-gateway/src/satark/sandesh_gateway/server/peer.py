"""One connection as the server holds it."""

import asyncio
from dataclasses import dataclass

from satark.sandesh.session.connection import Connection
from satark.sandesh_gateway.server.generators import Generator


@dataclass(slots=True, eq=False)
class Peer:
    """A connection, from whom it is, and since when what came is no whole message; `closing` is why it ends."""

    connection: Connection
    writer: asyncio.StreamWriter
    host: str
    name: str
    generator: Generator | None = None
    timer: asyncio.TimerHandle | None = None
    partial_since_s: float | None = None
    buffered_bytes: int = 0
    closing: str = ""

    @property
    def pending_bytes(self) -> int:
        """What waits for Kafka of its generator."""
        return self.generator.pending_bytes if self.generator is not None else 0

    @property
    def unread_bytes(self) -> int:
        """What was written and the peer has not taken."""
        return self.writer.transport.get_write_buffer_size()

    def set_timer(self, timer: asyncio.TimerHandle | None) -> None:
        """Replace the timer of the session's deadline."""
        if self.timer is not None:
            self.timer.cancel()
        self.timer = timer
