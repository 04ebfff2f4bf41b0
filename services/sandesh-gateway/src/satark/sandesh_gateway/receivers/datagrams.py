"""Lines that come one a datagram (RFC 5426): a bounded queue between the socket, which cannot wait, and Kafka."""

import asyncio
import socket
from collections import deque
from typing import Any

from satark.sandesh_gateway.receivers import metrics
from satark.sandesh_gateway.receivers.allowlist import peer_name
from satark.sandesh_gateway.receivers.deliveries import Frame, UndecodableError
from satark.sandesh_gateway.receivers.intake import Intake

MAX_BATCH = 200
OVERHEAD_BYTES = 256
"""What an entry of the queue costs besides its bytes, about."""


class Datagrams:
    """The datagrams of one transport. At most `queue_bytes` of them wait; more are dropped, counted."""

    def __init__(self, intake: Intake, *, max_line_bytes: int, queue_bytes: int) -> None:
        self._intake = intake
        self._max = max_line_bytes
        self._queue_bytes = queue_bytes
        self._queue: deque[tuple[str, Frame]] = deque()
        self._waiting = 0
        self._news = asyncio.Event()

    async def serve(self, sockets: list[socket.socket], stop: asyncio.Event) -> None:
        """Receive until `stop`; return when what was received is delivered."""
        loop = asyncio.get_running_loop()
        transports = [
            (await loop.create_datagram_endpoint(lambda: _Listener(self._received), sock=sock))[0] for sock in sockets
        ]
        try:
            async with asyncio.TaskGroup() as group:
                pump = group.create_task(self._pump(stop))
                await stop.wait()
                for transport in transports:
                    transport.close()
                self._news.set()
                await pump
        finally:
            for transport in transports:
                transport.abort()

    def _received(self, data: bytes, address: tuple[Any, ...]) -> None:
        peer = peer_name(address[0])
        if self._intake.denied(peer) or not self._intake.arrived(peer, [Frame(b"")]):
            return
        cost = len(data) + OVERHEAD_BYTES
        if self._waiting + cost > self._queue_bytes:
            self._intake.overflowed(peer)
            return
        self._queue.append((peer, self._frame(data)))
        self._waiting += cost
        self._gauge()
        self._news.set()

    def _frame(self, data: bytes) -> Frame:
        if len(data) <= self._max:
            return Frame(data)
        return Frame(
            data[: self._max], UndecodableError("too_long", f"{len(data)} bytes, at most {self._max} are taken")
        )

    async def _pump(self, stop: asyncio.Event) -> None:
        while self._queue or not stop.is_set():
            await self._news.wait()
            batch = [self._queue.popleft() for _ in range(min(MAX_BATCH, len(self._queue)))]
            await self._intake.take(batch)
            self._waiting -= sum(len(frame.raw) + OVERHEAD_BYTES for _, frame in batch)
            self._gauge()
            if not self._queue and not stop.is_set():
                self._news.clear()

    def _gauge(self) -> None:
        metrics.WAITING_BYTES.labels(self._intake.receiver).set(self._waiting)


class _Listener(asyncio.DatagramProtocol):
    def __init__(self, received: Any) -> None:
        self._received = received

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        self._received(data, addr)
