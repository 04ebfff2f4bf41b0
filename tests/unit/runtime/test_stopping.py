"""Work that a stop ends."""

import asyncio

import pytest

from satark.runtime.stopping import unless


async def test_work_that_is_done_first_gives_its_result() -> None:
    """Work that is done first gives its result."""
    assert 5 == await unless(asyncio.Event(), asyncio.sleep(0, result=5))


async def test_a_stop_cancels_the_work() -> None:
    """A stop cancels the work, and there is no result."""
    stop, ended = asyncio.Event(), asyncio.Event()

    async def work() -> int:
        try:
            stop.set()
            await asyncio.Event().wait()
        finally:
            ended.set()
        return 5

    assert await unless(stop, work()) is None
    assert ended.is_set()


async def test_an_error_of_the_work_goes_up() -> None:
    """An error of the work goes up."""

    async def work() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await unless(asyncio.Event(), work())
