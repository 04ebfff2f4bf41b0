"""A generator for programs without an event loop: it runs in a thread of its own."""

import asyncio
import threading
from types import TracebackType
from typing import Any, Self

from satark.sandesh.generator.client import Generator

START_S = 30.0


class GeneratorThread:
    """A running generator: `with run_in_thread("module", collectors=[...]) as generator: generator.send(...)`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._arguments = arguments
        self._options = options
        self._started = threading.Event()
        self._generator: Generator | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="sandesh-generator", daemon=True)

    def __enter__(self) -> Generator:
        self.start()
        if self._generator is None:
            raise RuntimeError("the generator did not start")
        return self._generator

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Start the thread; returns when the generator runs. Raises what its start raised."""
        self._thread.start()
        self._started.wait(START_S)
        if self._error is not None:
            raise self._error
        return self

    def stop(self) -> None:
        """End the generator, after what waits was written, and its thread."""
        if self._loop is not None and self._stop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as error:  # noqa: BLE001 - raised by `start`
            self._error = error
        finally:
            self._started.set()

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with Generator(*self._arguments, **self._options) as generator:
            self._generator = generator
            self._started.set()
            await self._stop.wait()


def run_in_thread(*arguments: Any, **options: Any) -> GeneratorThread:
    """A context manager with the arguments of `Generator`, which it makes and ends in a thread."""
    return GeneratorThread(*arguments, **options)
