"""One supervised child: start, readiness, end. Its logs go to a file, its errors to another."""

import asyncio
import contextlib
import os
import sys
from pathlib import Path
from typing import IO

from aiohttp import ClientError, ClientSession, ClientTimeout

from satark.standalone.plan import ProcessPlan

LOOK_EVERY_S = 0.1
HTTP_OK = 200
TAIL_BYTES = 4_000


class Child:
    """A process of the plan. `start` may be called again after it ended."""

    def __init__(self, plan: ProcessPlan, run_dir: Path, environ: dict[str, str]) -> None:
        self.plan = plan
        self.log_file = run_dir / f"{plan.name}.jsonl"
        self.error_file = run_dir / f"{plan.name}.stderr"
        self._environ = environ
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; files with ports of an earlier run are removed first."""
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
                env=self._environ | dict(self.plan.environment),
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

    async def bound(self) -> None:
        """Wait until all its port files are there."""
        while not all(path.exists() and path.read_text().strip() for path in self.plan.ports.values()):  # noqa: ASYNC110 - another process writes them
            await asyncio.sleep(LOOK_EVERY_S)

    async def ready(self) -> None:
        """Wait until it is bound and its /readyz says yes."""
        await self.bound()
        if not self.plan.has_ops:
            return
        async with ClientSession(timeout=ClientTimeout(total=5)) as session:
            while not await self._says_yes(session):  # noqa: ASYNC110 - another process decides
                await asyncio.sleep(LOOK_EVERY_S)

    def port(self, name: str) -> str:
        """Return what it wrote to one of its port files."""
        return self.plan.ports[name].read_text().strip()

    def last_words(self) -> str:
        """Return the end of what it wrote to stderr."""
        if not self.error_file.exists():
            return ""
        return self.error_file.read_bytes()[-TAIL_BYTES:].decode(errors="replace").strip()

    async def _says_yes(self, session: ClientSession) -> bool:
        try:
            async with session.get(f"http://127.0.0.1:{self.port('ops')}/readyz") as response:
                return response.status == HTTP_OK
        except (ClientError, OSError, TimeoutError):
            return False

    def _child(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise RuntimeError(f"{self.plan.name} was never started")
        return self._process

    @staticmethod
    def _open(path: Path) -> IO[bytes]:
        return path.open("ab")
