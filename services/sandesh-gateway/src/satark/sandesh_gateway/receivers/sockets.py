"""Sockets that are bound where the operator wants them."""

import socket
from contextlib import ExitStack

from satark.sandesh_gateway.receivers.protocol import Address, ReceiverCannotListenError

BACKLOG = 1_024
DATAGRAM_BUFFER_BYTES = 4 * 1024 * 1024
"""What is asked of the kernel, which gives no more than net.core.rmem_max: datagrams beyond are lost uncounted."""

KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}
"""A peer that vanished is noticed after two minutes."""


def bound(stack: ExitStack, address: Address, kind: socket.SocketKind, *, reuse_port: bool) -> list[socket.socket]:
    """Return non-blocking sockets, one for each address that the host's name has; the stack closes them.

    Raises ReceiverCannotListenError.
    """
    host, port = address
    try:
        found = socket.getaddrinfo(host, port, type=kind, flags=socket.AI_PASSIVE)
        places = dict.fromkeys((family, place) for family, _, _, _, place in found)
        return [_bound(stack, family, kind, place, reuse_port=reuse_port) for family, place in places]
    except OSError as error:
        raise ReceiverCannotListenError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error


def _bound(
    stack: ExitStack, family: socket.AddressFamily, kind: socket.SocketKind, place: object, *, reuse_port: bool
) -> socket.socket:
    sock = stack.enter_context(socket.socket(family, kind))
    sock.setblocking(False)
    if family is socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    if reuse_port:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if kind is socket.SOCK_STREAM:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    else:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, DATAGRAM_BUFFER_BYTES)
    sock.bind(place)  # type: ignore[arg-type]
    if kind is socket.SOCK_STREAM:
        sock.listen(BACKLOG)
    return sock


def keep_alive(sock: socket.socket) -> None:
    """Have the kernel ask a silent peer whether it is there."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEPALIVE.items():
        if (option := getattr(socket, name, None)) is not None:
            sock.setsockopt(socket.IPPROTO_TCP, option, value)
