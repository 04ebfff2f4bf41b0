"""Waiting for something to become true, and async code in synchronous places."""

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar, overload

T = TypeVar("T")

PAUSE_S = 0.02
"""Between two looks: far below what a test notices, far above what a busy machine minds."""


class NeverHappenedError(AssertionError):
    """What was waited for did not become true in time."""


@overload
async def eventually(
    predicate: Callable[[], Awaitable[T]], timeout_s: float = ..., *, what: str = ..., pause_s: float = ...
) -> T: ...


@overload
async def eventually(
    predicate: Callable[[], T], timeout_s: float = ..., *, what: str = ..., pause_s: float = ...
) -> T: ...


async def eventually(
    predicate: Callable[[], Any], timeout_s: float = 10.0, *, what: str = "", pause_s: float = PAUSE_S
) -> Any:
    """Return the first true value of `predicate` (a function or a coroutine function).

    Raises NeverHappenedError, naming `what` and the last value, after `timeout_s`; errors of the predicate go through.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_s
    while True:
        value = predicate()
        if inspect.isawaitable(value):
            value = await value
        if value:
            return value
        if loop.time() >= deadline:
            named = what or getattr(predicate, "__name__", "it")
            raise NeverHappenedError(f"{named} did not happen within {timeout_s:g} s; last value {value!r}")
        await asyncio.sleep(pause_s)


def blocking(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end from synchronous code, in a thread so that no loop of the caller is disturbed."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(asyncio.run(coroutine))
        except BaseException as error:  # noqa: BLE001 - handed to the caller below
            errors.append(error)

    thread = threading.Thread(target=run, name="blocking")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
