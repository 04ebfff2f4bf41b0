"""The gateway's own generator: it connects as any daemon does, and tells of the others every so often."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import NoReturn

from satark.sandesh.generator import Asked, Generator
from satark.sandesh_gateway.citizen.accounts import collector_info, generator_books, server_trace, summary
from satark.sandesh_gateway.citizen.messages.collector import (
    CollectorQueueInfo,
    ShowCollectorServerReq,
    ShowCollectorServerResp,
    ShowGeneratorBooksReq,
    ShowGeneratorBooksResp,
    registry,
)
from satark.sandesh_gateway.server.generators import Generators

MODULE = "satark-gateway"
NODE_TYPE = "Analytics"
MOST_BOOKS = 5_000


class Citizen:
    """Serves the introspect pages, and tells the gateway's state and that of its generators every `interval_s`."""

    def __init__(
        self,
        generators: Generators,
        queue: Callable[[], CollectorQueueInfo],
        *,
        instance: str,
        build: str,
        interval_s: float,
    ) -> None:
        self._generators = generators
        self._queue = queue
        self._build = build
        self._interval_s = interval_s
        self._host = socket.gethostname()
        self._instance = instance

    async def run(
        self, collectors: Sequence[str], *, tls: ssl.SSLContext | None, introspect: tuple[str, int] | None
    ) -> NoReturn:
        """Be a citizen until cancelled. Raises OSError when the introspect port cannot be opened."""
        host, port = introspect or ("127.0.0.1", None)
        generator = Generator(
            MODULE,
            self._host,
            NODE_TYPE,
            self._instance,
            collectors=collectors,
            tls=tls,
            http_port=port,
            http_host=host,
            messages=registry.MESSAGES.values(),
            node_table="ObjectCollectorInfo",
        )
        self._answer(generator)
        async with generator:
            while True:
                await self._tell(generator)
                await asyncio.sleep(self._interval_s)

    def _answer(self, generator: Generator) -> None:
        @generator.on(ShowCollectorServerReq)
        def show(_request: ShowCollectorServerReq, _asked: Asked) -> ShowCollectorServerResp:
            return ShowCollectorServerResp(generators=[summary(each) for each in self._generators], queue=self._queue())

        @generator.on(ShowGeneratorBooksReq)
        def books(request: ShowGeneratorBooksReq, _asked: Asked) -> ShowGeneratorBooksResp:
            wanted = (each for each in self._generators if (request.generator or "") in each.name)
            return ShowGeneratorBooksResp(books=generator_books(wanted)[:MOST_BOOKS])

    async def _tell(self, generator: Generator) -> None:
        """Tell all; others have their turn in between, since there may be thousands."""
        own = await asyncio.to_thread(addresses, self._host)
        generator.send(
            collector_info(
                self._host,
                addresses=own,
                build=self._build,
                generators=self._generators.connected,
                queue=self._queue(),
            )
        )
        for each in self._generators:
            if each.connects:
                generator.send(server_trace(each, self._host))
                await asyncio.sleep(0)


def addresses(host: str) -> list[str]:
    """Return the host's addresses, as its own resolver says, which may take its time; none when it does not know."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return sorted({str(each[4][0]) for each in found})
