"""The way of samples from a source to whoever judges them: kept, put in order, shown as progress."""

from collections.abc import AsyncGenerator
from typing import IO

from satark.detector.replay.exporting import exported
from satark.detector.replay.ordering import by_time
from satark.detector.replay.progress import Bar
from satark.detector.replay.sightings import Order, Sighting, Source


async def stream(source: Source, bar: Bar, *, keep: IO[bytes] | None = None) -> AsyncGenerator[list[Sighting], None]:
    """Yield a source's samples in its order, kept in a file first where there is one."""
    batches = _reading(source, bar)
    if keep is not None:
        batches = exported(batches, keep)
    if source.order is Order.TIME:
        batches = _judging(batches, bar)
    async for batch in batches:
        yield batch


async def _reading(source: Source, bar: Bar) -> AsyncGenerator[list[Sighting], None]:
    async for batch in source.batches():
        bar.advance(len(batch), done=source.done, total=source.total)
        yield batch


async def _judging(batches: AsyncGenerator[list[Sighting], None], bar: Bar) -> AsyncGenerator[list[Sighting], None]:
    counted: list[int] = []
    done = 0
    async for batch in by_time(batches, seen=counted.append):
        if not done:
            bar.begin("judging")
        done += len(batch)
        bar.advance(len(batch), done=done, total=counted[0])
        yield batch
