"""Child processes that cannot outlive the test run."""

import asyncio
import contextlib
import functools
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.reaper import Leash
from tests.support.waiting import NeverHappenedError, eventually


@functools.cache
def _leash() -> Leash:
    return Leash.private()


def release_all() -> None:
    """End every owned process that is left, and the reaper; to be called once, at the end of the run."""
    if _leash.cache_info().currsize:
        _leash().close()
        _leash.cache_clear()


class Owned:
    """A child process in a process group of its own; the reaper kills the group if the test run dies first."""

    def __init__(self, process: subprocess.Popen[bytes], leash: Leash) -> None:
        self._process = process
        self._leash: Leash | None = leash

    @property
    def pid(self) -> int:
        """The process, and its group."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """The exit status, negative for a signal, None while it runs."""
        return self._process.poll()

    @property
    def running(self) -> bool:
        """True while the process itself lives."""
        return self.status is None

    @property
    def group_alive(self) -> bool:
        """True while the process or any child that stayed in its group lives."""
        if self.running:
            return True
        try:
            os.killpg(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process alone."""
        if self.running:
            self._process.send_signal(number)

    async def ended(self, timeout_s: float) -> int:
        """Wait for the end; return the exit status, negative for a signal.

        Raises NeverHappenedError.
        """
        await eventually(lambda: not self.running, timeout_s, what=f"the end of process {self.pid}")
        if not self.group_alive:
            self._forget()
        return self._process.returncode

    async def terminate(self, timeout_s: float) -> int:
        """Send SIGTERM and wait, then kill what is left of the group; return the exit status."""
        self.signal(signal.SIGTERM)
        with contextlib.suppress(NeverHappenedError):
            await self.ended(timeout_s)
        return await self.kill()

    async def kill(self) -> int:
        """Send SIGKILL to the process and its children; return the exit status."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        await asyncio.to_thread(self._process.wait, 30)
        self._forget()
        return self._process.returncode

    def _forget(self) -> None:
        if self._leash is not None:
            self._leash.spare(self.pid)
            self._leash = None


def run_owned(
    command: Sequence[str],
    output: Path,
    environment: Mapping[str, str],
    *,
    errors: Path | None = None,
    leash: Leash | None = None,
) -> Owned:
    """Start a process that appends its output (and its errors, unless they have a file of their own) to a file.

    It dies with this test process, or with the last holder of the given leash.
    """
    leash = leash or _leash()
    with contextlib.ExitStack() as files:
        out = files.enter_context(output.open("ab"))
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=files.enter_context(errors.open("ab")) if errors else out,
            env=dict(environment),
            # A group of its own, to be ended as a whole; and Ctrl-C reaches the tests first.
            start_new_session=True,
        )
    leash.kill(process.pid)
    return Owned(process, leash)
