"""Where the store is, as a URL says it: `chdb:///folder` for the embedded engine, `clickhouse://user@host:port/database`."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

HTTP_PORT = 8123
HTTPS_PORT = 8443
DEFAULT_USER = "default"
DEFAULT_DATABASE = "satark"


@dataclass(frozen=True, slots=True)
class Embedded:
    """The engine within this process, and the folder of its data. A folder belongs to one process at a time."""

    path: str


@dataclass(frozen=True, slots=True)
class Served:
    """A ClickHouse server's HTTP interface. `database` is empty when the URL names none."""

    host: str
    port: int
    user: str
    database: str
    tls: bool


Address = Embedded | Served


def address_of(url: str) -> Address:
    """Return what a URL says. Raises ValueError, whose text never has a password in it."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in {"chdb", "clickhouse", "clickhouses"}:
        raise ValueError("is neither chdb:///folder nor clickhouse(s)://user@host:port/database")
    return _embedded(rest) if scheme == "chdb" else _served(url, tls=scheme == "clickhouses")


def _embedded(path: str) -> Embedded:
    if not path.strip("/") or "?" in path:
        raise ValueError("names no folder: chdb:///folder, or chdb://folder for one below the working directory")
    return Embedded(path)


def _served(url: str, *, tls: bool) -> Served:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is no URL that can be read: clickhouse://user@host:port/database") from None
    if parts.password is not None:
        raise ValueError("holds a password: give it as STORE_PASSWORD, which is never shown")
    if not host or parts.query or parts.fragment:
        raise ValueError("is not clickhouse(s)://user@host:port/database")
    return Served(
        host=host,
        port=port or (HTTPS_PORT if tls else HTTP_PORT),
        user=unquote(parts.username or DEFAULT_USER),
        database=parts.path.strip("/"),
        tls=tls,
    )
