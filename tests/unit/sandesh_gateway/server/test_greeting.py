import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from satark.sandesh_gateway.server.greeting import TlsServer, Welcome
from satark.sandesh_gateway.server.limits import Doors
from satark.sandesh_gateway.settings import GatewaySettings
from tests.support.certificates import Authority
from tests.support.waiting import eventually

HOST = "127.0.0.1"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Who signed both sides' certificates."""
    return Authority(tmp_path)


def refused(cause: str) -> float:
    """How many connections were refused for a cause."""
    return REGISTRY.get_sample_value("satark_gateway_connections_refused_total", {"cause": cause}) or 0.0


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say what is heard."""
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def serving(authority: Authority, *, max_connections_per_host: int = 10) -> AsyncIterator[tuple[int, TlsServer]]:
    """A server that echoes, and its port."""
    own = authority.issue("server")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(authority.ca_file))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(own.cert_file, own.key_file)
    doors = Doors(GatewaySettings(max_connections_per_host=max_connections_per_host).limits)
    server = TlsServer(Welcome(echo, doors, context, 1 << 12))
    await server.listen(HOST, 0, reuse_port=False)
    try:
        yield server.sockets[0].getsockname()[1], server
    finally:
        server.close()


def client(authority: Authority) -> ssl.SSLContext:
    """A client with a certificate."""
    own = authority.issue("client")
    context = ssl.create_default_context(cafile=str(authority.ca_file))
    context.load_cert_chain(own.cert_file, own.key_file)
    return context


async def test_hands_over_whoever_is_through(authority: Authority) -> None:
    """What is sent with the end of the handshake is not lost, and more than fits the reader's buffer comes whole."""
    sent = bytes(range(256)) * 4_000
    async with serving(authority) as (port, _):
        reader, writer = await asyncio.open_connection(HOST, port, ssl=client(authority))
        writer.write(sent)
        got = await asyncio.wait_for(reader.readexactly(len(sent)), 20.0)
        writer.close()

    assert got == sent


@pytest.mark.parametrize("first", [b"", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x05hello", bytes(100)])
async def test_counts_whoever_is_not(authority: Authority, first: bytes) -> None:
    """Something else than TLS, or nothing: the connection is closed and counted, and is nobody's."""
    before = refused("handshake")
    async with serving(authority) as (port, _):
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(first)
        writer.write_eof()
        with suppress(ConnectionResetError):
            await asyncio.wait_for(reader.read(), 10.0)
        await eventually(lambda: refused("handshake") == before + 1, 10.0, what="a count")
        writer.close()


async def test_bounds_handshakes(authority: Authority) -> None:
    """Those of a host who connect and begin nothing are bounded; when they are gone others come through again."""
    before = refused("too_many_of_host")
    async with serving(authority, max_connections_per_host=2) as (port, server):
        silent = [(await asyncio.open_connection(HOST, port))[1] for _ in range(3)]
        await eventually(lambda: refused("too_many_of_host") == before + 1, 10.0, what="a count")
        for writer in silent:
            writer.transport.abort()
        await eventually(lambda: server.greetings == 0, 10.0, what="their end")

        reader, writer = await asyncio.open_connection(HOST, port, ssl=client(authority))
        writer.write(b"x")
        assert await asyncio.wait_for(reader.read(1), 10.0) == b"x"
        writer.close()


async def test_closing_ends_handshakes(authority: Authority) -> None:
    """A server that is closed waits for nobody."""
    async with serving(authority) as (port, server):
        reader, writer = await asyncio.open_connection(HOST, port)
        await eventually(lambda: server.greetings == 1, 10.0, what="a handshake")
        server.close()
        with suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), 10.0) == b""
        writer.close()
