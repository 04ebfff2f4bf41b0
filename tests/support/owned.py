"""Child processes that cannot outlive the test run."""

import contextlib
import functools
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.reaper import Leash
from tests.support.waiting import NeverHappenedError, eventually

REAP_TIMEOUT_S = 30.0


@functools.cache
def own_leash() -> Leash:
    """Return the leash of this process: what is on it ends with the test run."""
    return Leash.private()


def release_all() -> None:
    """End every owned process that is left, and the reaper; to be called once, at the end of the run."""
    if own_leash.cache_info().currsize:
        own_leash().close()
        own_leash.cache_clear()


class Owned:
    """A child process in a process group of its own; the reaper kills the group if the test run dies first.

    An ended child is looked at without being reaped until its group is gone: the kernel gives neither its number nor
    its group's to anybody else for so long, so no signal of ours can hit a stranger.
    """

    def __init__(self, process: subprocess.Popen[bytes], leash: Leash) -> None:
        self._process = process
        self._leash = leash

    @property
    def pid(self) -> int:
        """The process, and its group."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """The exit status, negative for a signal, None while it runs."""
        if self._process.returncode is not None:
            return self._process.returncode
        seen = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if seen is None:
            return None
        return seen.si_status if seen.si_code == os.CLD_EXITED else -seen.si_status

    @property
    def running(self) -> bool:
        """True while the process itself lives."""
        return self.status is None

    @property
    def group_alive(self) -> bool:
        """True while the process or any child that stayed in its group lives."""
        return self.running or self.pid in _living_groups()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process alone."""
        if self.running:
            os.kill(self.pid, number)

    async def ended(self, timeout_s: float) -> int:
        """Wait for the end; return the exit status, negative for a signal.

        Raises NeverHappenedError.
        """
        await eventually(lambda: not self.running, timeout_s, what=f"the end of process {self.pid}")
        if not self.group_alive:
            self._reap()
        return self.status or 0

    async def terminate(self, timeout_s: float) -> int:
        """Send SIGTERM and wait, then kill what is left of the group; return the exit status."""
        self.signal(signal.SIGTERM)
        with contextlib.suppress(NeverHappenedError):
            await self.ended(timeout_s)
        return await self.kill()

    async def kill(self) -> int:
        """Send SIGKILL to the process and its children; return the exit status."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            await eventually(lambda: not self.running, REAP_TIMEOUT_S, what=f"the death of process {self.pid}")
            self._reap()
        return self.status or 0

    def _reap(self) -> None:
        self._process.wait()
        self._leash.spare(self.pid)


def _living_groups() -> set[int]:
    """Return the process groups with a member that lives (proc(5), /proc/pid/stat: state, parent, group)."""
    groups = set()
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, group = file.read_text(errors="replace").rpartition(") ")[2].split()[:3]
            if state not in {"Z", "X"}:
                groups.add(int(group))
    return groups


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
    leash = leash or own_leash()
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
