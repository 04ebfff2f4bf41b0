"""Reading a Faust channel by the handful: all events that wait already are taken at once.

Faust's own stream gives one event at a time, with several task switches each, which cost more than judging does. Its queue
is public, and so is acknowledging an event; nothing else of the stream is needed here.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import ref

from faust.streams import _current_event


class Chunks:
    """The chunks of a channel, of all its partitions, each with `size` records at most."""

    def __init__(self, stream: Any, *, size: int) -> None:
        self._queue = aiter(stream.channel).queue
        self._size = size

    @property
    def is_idle(self) -> bool:
        """Whether none is waiting."""
        return bool(self._queue.empty())

    async def take(self, most: int, *, timeout_s: float | None) -> list[Any]:
        """Return chunks in order, of `most` records in all; none if none came within the time (None: for ever).

        Raises StopAsyncIteration when Faust ends the channel, at a stop.
        """
        try:
            async with asyncio.timeout(timeout_s if self._queue.empty() else None):
                chunks = [await self._queue.get()]
        except TimeoutError:
            return []
        records = len(chunks[0].message.value)
        while records + self._size <= most and not self._queue.empty():
            chunks.append(self._queue.get_nowait())
            records += len(chunks[-1].message.value)
        return chunks


@contextmanager
def about(event: Any) -> Iterator[None]:
    """Let Faust know which event is at work: tables write to its partition."""
    token = _current_event.set(ref(event))
    try:
        yield
    finally:
        _current_event.reset(token)
