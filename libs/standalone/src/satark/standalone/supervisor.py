"""Keeps children running: restarts the crashed, gives up on the hopeless, stops all in reverse order."""

import asyncio
import random
import signal
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from satark.runtime.backoff import Backoff
from satark.runtime.settings import EX_CONFIG
from satark.standalone.process import Child

STEADY_S = 60.0
"""A child that ran so long has recovered: its earlier crashes are forgiven."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How often to restart, and how long to wait for an end."""

    max_crashes: int = 5
    backoff: Backoff = field(default_factory=lambda: Backoff(first_s=0.5, max_s=15.0))
    grace_s: float = 20.0


class ChildFailedError(RuntimeError):
    """A child cannot be kept running; `status` is what `satark up` should exit with."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


Tell = Callable[[str], None]


class Supervisor:
    """Owns the children it was given to start, in that order."""

    def __init__(self, *, tell: Tell, policy: Policy | None = None) -> None:
        self._tell = tell
        self._policy = policy or Policy()
        self._children: list[Child] = []
        self._watches: list[asyncio.Task[None]] = []
        self._failed: asyncio.Future[ChildFailedError] = asyncio.get_running_loop().create_future()

    async def start(self, child: Child) -> float:
        """Start a child, watch it, and wait until it is ready; return the seconds that took.

        Raises ChildFailedError when any child is beyond help meanwhile.
        """
        began = monotonic()
        await child.start()
        self._children.append(child)
        self._watches.append(asyncio.create_task(self._watch(child)))
        await self._unless_failed(child.ready())
        return monotonic() - began

    async def failure(self) -> ChildFailedError:
        """Wait until a child is beyond help."""
        return await asyncio.shield(self._failed)

    async def stop(self) -> None:
        """Ask all to end, the last started first; kill those that do not within the grace period."""
        for watch in self._watches:
            watch.cancel()
        for child in reversed(self._children):
            if child.running:
                child.signal(signal.SIGTERM)
                await self._end(child)

    def kill(self) -> None:
        """Kill all at once."""
        for child in self._children:
            if child.running:
                child.signal(signal.SIGKILL)

    async def _end(self, child: Child) -> None:
        try:
            async with asyncio.timeout(self._policy.grace_s):
                await child.ended()
        except TimeoutError:
            self._tell(f"{child.plan.name} did not stop within {self._policy.grace_s:.0f} s: killed")
            child.signal(signal.SIGKILL)
            await child.ended()

    async def _unless_failed(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        waiting: set[asyncio.Future[Any]] = {task, self._failed}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if self._failed.done():
            task.cancel()
            raise self._failed.result()
        await task

    async def _watch(self, child: Child) -> None:
        crashes = 0
        while True:
            began = monotonic()
            status = await child.ended()
            crashes = 1 if monotonic() - began > STEADY_S else crashes + 1
            if status == EX_CONFIG:
                self._give_up(ChildFailedError(f"{child.plan.name}: {child.last_words()}", EX_CONFIG))
                return
            if crashes >= self._policy.max_crashes:
                words = child.last_words()
                text = f"{child.plan.name} ended {crashes} times in a row, the last time with status {status}"
                self._give_up(ChildFailedError(f"{text}; its log is {child.log_file}\n{words}".strip(), 1))
                return
            delay_s = self._policy.backoff.delay_s(crashes - 1, random.random())  # noqa: S311 - jitter
            self._tell(f"{child.plan.name} ended with status {status}; restarting in {delay_s:.1f} s")
            await asyncio.sleep(delay_s)
            await child.start()

    def _give_up(self, error: ChildFailedError) -> None:
        if not self._failed.done():
            self._failed.set_result(error)
