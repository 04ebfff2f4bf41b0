"""Where the REST API of a run is: at its usual address when that is free, so that `satark logs` and its like find it."""

import socket
from contextlib import closing

from satark.standalone.plan import USUAL_API

LOCALHOST = "127.0.0.1"


def is_free(address: str) -> bool:
    """Return whether nobody listens at host:port on this machine."""
    host, _, port = address.rpartition(":")
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError:
            return False
    return True


def free_api() -> str:
    """Return the usual address of the REST API, or one with another port if somebody listens there."""
    if is_free(USUAL_API):
        return USUAL_API
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.bind((LOCALHOST, 0))
        return f"{LOCALHOST}:{probe.getsockname()[1]}"


def answers_at(listen: str, port: str) -> str:
    """Return the line that says where questions are answered; `listen` is what was asked for, `port` what it became."""
    host = listen.rpartition(":")[0]
    seen = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)  # noqa: S104 - read, not bound
    where = f"{seen}:{port}"
    hint = "" if where == USUAL_API else f" with SATARK_API_URL=http://{where}"
    return f"the console is at http://{where}/console; or ask: satark incidents, satark logs{hint}"
