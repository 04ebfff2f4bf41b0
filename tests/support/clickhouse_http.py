"""ClickHouse's HTTP interface on loopback, answered by the embedded engine in a process of its own.

It understands what clickhouse-connect says: a statement in `query` or at the head of the body, `param_*` for bound
values, other parameters as settings, Native both ways, errors by status, header and text. Run as a module it serves
until it is killed: `python -m tests.support.clickhouse_http FOLDER PORT PORT_FILE`.
"""

import contextlib
import gzip
import json
import queue
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import chdb

from tests.support.environment import REPOSITORY, child_environment
from tests.support.owned import Owned, run_owned
from tests.support.waiting import eventually

CODE = re.compile(r"Code: (\d+)")
FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*$", re.IGNORECASE)
INSERT = re.compile(rb"INSERT INTO .*? FORMAT Native\n", re.DOTALL | re.IGNORECASE)
OURS = frozenset(
    [
        "query",
        "database",
        "user",
        "password",
        "session_id",
        "query_id",
        "compress",
        "decompress",
        "buffer_size",
        "client_protocol_version",
        "role",
        "wait_end_of_query",
        "send_progress_in_http_headers",
        "enable_http_compression",
        "http_headers_progress_interval_ms",
        "quota_key",
        "default_format",
    ]
)
"""Parameters that are no settings of the engine."""

START_TIMEOUT_S = 60.0

_connect: Any = chdb.connect
"""Whether it is typed depends on what else mypy has seen."""


class Engine:
    """Handles on one folder; a handle is used by one request at a time."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._free: queue.LifoQueue[Any] = queue.LifoQueue()

    @contextlib.contextmanager
    def handle(self, database: str, settings: Mapping[str, str]) -> Iterator[Any]:
        """Lend a handle that uses a database and has settings, for one request."""
        try:
            connection = self._free.get_nowait()
        except queue.Empty:
            connection = _connect(self._folder)
        changed: list[str] = []
        try:
            connection.query(f"USE `{database or 'default'}`")
            for name, value in settings.items():
                connection.query(f"SET {name} = '{_escaped(value)}'")
                changed.append(name)
            yield connection
        finally:
            for name in changed:
                connection.query(f"SET {name} = DEFAULT")
            self._free.put(connection)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    engine: Engine

    def do_GET(self) -> None:
        """Answer a statement in the URL, or a ping."""
        if urlsplit(self.path).path == "/ping":
            self._answer(200, b"Ok.\n")
        else:
            self._carry_out()

    def do_POST(self) -> None:
        """Answer a statement in the URL or in the body."""
        self._carry_out()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""

    def _carry_out(self) -> None:
        body = self._body()
        given = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        bound = {name.removeprefix("param_"): text for name, text in given.items() if name.startswith("param_")}
        settings = {name: text for name, text in given.items() if name not in OURS and not name.startswith("param_")}
        try:
            with self.engine.handle(given.get("database", ""), settings) as handle:
                answer, shown = _carried_out(handle, given.get("query", ""), body, bound)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client is told
            code = CODE.search(str(error))
            self._answer(500, str(error).encode(), {"X-ClickHouse-Exception-Code": code.group(1) if code else "1002"})
            return
        self._answer(200, answer, {"X-ClickHouse-Format": shown} if shown else {})

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        more = {"X-ClickHouse-Summary": json.dumps({"written_rows": "0"}), "X-ClickHouse-Timezone": "UTC"}
        for name, text in {**more, **(headers or {})}.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "") == "chunked":
            raw = b"".join(self._chunks())
        else:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return _decompressed(raw, self.headers.get("Content-Encoding", ""))

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()


def _carried_out(handle: Any, query: str, body: bytes, bound: Mapping[str, str]) -> tuple[bytes, str]:
    """Return a statement's answer and its format; none for one that answers nothing."""
    head = INSERT.match(body) or INSERT.match(f"{query}\n".encode())
    if head is not None:
        _insert(handle, head.group().decode(), body[head.end() :] if body.startswith(head.group()) else body)
        return b"", ""
    statement = f"{query}\n{body.decode()}".strip() if query and body else query or body.decode()
    wanted = FORMAT.search(statement)
    answer = handle.query(statement, wanted.group(1) if wanted else "TabSeparated", params=dict(bound)).bytes() or b""
    is_question = statement.lstrip().upper().startswith(("SELECT", "WITH", "SHOW", "DESCRIBE", "EXISTS"))
    return answer, (wanted.group(1) if wanted else "TabSeparated") if is_question else ""


def _insert(handle: Any, head: str, native: bytes) -> None:
    into = head.rpartition("FORMAT")[0]
    with tempfile.NamedTemporaryFile(suffix=".native") as file:
        file.write(native)
        file.flush()
        handle.query(f"{into} FROM INFILE '{file.name}' FORMAT Native")


def _decompressed(raw: bytes, encoding: str) -> bytes:
    if encoding == "gzip":
        return gzip.decompress(raw)
    if encoding == "lz4":
        import lz4.frame  # type: ignore[import-untyped] # noqa: PLC0415 - comes with the client

        return bytes(lz4.frame.decompress(raw))
    return raw


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def serve(folder: str, port: int, port_file: Path) -> None:
    """Serve until killed."""
    Handler.engine = Engine(folder)
    with Handler.engine.handle("default", {}) as handle:
        handle.query("SELECT 1")
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    port_file.write_text(str(server.server_address[1]))
    server.serve_forever()


class ClickHouse:
    """A server in a child process, which can be killed and started again on its port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port_file = folder / "port"
        self._process: Owned | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """How Satark's settings name it."""
        return f"clickhouse://default@127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it; return when it answers."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._port_file.unlink(missing_ok=True)
        arguments = [str(self._folder / "data"), str(self.port), str(self._port_file)]
        self._process = run_owned(
            [sys.executable, "-m", "tests.support.clickhouse_http", *arguments],
            self._folder / "log",
            child_environment({"PYTHONPATH": str(REPOSITORY)}),
        )
        await eventually(self._port_file.exists, START_TIMEOUT_S, what="a ClickHouse server", pause_s=0.1)
        self.port = int(self._port_file.read_text())

    async def kill(self) -> None:
        """End it, whatever it is doing."""
        if self._process is not None:
            await self._process.kill()


@asynccontextmanager
async def clickhouse_server(folder: Path) -> AsyncIterator[ClickHouse]:
    """A server with its data in a folder, for as long as it is needed."""
    server = ClickHouse(folder)
    await server.start()
    try:
        yield server
    finally:
        await server.kill()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
