"""Options of a connection: the originals' keep-alive, by which it notices that its peer is gone, and DSCP (clause 4.6)."""

import asyncio
import contextlib
import socket

IDLE_S = 15
INTERVAL_S = 3
PROBES = 5
USER_TIMEOUT_MS = 30_000
MAX_DSCP = 63


def keep_alive(writer: asyncio.StreamWriter) -> None:
    """Set the options; a platform that lacks one goes without it."""
    sock = writer.get_extra_info("socket")
    if sock is None or sock.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    wanted = (
        ("TCP_KEEPIDLE", IDLE_S),
        ("TCP_KEEPINTVL", INTERVAL_S),
        ("TCP_KEEPCNT", PROBES),
        ("TCP_USER_TIMEOUT", USER_TIMEOUT_MS),
    )
    for name, value in wanted:
        option = getattr(socket, name, None)
        if option is not None:
            sock.setsockopt(socket.IPPROTO_TCP, option, value)


def mark(writer: asyncio.StreamWriter, dscp: int) -> None:
    """Mark what is sent from now on with a differentiated services code point, 0 to 63; other sockets have none."""
    sock = writer.get_extra_info("socket")
    if sock is None:
        return
    if sock.family == socket.AF_INET:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, dscp << 2)
    elif sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, dscp << 2)


async def stop_listening(server: asyncio.Server) -> None:
    """Accept no more. What was accepted a moment ago becomes a connection first, or asyncio would forget its socket."""
    loop = asyncio.get_running_loop()
    for each in server.sockets:
        with contextlib.suppress(NotImplementedError):
            loop.remove_reader(each)
    await asyncio.sleep(0)
    server.close()
