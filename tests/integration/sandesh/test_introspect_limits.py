import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from satark.sandesh.generator import Asked, Generator, introspect_context
from satark.sandesh.generator.messages.traces import SandeshTraceTextResponse
from satark.sandesh.introspect.door import Limits
from satark.sandesh.introspect.server import IntrospectServer
from tests.integration.sandesh.pair import generator
from tests.support.certificates import Authority
from tests.support.waiting import eventually
from tests.unit.sandesh.probe import ProbeRequest


class Gate:
    """A handler that answers when it is let; it counts who waits."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.asked = 0

    async def __call__(self, request: ProbeRequest, _asked: Asked) -> Any:
        """Answer with a text of `count` characters."""
        self.asked += 1
        await self.open.wait()
        return SandeshTraceTextResponse(traces=["x" * (request.count or 1)])


@asynccontextmanager
async def served(limits: Limits) -> AsyncIterator[tuple[Generator, Gate, IntrospectServer]]:
    """A generator whose introspect has these limits."""
    async with generator() as one:
        gate = Gate()
        one.handlers.add(ProbeRequest, gate)
        server = IntrospectServer(one, limits=limits)
        await server.start()
        try:
            yield one, gate, server
        finally:
            gate.open.set()
            await server.stop()


async def get(port: int, path: str, **options: Any) -> tuple[int, bytes]:
    """The status and the body of an answer."""
    scheme = "https" if "ssl" in options else "http"
    url = f"{scheme}://127.0.0.1:{port}{path}"
    async with aiohttp.ClientSession() as session, session.get(url, **options) as response:
        return response.status, await response.read()


async def test_too_many_wait() -> None:
    """As many as there is room for are answered, as many more wait, and who comes then is told so at once."""
    async with served(Limits(requests=1, waiting=1)) as (_, gate, server):
        first = asyncio.create_task(get(server.port, "/Snh_ProbeRequest"))
        await eventually(lambda: gate.asked == 1)
        second = asyncio.create_task(get(server.port, "/Snh_ProbeRequest"))
        await eventually(lambda: server.waiting == 1)

        refused, _ = await get(server.port, "/Snh_ProbeRequest")
        gate.open.set()

        assert 503 == refused
        assert [200, 200] == [status for status, _ in await asyncio.gather(first, second)]


async def test_slow_handler() -> None:
    """A handler that takes too long is given up, and its room is free again."""
    async with served(Limits(requests=1, handler_s=0.05)) as (_, gate, server):
        late, _ = await get(server.port, "/Snh_ProbeRequest")
        gate.open.set()
        next_, _ = await get(server.port, "/Snh_ProbeRequest")

        assert (504, 200) == (late, next_)


async def test_large_answer() -> None:
    """An answer that is too large is not sent."""
    async with served(Limits(answer_bytes=1_000)) as (_, gate, server):
        gate.open.set()

        assert 200 == (await get(server.port, "/Snh_ProbeRequest?count=100"))[0]
        assert 500 == (await get(server.port, "/Snh_ProbeRequest?count=1000"))[0]


async def test_one_connection_too_many() -> None:
    """Connections beyond the limit are closed at once; those that end make room."""
    async with served(Limits(connections=1)) as (_, _, server):
        _, held = await asyncio.open_connection("127.0.0.1", server.port)
        await eventually(lambda: server.connections == 1)

        with pytest.raises(aiohttp.ClientError):
            await get(server.port, "/")
        held.close()
        await held.wait_closed()
        await eventually(lambda: server.connections == 0)
        assert 200 == (await get(server.port, "/"))[0]


async def test_connection_that_never_asks() -> None:
    """A peer that sends nothing, or half a request, is shut out after its time."""
    async with served(Limits(connection_s=0.1)) as (_, _, server):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: loc")

        (told,) = await asyncio.gather(asyncio.wait_for(reader.read(), 10), return_exceptions=True)

        assert told == b"" or isinstance(told, ConnectionError)
        writer.close()


async def test_graceful_close() -> None:
    """What is being answered when the program ends is answered; who has not asked by then is not waited for."""
    async with served(Limits(close_s=10)) as (_, gate, server):
        asked = asyncio.create_task(get(server.port, "/Snh_ProbeRequest"))
        _, idle = await asyncio.open_connection("127.0.0.1", server.port)
        await eventually(lambda: gate.asked == 1)

        closing = asyncio.create_task(server.stop())
        gate.open.set()
        await asyncio.wait_for(closing, 5)

        assert 200 == (await asked)[0]
        with pytest.raises(OSError, match="Connect"):
            await asyncio.open_connection("127.0.0.1", server.port)
        idle.close()


async def test_close_gives_up() -> None:
    """A handler that does not end is not waited for longer than the limit."""
    async with served(Limits(close_s=0.05)) as (_, gate, server):
        asked = asyncio.create_task(get(server.port, "/Snh_ProbeRequest"))
        await eventually(lambda: gate.asked == 1)

        await asyncio.wait_for(server.stop(), 5)

        with pytest.raises(aiohttp.ClientError):
            await asked


async def test_port_in_use() -> None:
    """A port that another program has is an error of the start."""
    async with served(Limits()) as (one, _, server):
        second = IntrospectServer(one, port=server.port)

        with pytest.raises(OSError, match="in use"):
            await second.start()


def _client(authority: Authority, *names: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(authority.ca_file))
    for name in names:
        identity = authority.issue(name)
        context.load_cert_chain(str(identity.cert_file), str(identity.key_file))
    return context


async def test_tls(tmp_path: Path) -> None:
    """Over TLS the pages are for who has a certificate of the authority, or for all where none is asked for."""
    authority = Authority(tmp_path)
    mine = authority.issue("generator")
    verified = introspect_context(mine.cert_file, mine.key_file, ca_file=authority.ca_file)
    open_to_all = introspect_context(mine.cert_file, mine.key_file)
    async with generator(http_port=0, http_tls=verified) as one, generator(http_port=0, http_tls=open_to_all) as other:
        assert 200 == (await get(one.http_port, "/", ssl=_client(authority, "client")))[0]
        assert 200 == (await get(other.http_port, "/", ssl=_client(authority)))[0]
        with pytest.raises(aiohttp.ClientError):
            await get(one.http_port, "/", ssl=_client(authority))
        with pytest.raises(aiohttp.ClientError):
            await get(other.http_port, "/")
