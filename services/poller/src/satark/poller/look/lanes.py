"""Running the calls of a plan: lanes side by side, the calls of a lane one after the other."""

import asyncio
from collections.abc import Sequence
from time import monotonic

import structlog

from satark.poller.errors import MethodError, OrchestratorError
from satark.poller.look.plan import Job
from satark.poller.look.reader import Reader

log = structlog.get_logger(__name__)


async def run(
    lanes: Sequence[Sequence[Job]], reader: Reader, side_by_side: int, *, until: float = float("inf")
) -> list[Sequence[Job]]:
    """Run lanes until a time of the monotonic clock; return the calls that were not begun.

    A call that fails ends its lane for this look when it may be asked again later; what can never be read is given up.
    An error that every further call would meet ends them all.
    """
    waiting = list(reversed(lanes))
    left: list[Sequence[Job]] = []

    async def work() -> None:
        while waiting:
            lane = waiting.pop()
            for done, job in enumerate(lane):
                if monotonic() >= until or reader.report.ended_by is not None:
                    left.append(lane[done:])
                    break
                if not await _succeeds(job, reader):
                    break

    workers = [asyncio.create_task(work()) for _ in range(min(len(lanes), side_by_side))]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return left


async def _succeeds(job: Job, reader: Reader) -> bool:
    """Do a call; return whether its lane may go on."""
    try:
        await reader.read(job)
    except OrchestratorError as error:
        hopeless = reader.fail(error)
        if hopeless:
            return False
        log.warning(
            "call_failed",
            orchestrator=error.orchestrator,
            method=error.method,
            edges=len(job.edges),
            reason=error.reason,
            error=str(error),
        )
        await reader.set_aside([error])
        if isinstance(error, MethodError):
            return False  # nothing is lost: another method or API may give it at the next look
        if not error.retryable:
            reader.give_up(job, error)
        return not error.retryable
    return True
