"""How a connection notices that its peer is gone: the originals' keep-alive (clause 4.6)."""

import asyncio
import socket

IDLE_S = 15
INTERVAL_S = 3
PROBES = 5
USER_TIMEOUT_MS = 30_000


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
