"""How a service lives: the ops port and the app start, a signal stops them, the app drains.

SIGTERM or SIGINT sets the stop event; the app drains within the grace period, or the process gives up with status 1.
A second signal ends the process at once.
"""

import asyncio
import logging
import os
import signal
import sys

import structlog

from satark.runtime import brokers
from satark.runtime.context import App, ServiceContext
from satark.runtime.ops import OpsServer

log = structlog.get_logger(__name__)

CANCEL_TIMEOUT_S = 1.0


async def serve(app: App, context: ServiceContext) -> int:
    """Run the app until it ends or is told to stop; return the exit status.

    Raises OpsPortError when the ops port cannot be opened, and whatever the app raises.
    """
    stop = asyncio.Event()
    with _Signals(stop):
        async with OpsServer(context.ops, service=context.name, version=context.version, health=context.health) as ops:
            log.info("service_started", version=context.version, ops_port=ops.port)
            running = asyncio.create_task(app.run(stop), name=context.name)
            beside = [asyncio.create_task(stop.wait(), name="stop")]
            if context.uses_kafka:
                beside.append(asyncio.create_task(brokers.watch(context.kafka, context.health), name="brokers"))
            done, _ = await asyncio.wait({running, *beside}, return_when=asyncio.FIRST_COMPLETED)
            for task in done.intersection(beside):
                task.result()  # an error of the watch is ours: up it goes, the app is cancelled
            for task in beside:
                task.cancel()
            return await _drained(running, context.ops.shutdown_grace_s)


class _Signals:
    """The first SIGTERM or SIGINT sets `stop`; then both mean what they mean to any process: the end."""

    def __init__(self, stop: asyncio.Event) -> None:
        self._stop = stop
        self._before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def __enter__(self) -> None:
        for number in self._before:
            asyncio.get_running_loop().add_signal_handler(number, self._told, number)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            asyncio.get_running_loop().remove_signal_handler(number)
            signal.signal(number, handler)

    def _told(self, number: signal.Signals) -> None:
        for each in self._before:
            asyncio.get_running_loop().remove_signal_handler(each)
            # Not a handler of the loop: the default acts even while the loop is stuck.
            signal.signal(each, signal.SIG_DFL)
        log.info("service_stopping", signal=number.name)
        self._stop.set()


async def _drained(running: asyncio.Task[None], grace_s: float) -> int:
    """Wait for the app to end; return the exit status. An error of the app goes up with its traceback."""
    done, _ = await asyncio.wait({running}, timeout=grace_s)
    if not done:
        log.error("shutdown_grace_exceeded", grace_s=grace_s)
        running.cancel()
        await asyncio.wait({running}, timeout=CANCEL_TIMEOUT_S)
        _abandon()
    await running
    log.info("service_stopped")
    return 0


def _abandon() -> None:
    """End the process now: the interpreter's own end would wait for threads that are stuck in a request."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(1)
