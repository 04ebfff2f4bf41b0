"""What all bad peers have in common: connections that are counted, and an end that comes in any case."""

import asyncio
import contextlib
import math
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

CONNECT_S = 5.0
READ_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Target:
    """The collector; `tls` for one that speaks it."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None


@dataclass(slots=True)
class Outcome:
    """What came of it: connections that were made, were not made, and were ended by the collector; bytes sent."""

    connections: int = 0
    refused: int = 0
    closed: int = 0
    sent_bytes: int = 0


@dataclass(slots=True, eq=False)
class Line:
    """One connection. `ended` is set when the collector has ended it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    ended: bool = False


class Attacker:
    """Makes connections and sends on them; no error of a connection is its own."""

    def __init__(self, target: Target, outcome: Outcome | None = None) -> None:
        self.outcome = outcome or Outcome()
        self._target = target
        self._lines: set[Line] = set()

    async def connect(self, *, receive_bytes: int | None = None) -> Line | None:
        """Return a new connection, or None if none was to be had. `receive_bytes`: the size of its kernel's buffer."""
        target = self._target
        plain = socket.socket(socket.AF_INET6 if ":" in target.host else socket.AF_INET)
        plain.setblocking(False)
        if receive_bytes is not None:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        try:
            async with asyncio.timeout(CONNECT_S):
                await asyncio.get_running_loop().sock_connect(plain, (target.host, target.port))
                reader, writer = await asyncio.open_connection(
                    sock=plain, ssl=target.tls, server_hostname=target.host if target.tls else None, limit=READ_BYTES
                )
        except (OSError, TimeoutError):
            plain.close()
            self.outcome.refused += 1
            return None
        except asyncio.CancelledError:
            plain.close()
            raise
        self.outcome.connections += 1
        line = Line(reader, writer)
        self._lines.add(line)
        return line

    async def send(self, line: Line, data: bytes) -> bool:
        """Send on a connection, waiting while the collector takes nothing; whether it still has the connection."""
        if line.ended:
            return False
        try:
            line.writer.write(data)
            await line.writer.drain()
        except OSError:
            self._end(line)
            return False
        self.outcome.sent_bytes += len(data)
        return True

    async def until_ended(self, line: Line) -> None:
        """Read what comes until the collector ends the connection."""
        with contextlib.suppress(OSError):
            while await line.reader.read(READ_BYTES):
                pass
        self._end(line)

    def drop(self, line: Line) -> None:
        """End a connection from this side."""
        line.writer.transport.abort()
        self._lines.discard(line)

    def close(self) -> None:
        """End all connections."""
        for line in tuple(self._lines):
            self.drop(line)

    def _end(self, line: Line) -> None:
        if not line.ended:
            line.ended = True
            self.outcome.closed += 1
            self.drop(line)


Attack: TypeAlias = Callable[[Attacker], Awaitable[None]]


async def attack(kind: Attack, target: Target, duration_s: float, *, outcome: Outcome | None = None) -> Outcome:
    """Let a bad peer do what it does, for at most so long; all its connections are ended then.

    `outcome` is counted up meanwhile, for who wants to look at it.
    """
    attacker = Attacker(target, outcome)
    try:
        async with asyncio.timeout(duration_s if math.isfinite(duration_s) else None):
            await kind(attacker)
    except TimeoutError:
        pass
    finally:
        attacker.close()
    return attacker.outcome
