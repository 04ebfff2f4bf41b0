"""Running things beside each other: one that ends the whole, others as long as it, and the first error of any."""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any

Work = Coroutine[Any, Any, Any]


async def beside(main: Work, *background: Work) -> None:
    """Run `main` to its end, and the others as long; raises the first error of any of them."""
    running = asyncio.create_task(main)
    waiting: set[asyncio.Task[Any]] = {running, *(asyncio.create_task(each) for each in background)}
    try:
        while running in waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def together(*work: Awaitable[Any]) -> None:
    """Await all; the first error ends the others, and is raised."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


async def unless(stop: asyncio.Event, work: Work) -> bool:
    """Await `work`, unless `stop` is set first; whether it was done."""
    tasks = {asyncio.create_task(work), asyncio.create_task(stop.wait())}
    done, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    for task in done:
        task.result()
    return not stop.is_set()
