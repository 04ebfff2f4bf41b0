"""One supervised child: start, readiness, end. Its logs go to a file, its errors to another."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import IO

from aiohttp import ClientError, ClientSession, ClientTimeout

from satark.standalone.plan import ProcessPlan, pinned

LOOK_EVERY_S = 0.1
HTTP_OK = 200
TAIL_BYTES = 4_000
MAX_LOG_BYTES = 20_000_000


class Child:
    """A process of the plan. `start` may be called again after it ended; it then binds the same ports."""

    def __init__(self, plan: ProcessPlan, run_dir: Path, environ: dict[str, str]) -> None:
        self.plan = plan
        self.log_file = run_dir / f"{plan.name}.jsonl"
        self.error_file = run_dir / f"{plan.name}.stderr"
        self.waits_for = "its start"
        self._environ = environ
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; files with ports of an earlier run are removed first."""
        own = pinned(self.plan, self._bound() if self._process else {})
        for path in self.plan.ports.values():
            path.unlink(missing_ok=True)
        with self._open(self.log_file) as log, self._open(self.error_file) as errors:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "satark.standalone.launch",
                str(os.getpid()),
                self.plan.module,
                *self.plan.arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=errors,
                env=self._environ | own,
                start_new_session=True,
            )

    async def ended(self) -> int:
        """Wait for its end; return the exit status, negative for a signal."""
        return await self._child().wait()

    def signal(self, number: int) -> None:
        """Send a signal, if it still lives."""
        with contextlib.suppress(ProcessLookupError):
            self._child().send_signal(number)

    @property
    def pid(self) -> int:
        """The process id of its present life."""
        return self._child().pid

    @property
    def running(self) -> bool:
        """True while it lives."""
        return self._process is not None and self._process.returncode is None

    def kill(self) -> None:
        """Kill it and whatever it started, if it still lives."""
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    async def bound(self) -> None:
        """Wait until all its port files are there."""
        self.waits_for = "its port"
        while len(self._bound()) < len(self.plan.ports):  # noqa: ASYNC110 - another process writes them
            await asyncio.sleep(LOOK_EVERY_S)
        self.waits_for = ""

    async def ready(self) -> None:
        """Wait until it is bound and its /readyz says yes; meanwhile `waits_for` says what is missing."""
        await self.bound()
        if self.plan.has_ops:
            async with ClientSession(timeout=ClientTimeout(total=5)) as session:
                while not await self._says_yes(session):  # noqa: ASYNC110 - another process decides
                    await asyncio.sleep(LOOK_EVERY_S)
        self.waits_for = ""

    def port(self, name: str) -> str:
        """Return what it wrote to one of its port files; empty when it has not yet."""
        path = self.plan.ports[name]
        return path.read_text().strip() if path.exists() else ""

    def last_words(self) -> str:
        """Return the end of what it wrote to stderr."""
        if not self.error_file.exists():
            return ""
        with self.error_file.open("rb") as file:
            file.seek(max(0, self.error_file.stat().st_size - TAIL_BYTES))
            return file.read().decode(errors="replace").strip()

    def trim_logs(self, limit_bytes: int = MAX_LOG_BYTES) -> None:
        """Move a log that has grown beyond the limit to `….1`, over the one before. The child writes on at the end."""
        for path in (self.log_file, self.error_file):
            if path.exists() and path.stat().st_size > limit_bytes:
                shutil.copyfile(path, path.with_name(f"{path.name}.1"))
                os.truncate(path, 0)

    async def _says_yes(self, session: ClientSession) -> bool:
        try:
            async with session.get(f"http://127.0.0.1:{self.port('ops')}/readyz") as response:
                if response.status == HTTP_OK:
                    return True
                self.waits_for = unmet(await response.json())
        except (ClientError, OSError, TimeoutError, ValueError):
            self.waits_for = "an answer of its ops port"
        return False

    def _bound(self) -> dict[str, str]:
        return {name: text for name in self.plan.ports if (text := self.port(name))}

    def _child(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise RuntimeError(f"{self.plan.name} was never started")
        return self._process

    @staticmethod
    def _open(path: Path) -> IO[bytes]:
        return path.open("ab")


def unmet(report: object) -> str:
    """Return the conditions of a /readyz answer that do not hold, with their reasons, as one line."""
    rows = report.get("conditions") if isinstance(report, dict) else None
    found = [row for row in rows or [] if isinstance(row, dict) and not row.get("ready")]
    return "; ".join(f"{row.get('name')}: {row.get('reason') or 'not ready'}" for row in found) or "no condition yet"
