"""One connection as the server holds it."""

import asyncio
from dataclasses import dataclass, field

from satark.sandesh.session.connection import Connection
from satark.sandesh_gateway.server.generators import Generator


@dataclass(slots=True, eq=False)
class Peer:
    """A connection, from whom it is, since when what came is no whole message, and whether it may be read."""

    connection: Connection
    writer: asyncio.StreamWriter
    host: str
    name: str
    generator: Generator | None = None
    timer: asyncio.TimerHandle | None = None
    partial_since_s: float | None = None
    closing: str = ""
    room: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def unread_bytes(self) -> int:
        """What was written and the peer has not taken."""
        return self.writer.transport.get_write_buffer_size()

    def set_timer(self, timer: asyncio.TimerHandle | None) -> None:
        """Replace the timer of the session's deadline."""
        if self.timer is not None:
            self.timer.cancel()
        self.timer = timer
