"""A REST API on loopback that answers what a test says, and keeps what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

Answer = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    path: str
    body: Any
    authorization: str | None


@dataclass(slots=True)
class FakeServer:
    """What is answered, by what is asked; `url` is where."""

    url: str
    answer: Callable[[Asked], Answer] = lambda _: (200, b"[]")
    asked: list[Asked] = field(default_factory=list)


def rows(*batches: list[dict[str, Any]]) -> Answer:
    """Return an answer to a query, a line for each batch."""
    lines = ",\n".join(", ".join(json.dumps(row) for row in batch) for batch in batches)
    return 200, f'{{"value": [\n{lines}\n]}}'.encode()


def problem(status: int, code: str, detail: str) -> Answer:
    """Return a refusal."""
    return status, json.dumps({"status": status, "code": code, "detail": detail}).encode()


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """A server that is gone with the test."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            asked = Asked(self.command, self.path, body, self.headers.get("Authorization"))
            fake.asked.append(asked)
            status, content = fake.answer(asked)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = _do  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake = FakeServer(f"http://127.0.0.1:{http.server_address[1]}")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield fake
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture
def satark(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Runs a command in this process, with the server as its API."""
    from satark.runtime.cli import main  # noqa: PLC0415 - imports every command

    monkeypatch.setenv("SATARK_API_URL", server.url)
    return lambda *arguments: main(list(arguments))
