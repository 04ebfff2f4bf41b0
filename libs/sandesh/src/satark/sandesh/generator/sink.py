"""The external statistics sink: a socket to which every change of state is also sent, once, as a datagram (clause 5.7)."""

import asyncio
import logging
import socket
from pathlib import Path
from typing import Any

from satark.sandesh.generator.addresses import parse_sink
from satark.sandesh.generator.datagrams import datagram
from satark.sandesh.types import UveMessage

_log = logging.getLogger(__name__)


class StatisticsSink:
    """Sends to `host:port`, or to the unix socket of a path. Never blocks, and never fails its caller: losses are counted."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.sent = 0
        self.lost = 0
        self._target = parse_sink(address)
        self._socket: socket.socket | None = None

    async def open(self) -> None:
        """Find the sink. One that cannot be found loses everything, which is logged."""
        try:
            self._socket = await self._connected()
        except OSError as error:
            _log.error("no statistics are sent to %s: %s", self.address, error)

    async def _connected(self) -> socket.socket:
        if isinstance(self._target, Path):
            return _to(socket.AF_UNIX, str(self._target))
        host, port = self._target
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_DGRAM)
        family, _, _, _, address = found[0]
        return _to(family, address)

    def send(self, message: UveMessage, timestamp_us: int) -> None:
        """Send one change of state, whatever becomes of it; for any thread."""
        if self._socket is None:
            self.lost += 1
            return
        try:
            self._socket.send(datagram(message, timestamp_us))
        except OSError:
            # Nobody listens just now, the buffer is full, or it is too long for one: a sink is not worth waiting for.
            self.lost += 1
        else:
            self.sent += 1

    def close(self) -> None:
        """Send no more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _to(family: int, address: tuple[Any, ...] | str) -> socket.socket:
    one = socket.socket(family, socket.SOCK_DGRAM)
    try:
        one.setblocking(False)
        one.connect(address)
    except OSError:
        one.close()
        raise
    return one
