"""Takes what waits in the outbox to the connection; a thin shell over both (clause 4.7)."""

import asyncio
import contextlib
import logging
import threading
import time

from satark.sandesh.generator.activity import Activity
from satark.sandesh.generator.link import Link
from satark.sandesh.generator.outbox import Outbox
from satark.sandesh.session.causes import TxCause
from satark.sandesh.session.events import Overflowed
from satark.sandesh.session.levels import CloseSpacing
from satark.sandesh.session.queue import Outgoing
from satark.sandesh.session.states import State

OVERFLOW_CHECK_S = 1.0
_log = logging.getLogger(__name__)


class Writer:
    """Writes batches. `rouse` and `enabled` are for any thread, all else is for the event loop."""

    def __init__(self, outbox: Outbox, lock: threading.RLock, link: Link, activity: Activity) -> None:
        self.close_spacing = CloseSpacing()
        self.closed_at_us = 0
        self.enabled = True
        self._outbox = outbox
        self._lock = lock
        self._link = link
        self._activity = activity
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = asyncio.Event()
        self._drained = asyncio.Event()
        self._waking = False

    def rouse(self) -> None:
        """Let the queue be looked at; one call on the way to the loop is enough."""
        with self._lock:
            if self._waking or self._loop is None or self._loop.is_closed():
                return
            self._waking = True
        self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self) -> None:
        """Write for ever; where the collector is slow, wait here while the queue fills."""
        self._loop = asyncio.get_running_loop()
        self.rouse()
        while True:
            await self._woken()
            with self._lock:
                self._wake.clear()
                self._waking = False
            while await self._write_some():
                pass

    async def _woken(self) -> None:
        """Wait for something to do. A session that is to be closed, but not so soon after the last, comes up again."""
        timeout_s = OVERFLOW_CHECK_S if self._outbox.queue.overflowed else None
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), timeout_s)

    async def flush(self, timeout_s: float) -> bool:
        """Wait until all that waits now has been written; whether it was, in time."""
        self._drained.clear()
        self.rouse()
        try:
            await asyncio.wait_for(self._drained.wait(), timeout_s)
        except TimeoutError:
            return False
        return True

    async def drain(self, timeout_s: float) -> None:
        """Wait until the kernel has taken what was written, or `timeout_s`."""
        stream = self._link.writer
        if stream is None or not stream.transport.get_write_buffer_size():
            return
        stream.transport.set_write_buffer_limits(high=0)
        try:
            await asyncio.wait_for(stream.drain(), timeout_s)
        except (OSError, TimeoutError):
            _log.info("the collector did not take the last messages")

    async def _write_some(self) -> bool:
        stream = self._link.writer
        self._close_if_full()
        if stream is None or not self._outbox.established or not self.enabled:
            return False
        with self._lock:
            batch = self._outbox.take()
            if batch:
                self._hand_over(batch, stream)
        if not batch:
            self._drained.set()
            return False
        return await self._taken(len(batch), stream)

    def _hand_over(self, batch: list[Outgoing], stream: asyncio.StreamWriter) -> None:
        data = b"".join(each.frame for each in batch)
        stream.write(data)
        self._activity.tx.moved(len(data))
        self._activity.sent(len(batch), time.time_ns() // 1000)

    async def _taken(self, count: int, stream: asyncio.StreamWriter) -> bool:
        """Wait until there is room for more; whether the connection is still sound."""
        since_s = time.monotonic()
        held_up = stream.transport.get_write_buffer_size() > stream.transport.get_write_buffer_limits()[1]
        try:
            await stream.drain()
        except OSError:
            self._activity.send_failed()
            return False  # the reader tells the session
        if held_up:
            self._activity.held_up(count, time.monotonic() - since_s)
        return True

    def _close_if_full(self) -> None:
        established = self._link.session.state is State.ESTABLISHED
        with self._lock:
            now_s = time.monotonic()
            if not self._outbox.queue.overflowed or not established or not self.close_spacing.allows(now_s):
                return
            self.close_spacing = self.close_spacing.closed(now_s)
            self.closed_at_us = time.time_ns() // 1000
            self._outbox.discard(TxCause.SESSION_NOT_CONNECTED)
        self._link.happen(Overflowed())
