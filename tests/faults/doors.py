"""The way to a simulated orchestrator: it can be shut and opened again on the same port, while the simulator lives on."""

import contextlib
import ssl
from types import TracebackType
from typing import Self

from satark.simulators.vco.server import serving
from satark.simulators.vco.simulator import Simulator
from tests.support.ports import free_port


class Door:
    """A port that leads to a simulator while the door is open."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._open = contextlib.AsyncExitStack()
        self.port = free_port()

    async def open(self, tls: ssl.SSLContext | None = None) -> None:
        """Let callers in, with TLS or without; who was in before is out."""
        await self.shut()
        await self._open.enter_async_context(serving(self._simulator, port=self.port, tls=tls))

    async def shut(self) -> None:
        """End the connections; further ones are refused."""
        await self._open.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.shut()
