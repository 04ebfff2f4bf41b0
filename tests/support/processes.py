"""`satark …` as a process under test: its logs as events, its ops port, its end."""

import asyncio
import http.client
import json
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.support.environment import child_environment
from tests.support.owned import Owned, run_owned
from tests.support.waiting import NeverHappenedError, eventually

START_TIMEOUT_S = 60.0
EVENT_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 40.0
"""Longer than the default grace period of a service."""

TAIL_CHARS = 6_000
HTTP_OK = 200
HTTP_TIMEOUT_S = 10.0
MAX_BODY_BYTES = 10_000_000

Event = dict[str, Any]


class ProcessEndedError(AssertionError):
    """A process ended while something was expected of it; the message holds the end of its output."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an HTTP server said."""

    status: int
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


async def http_get(url: str) -> Answer | None:
    """Ask an HTTP server on loopback; None when nobody answers."""
    return await asyncio.to_thread(_get, url)


def _get(url: str) -> Answer | None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=HTTP_TIMEOUT_S)
    try:
        connection.request("GET", parts._replace(scheme="", netloc="").geturl() or "/")
        response = connection.getresponse()
        return Answer(response.status, response.read(MAX_BODY_BYTES))
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


class SatarkProcess:
    """One run of `satark`, with its own ops port unless the environment gives one."""

    def __init__(self, folder: Path, arguments: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self.arguments = arguments
        self.log_file = folder / "stdout.jsonl"
        self.error_file = folder / "stderr.txt"
        self._port_file = folder / "ops.port"
        own = {
            "SATARK_OPS_LISTEN": "127.0.0.1:0",
            "SATARK_OPS_PORT_FILE": str(self._port_file),
            "SATARK_ANALYTICS_LISTEN": "127.0.0.1:0",  # its usual port is one for all tests
        }
        folder.mkdir(parents=True)
        self._owned: Owned = run_owned(
            [sys.executable, "-m", "satark.runtime.cli", *arguments],
            self.log_file,
            child_environment(own | dict(environment)),
            errors=self.error_file,
        )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._owned.pid

    @property
    def running(self) -> bool:
        """True while it lives."""
        return self._owned.running

    @property
    def leftovers(self) -> bool:
        """True while the process or a child of it lives."""
        return self._owned.group_alive

    @property
    def status(self) -> int | None:
        """The exit status, negative for a signal, None while it runs."""
        return self._owned.status

    def events(self, name: str | None = None, **fields: object) -> list[Event]:
        """Return the log events so far, oldest first: all, or those of a name and with these values."""
        wanted = fields if name is None else {"event": name, **fields}
        found = (_parsed(line) for line in self.log_file.read_bytes().splitlines())
        return [event for event in found if event and all(event.get(key) == value for key, value in wanted.items())]

    async def event(self, name: str, *, timeout_s: float = EVENT_TIMEOUT_S, **fields: object) -> Event:
        """Wait for a log event of a name and with these values; return the first.

        Raises ProcessEndedError or NeverHappenedError, with the end of the output.
        """
        found: list[Event] = await self.until(
            lambda: self.events(name, **fields), timeout_s, what=f"event {name} {fields or ''}"
        )
        return found[0]

    async def until(self, predicate: Any, timeout_s: float = EVENT_TIMEOUT_S, *, what: str = "") -> Any:
        """Wait as `eventually` does, but give up at once when the process has ended."""
        try:
            return await eventually(lambda: self._look(predicate), timeout_s, what=what, pause_s=0.05)
        except NeverHappenedError as error:
            raise NeverHappenedError(f"{error}\n{self.output_tail()}") from None

    async def _look(self, predicate: Any) -> Any:
        ended = not self.running
        value = predicate()
        if asyncio.iscoroutine(value):
            value = await value
        if not value and ended:
            raise ProcessEndedError(f"satark {' '.join(self.arguments)} ended: {self.status}\n{self.output_tail()}")
        return value

    async def ops_url(self, *, timeout_s: float = START_TIMEOUT_S) -> str:
        """Wait until the ops port is open; return its URL without a slash at the end."""
        text = await self.until(self._read_port, timeout_s, what="an ops port")
        return f"http://127.0.0.1:{text}"

    def _read_port(self) -> str:
        return self._port_file.read_text().strip() if self._port_file.exists() else ""

    async def ready(self, *, timeout_s: float = START_TIMEOUT_S) -> str:
        """Wait until /readyz says yes; return the ops URL."""
        url = await self.ops_url(timeout_s=timeout_s)

        async def says_yes() -> bool:
            answer = await http_get(f"{url}/readyz")
            return answer is not None and answer.status == HTTP_OK

        await self.until(says_yes, timeout_s, what=f"readiness of satark {' '.join(self.arguments)}")
        return url

    async def ended(self, *, timeout_s: float = STOP_TIMEOUT_S) -> int:
        """Wait until it ends by itself; return the exit status."""
        return await self._owned.ended(timeout_s)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._owned.signal(number)

    async def terminate(self, *, timeout_s: float = STOP_TIMEOUT_S) -> int:
        """Ask it to stop (SIGTERM); kill it after the time. Return the exit status."""
        return await self._owned.terminate(timeout_s)

    async def kill(self) -> int:
        """SIGKILL it and its children; return the exit status."""
        return await self._owned.kill()

    def output_tail(self) -> str:
        """Return the end of its logs and errors."""
        texts = [file.read_text(errors="replace")[-TAIL_CHARS:] for file in (self.log_file, self.error_file)]
        return "\n".join(text for text in texts if text)


def _parsed(line: bytes) -> Event | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


class SatarkProcesses:
    """Starts processes and ends them all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[SatarkProcess] = []

    def start(self, *arguments: str, environment: Mapping[str, str]) -> SatarkProcess:
        """Start `satark` with these arguments and these SATARK_ variables only."""
        folder = self._folder / f"{len(self._started):02d}-{arguments[0] if arguments else 'satark'}"
        process = SatarkProcess(folder, arguments, environment)
        self._started.append(process)
        return process

    async def close(self) -> None:
        """End every process, children included."""
        await asyncio.gather(*(process.kill() for process in self._started))
