"""Addresses as operators write them: of collectors `host`, `host:port`, `[v6]:port`; of a statistics sink also a path."""

from pathlib import Path

DEFAULT_PORT = 8086
_MAX_PORT = 65535


def parse_address(text: str, *, default_port: int = DEFAULT_PORT) -> tuple[str, int]:
    """Host and port. Raises `ValueError`, which names the text."""
    host, port = text.strip(), ""
    if host.startswith("["):
        host, closed, rest = host[1:].partition("]")
        if not closed or (rest and not rest.startswith(":")):
            raise ValueError(f"no address: {text!r}")
        port = rest[1:]
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    number = default_port if not port else int(port) if port.isascii() and port.isdigit() else 0
    if not host or not 1 <= number <= _MAX_PORT:
        raise ValueError(f"no address: {text!r}")
    return host, number


def parse_sink(text: str) -> tuple[str, int] | Path:
    """Where statistics are sent to: `host:port`, or the path of a unix socket. Raises `ValueError`, which names the text."""
    if text.startswith("/"):
        return Path(text)
    host, port = parse_address(text, default_port=0)
    return host, port
