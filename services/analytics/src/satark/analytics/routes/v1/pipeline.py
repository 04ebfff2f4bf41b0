"""How all of it is, over HTTP: the same check as `satark check`, what processes gave up, and what the store holds."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta

from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.routes.v1 import asked
from satark.analytics.routes.v1.questions import pipeline
from satark.analytics.routes.v1.questions.pipeline import Drop, PipelineTold, StoreTold
from satark.analytics.web.answers import answer
from satark.analytics.web.route import Route
from satark.runtime.checking.findings import Finding
from satark.runtime.checking.gathering import Asked, gathered
from satark.runtime.checking.web import SilentError, ask_ops
from satark.runtime.groups import KafkaSettings

HERE = "analytics"
FRESH = timedelta(seconds=10)
"""A check reads topics for seconds: who asks sooner gets the last one."""

LIMIT_S = 20.0

Check = Callable[[], Awaitable[Sequence[Finding]]]
Drops = Callable[[], Awaitable[Sequence[Drop]]]
Holds = Callable[[], StoreTold]
"""Returns what the store holds. Blocks; raises StoreError."""


def routes(check: Check, drops: Drops, holds: Holds, *, now: asked.Now) -> tuple[Route, ...]:
    """Return the routes. However many ask, one check is made at a time."""
    latest = _Latest(check, drops, now)

    async def found(request: Request) -> Response:
        return answer(request, await latest.told())

    async def held(request: Request) -> Response:
        return answer(request, await asyncio.to_thread(holds))

    return (
        Route(
            method="GET",
            path="/v1/pipeline",
            handler=found,
            summary="What is and what is not well, as `satark check` finds it, and what was given up.",
            description=f"A check is made anew when the last is older than {FRESH.total_seconds():g} s; it may take seconds.",
            answers=asked.answers("The findings.", PipelineTold),
        ),
        Route(
            method="GET",
            path="/v1/store",
            handler=held,
            summary="How full the store is, and what it holds since when.",
            answers=asked.answers("By class of data.", StoreTold),
        ),
    )


def check_of(kafka: KafkaSettings, ops: Iterable[str]) -> Check:
    """Return what checks this Kafka and the processes at these ops ports."""
    wanted = Asked(kafka, ops=tuple(ops), limit_s=LIMIT_S)
    return lambda: gathered(wanted, _say_nothing)


def drops_of(ops: Iterable[str]) -> Drops:
    """Return what asks this process and those at the ops ports for what they gave up; one that is silent says nothing."""
    addresses = tuple(ops)

    async def gather() -> Sequence[Drop]:
        others = await asyncio.gather(*map(_drops_at, addresses))
        return [*pipeline.drops(HERE, REGISTRY.collect()), *(drop for found in others for drop in found)]

    return gather


class _Latest:
    """The last check, and the one that is being made."""

    def __init__(self, check: Check, drops: Drops, now: asked.Now) -> None:
        self._check = check
        self._drops = drops
        self._now = now
        self._lock = asyncio.Lock()
        self._told: PipelineTold | None = None

    async def told(self) -> PipelineTold:
        async with self._lock:
            if self._told is None or self._now() - self._told.time >= FRESH:
                findings, drops = await asyncio.gather(self._check(), self._drops())
                self._told = pipeline.told(findings, drops, self._now())
            return self._told


async def _drops_at(address: str) -> list[Drop]:
    with suppress(SilentError, ValueError):
        said = await ask_ops(address, "/metrics")
        text = said.body.decode(errors="replace")
        return [*pipeline.drops(address, text_string_to_metric_families(text))]
    return []


def _say_nothing(_text: str) -> None:
    """Nobody watches a check that a page asks for."""
