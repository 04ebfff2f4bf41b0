import asyncio
import socket

import pytest

from satark.sandesh.generator.sockets import IDLE_S, keep_alive, mark


async def _connected(host: str) -> tuple[asyncio.Server, asyncio.StreamWriter]:
    server = await asyncio.start_server(lambda _, writer: writer.close(), host, 0)
    _, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    return server, writer


async def test_options() -> None:
    """A connection is kept alive, and what it sends is marked."""
    server, writer = await _connected("127.0.0.1")
    sock = writer.get_extra_info("socket")

    keep_alive(writer)
    mark(writer, 46)

    assert 1 == sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert IDLE_S == sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
    assert 46 << 2 == sock.getsockopt(socket.IPPROTO_IP, socket.IP_TOS)
    writer.close()
    server.close()


async def test_options_of_version_6() -> None:
    """So it is over version 6, whose mark is another option."""
    try:
        server, writer = await _connected("::1")
    except OSError:
        pytest.skip("no IPv6 here")

    mark(writer, 10)

    assert 10 << 2 == writer.get_extra_info("socket").getsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS)
    writer.close()
    server.close()
