"""Free TCP ports on the loopback interface."""

import secrets
import socket

LOWEST = 20_000
HIGHEST = 32_000
"""Below Linux's ephemeral range (32768 up): no outgoing connection can take a port while its server restarts."""

ATTEMPTS = 200

_given: set[int] = set()


class NoFreePortError(RuntimeError):
    """No port of the range was free in a fair number of attempts."""


def free_port() -> int:
    """Return a port that was free a moment ago and that this process has not handed out before.

    Another process may still be faster, so a server that must not fail picks again when it cannot bind.
    Raises NoFreePortError.
    """
    for _ in range(ATTEMPTS):
        # `secrets`, not `random`: pytest-randomly seeds that alike in all workers, and they would all pick alike.
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST)
        if port not in _given and _bindable(port):
            _given.add(port)
            return port
    raise NoFreePortError(f"no free port between {LOWEST} and {HIGHEST} in {ATTEMPTS} attempts")


def free_ports(count: int) -> list[int]:
    """Return several different free ports."""
    return [free_port() for _ in range(count)]


def _bindable(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
