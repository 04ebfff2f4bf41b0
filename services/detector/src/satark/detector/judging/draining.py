"""Reading a Faust channel by the handful: all events that wait already are taken at once.

Faust's own stream gives one event at a time, with several task switches each, which cost more than judging does. Its queue
is public, and so is acknowledging an event; nothing else of the stream is needed here.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import ref

from faust.streams import _current_event


async def handfuls(stream: Any, most: int) -> AsyncIterator[list[Any]]:
    """Yield lists of 1 to `most` events, in order; the caller acknowledges each event. Waits only while there is none."""
    channel = aiter(stream.channel)
    queue = channel.queue
    while True:
        events = [await queue.get()]
        while len(events) < most and not queue.empty():
            events.append(queue.get_nowait())
        yield events


@contextmanager
def about(event: Any) -> Iterator[None]:
    """Let Faust know which event is at work: tables write to its partition."""
    token = _current_event.set(ref(event))
    try:
        yield
    finally:
        _current_event.reset(token)
