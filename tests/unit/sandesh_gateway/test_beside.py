import asyncio

import pytest

from satark.sandesh_gateway.beside import beside, together, unless


class Worker:
    """Works until it is told to end, or to fail; remembers how it ended."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.error: Exception | None = None
        self.ended = ""

    async def run(self) -> None:
        """Work."""
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.ended = "cancelled"
            raise
        self.ended = "done"
        if self.error is not None:
            raise self.error


async def test_others_go_on_as_long_as_the_main_thing() -> None:
    """Then they are cancelled, and awaited."""
    main, other = Worker(), Worker()
    running = asyncio.create_task(beside(main.run(), other.run()))
    await asyncio.sleep(0)

    main.go.set()
    await running

    assert (main.ended, other.ended) == ("done", "cancelled")


async def test_one_that_ends_early_ends_nothing() -> None:
    """What has done its work is done."""
    main, other = Worker(), Worker()
    running = asyncio.create_task(beside(main.run(), other.run()))
    other.go.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not running.done()

    main.go.set()
    await running

    assert (main.ended, other.ended) == ("done", "done")


async def test_the_first_error_ends_all_and_is_told() -> None:
    """Whoever fails, the whole fails."""
    main, other = Worker(), Worker()
    other.error = ValueError("broken")
    running = asyncio.create_task(beside(main.run(), other.run()))
    await asyncio.sleep(0)

    other.go.set()
    with pytest.raises(ValueError, match="broken"):
        await running

    assert main.ended == "cancelled"


async def test_a_cancelled_whole_cancels_its_parts() -> None:
    """Nothing is left running."""
    main, other = Worker(), Worker()
    running = asyncio.create_task(beside(main.run(), other.run()))
    await asyncio.sleep(0)

    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert (main.ended, other.ended) == ("cancelled", "cancelled")


async def test_together_waits_for_all() -> None:
    """And an error of one is the error of all."""
    first, second = Worker(), Worker()
    second.error = ValueError("broken")
    running = asyncio.create_task(together(first.run(), second.run()))
    await asyncio.sleep(0)

    second.go.set()
    with pytest.raises(ValueError, match="broken"):
        await running
    await asyncio.sleep(0)

    assert first.ended == "cancelled"


@pytest.mark.parametrize("stopped", [False, True])
async def test_unless_stops_waiting_when_told(stopped: bool) -> None:
    """It says whether the work was done."""
    stop, work = asyncio.Event(), Worker()
    (stop if stopped else work.go).set()

    assert (not stopped) is await unless(stop, work.run())
