"""Addresses of collectors as operators write them: `host`, `host:port`, `[v6]:port`."""

DEFAULT_PORT = 8086
_MAX_PORT = 65535


def parse_address(text: str, *, default_port: int = DEFAULT_PORT) -> tuple[str, int]:
    """Host and port. Raises `ValueError`, which names the text."""
    host, port = text.strip(), ""
    if host.startswith("["):
        host, closed, rest = host[1:].partition("]")
        if not closed or (rest and not rest.startswith(":")):
            raise ValueError(f"no address of a collector: {text!r}")
        port = rest[1:]
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    number = default_port if not port else int(port) if port.isascii() and port.isdigit() else 0
    if not host or not 1 <= number <= _MAX_PORT:
        raise ValueError(f"no address of a collector: {text!r}")
    return host, number
