"""Listen addresses as settings write them: `host:port`, `[v6]:port`."""

from collections.abc import Iterator
from pathlib import Path

PATTERN = r"^.+:\d{1,5}$"


def split_address(text: str) -> tuple[str, int]:
    """Return the host and port of a listen address; port 0 takes a free one."""
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def join_address(host: str, port: int) -> str:
    """Return `host:port`, with brackets around IPv6."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def pair_mistakes(cert_file: Path | None, key_file: Path | None) -> Iterator[str]:
    """Yield what is wrong with a certificate and its key."""
    if (cert_file is None) is not (key_file is None):
        yield "TLS_CERT_FILE and TLS_KEY_FILE go together"
    for name, path in (("TLS_CERT_FILE", cert_file), ("TLS_KEY_FILE", key_file)):
        if path is not None and not path.is_file():
            yield f"{name}: no file {path}"
