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


@dataclass(frozen=True, slots=True)
class Policy:
    """How often to restart, and how long to wait for an end.

    A child that ran `steady_s` seconds has recovered: its earlier crashes are forgiven. `grace_s` is a little longer
    than a service takes for its own.
    """

    max_crashes: int = 5
    backoff: Backoff = field(default_factory=lambda: Backoff(first_s=0.5, max_s=15.0))
    steady_s: float = 60.0
    grace_s: float = 30.0
    trim_logs_every_s: float = 10.0


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
        self._killed = False

    async def start(self, child: Child) -> float:
        """Start a child, watch it, and wait until it is ready; return the seconds that took.

        Raises ChildFailedError when any child is beyond help meanwhile.
        """
        began = monotonic()
        self._children.append(child)
        await child.start()
        self._watches.append(asyncio.create_task(self._watch(child)))
        await self._unless_failed(child.ready())
        return monotonic() - began

    async def failure(self) -> ChildFailedError:
        """Wait until a child is beyond help."""
        return await asyncio.shield(self._failed)

    async def trim_logs(self) -> int:
        """Keep the children's logs bounded, for ever."""
        while True:
            await asyncio.sleep(self._policy.trim_logs_every_s)
            for child in self._children:
                await asyncio.to_thread(child.trim_logs)

    async def stop(self, *, grace_s: float | None = None) -> None:
        """Ask all to end, the last started first; kill those that do not within the grace period (the policy's)."""
        for watch in self._watches:
            watch.cancel()
        # A restart that was under way is undone by its cancellation: nothing may start behind our back.
        await asyncio.gather(*self._watches, return_exceptions=True)
        for child in reversed(self._children):
            if child.running:
                await self._end(child, self._policy.grace_s if grace_s is None else grace_s)

    def kill(self) -> None:
        """Kill all at once; a `stop` that is under way then has nothing to wait for."""
        self._killed = True
        for child in self._children:
            child.kill()

    async def _end(self, child: Child, grace_s: float) -> None:
        if not self._killed:
            child.signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(grace_s):
                await child.ended()
        except TimeoutError:
            self._tell(f"{child.plan.name} did not stop within {grace_s:g} s: killed")
            child.kill()
            await child.ended()

    async def _unless_failed(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        waiting: set[asyncio.Future[Any]] = {task, self._failed}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if self._failed.done():
                raise self._failed.result()
            await task
        finally:
            task.cancel()

    async def _watch(self, child: Child) -> None:
        crashes = 0
        while True:
            began = monotonic()
            status = await child.ended()
            crashes = 1 if monotonic() - began >= self._policy.steady_s else crashes + 1
            if (error := self._hopeless(child, status, crashes)) is not None:
                if not self._failed.done():
                    self._failed.set_result(error)
                return
            delay_s = self._policy.backoff.delay_s(crashes - 1, random.random())  # noqa: S311 - jitter
            self._tell(f"{child.plan.name} ended with status {status}; restarting in {delay_s:.1f} s")
            await asyncio.sleep(delay_s)
            await child.start()

    def _hopeless(self, child: Child, status: int, crashes: int) -> ChildFailedError | None:
        name, words = child.plan.name, child.last_words()
        if status == EX_CONFIG:
            return ChildFailedError(words or f"{name}: its settings are wrong", EX_CONFIG)
        if not child.plan.restart:
            text = f"{name} ended with status {status}, and what it held is gone with it"
        elif crashes >= self._policy.max_crashes:
            text = f"{name} ended {crashes} times in a row, the last time with status {status}"
        else:
            return None
        return ChildFailedError(f"{text}; its log is {child.log_file}\n{words}".strip(), 1)
