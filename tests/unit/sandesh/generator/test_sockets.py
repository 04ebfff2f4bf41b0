import asyncio
import socket

import pytest

from satark.sandesh.generator.sockets import IDLE_S, keep_alive, mark, stop_listening
from tests.support.waiting import eventually


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


async def test_stop_listening() -> None:
    """A connection that was accepted as the server stops is one all the same, and its socket is not forgotten."""
    taken: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: taken.append(writer), "127.0.0.1", 0)
    with socket.create_connection(server.sockets[0].getsockname()) as peer:
        await asyncio.sleep(0)  # the loop sees the connection,
        await asyncio.sleep(0)  # and accepts it in a task that has not run yet

        await stop_listening(server)

        await eventually(lambda: taken)
        assert not server.is_serving()
        assert [peer.getsockname()] == [each.get_extra_info("peername") for each in taken]
    for each in taken:
        each.close()
        await each.wait_closed()
