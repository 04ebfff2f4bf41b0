"""GET /v1/metrics."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.export import questions
from satark.analytics.export.families import LINKS, STATISTICS, of_links, of_statistics, told
from satark.analytics.store.statement import Reader
from satark.analytics.web.route import Answer, Route

MOST_SERIES = 50_000
"""Of links and of statistics each."""
FRESH_S = 10.0
"""Who asks again within this time is answered the same: many Prometheus servers cost as much as one."""

PLAIN = "text/plain"
OPENMETRICS = "application/openmetrics-text"
TEXT = {"type": "string"}


def routes(
    store: Reader, *, now: Callable[[], datetime], clock: Callable[[], float], most: int = MOST_SERIES
) -> tuple[Route, ...]:
    """Return the route; `clock` tells monotonic seconds."""
    source = _Source(store, now, clock, most)

    async def export(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        metrics = await source.metrics()
        content = await asyncio.to_thread(encode, _registry(metrics))
        return Response(content, headers={"Content-Type": content_type})

    return (
        Route(
            method="GET",
            path="/v1/metrics",
            handler=export,
            summary="What was measured last, for Prometheus.",
            description=(
                "`satark_link_*` of links and `satark_uve_*` of daemons' statistics; `satark_export_series_cut` says "
                "how many series were left out, for there may be too many."
            ),
            answers=(
                Answer(200, "The metrics.", TEXT, PLAIN),
                Answer(200, "The metrics, where Accept names this.", TEXT, OPENMETRICS),
            ),
        ),
    )


@dataclass(slots=True)
class _Source:
    store: Reader
    now: Callable[[], datetime]
    clock: Callable[[], float]
    most: int
    known: tuple[float, tuple[Metric, ...]] | None = None
    asking: "asyncio.Lock | None" = None

    async def metrics(self) -> tuple[Metric, ...]:
        """Return the metrics, at most some seconds old. One asks the store, and others who come meanwhile wait for it."""
        self.asking = self.asking or asyncio.Lock()
        async with self.asking:
            if self.known is None or self.clock() - self.known[0] >= FRESH_S:
                self.known = (self.clock(), await asyncio.to_thread(self._asked))
            return self.known[1]

    def _asked(self) -> tuple[Metric, ...]:
        at = self.now()
        samples = self.store.rows(questions.samples(at, self.most))
        links = of_links(samples, dict(self.store.rows(questions.entities(at))), most=self.most)
        tags = self.store.rows(questions.tags())
        statistics = of_statistics(self.store.rows(questions.statistics(at, self.most)), tags, most=self.most)
        return tuple(told({LINKS: links, STATISTICS: statistics}))


class _Once(Collector):
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        yield from self._metrics


def _registry(metrics: Iterable[Metric]) -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Once(metrics))
    return registry
