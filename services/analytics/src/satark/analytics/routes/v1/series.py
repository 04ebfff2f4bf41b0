"""Series over HTTP: a metric's own history, which may be a year, in one answer."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.routes.v1 import asked
from satark.analytics.routes.v1.questions import series, steps
from satark.analytics.routes.v1.questions.conditions import only
from satark.analytics.routes.v1.questions.series import Aggregate, Band, IncidentSpan, Numbers, Part, Series
from satark.analytics.store.statement import Reader
from satark.analytics.web.answers import answer
from satark.analytics.web.problem import Problem
from satark.analytics.web.route import Parameter, Route
from satark.schemas.names import METRIC_PATTERN

DEFAULT_SPAN = timedelta(days=1)
RAW = "raw"
RAW_BAND_STEP_S = 60

ENTITY = Parameter("entity", "The entity's key.", {"type": "string", "minLength": 1, "maxLength": 512}, required=True)
METRIC = Parameter(
    "metric",
    "The metric, for example latency_ms_rx.",
    {"type": "string", "pattern": METRIC_PATTERN, "maxLength": 128},
    required=True,
)
STEP = Parameter(
    "step",
    f"Length of a bin in seconds; about {steps.AIM} bins if not said, and at most {steps.MAX_BINS}.",
    {"type": "integer", "minimum": 1, "maximum": steps.LADDER_S[-1]},
)
VALUES = Parameter(
    "value",
    "What a bin is told by; several may be. raw: no bins, but what was measured, by itself.",
    {
        "type": "array",
        "maxItems": 4,
        "items": {"type": "string", "enum": [*(one.value for one in Aggregate), RAW]},
        "default": [Aggregate.AVG.value, Aggregate.MIN.value, Aggregate.MAX.value],
    },
)
BASELINE = Parameter("baseline", "Whether to tell what was normal.", {"type": "boolean", "default": True})

Measured = tuple[list[datetime], Mapping[str, Numbers], int]
"""Times, values, and the step in seconds, 0 for raw ones."""


def routes(store: Reader, *, now: asked.Now) -> tuple[Route, ...]:
    """Return the route."""
    return (
        Route(
            method="GET",
            path="/v1/series",
            handler=_Handlers(store, now).one,
            summary="The history of one metric of one entity, with what was normal and its incidents.",
            description="Where nothing was measured is null, never zero. A year is one answer. 404: it was never measured.",
            answers=asked.answers("The series.", Series),
            parameters=(ENTITY, METRIC, asked.START, asked.END, asked.LAST, STEP, VALUES, BASELINE),
        ),
    )


class _Handlers:
    def __init__(self, store: Reader, now: asked.Now) -> None:
        self._store = store
        self._now = now

    async def one(self, request: Request) -> Response:
        given = asked.values(request)
        start, end = asked.span(given, self._now(), default=DEFAULT_SPAN)
        part = Part(given["entity"], given["metric"], start, end)
        times, values, step_s = await self._measured(part, given)
        band = self._band(part, times, step_s) if given["baseline"] else _nothing()
        told, spans = await asyncio.gather(band, self._spans(part))
        found = Series(
            entity=part.entity,
            metric=part.metric,
            unit=series.unit_of(part.metric),
            start=start,
            end=end,
            step_s=step_s,
            times=times,
            values=dict(values),
            baseline=told,
            incidents=spans,
        )
        return answer(request, found)

    async def _measured(self, part: Part, given: Mapping[str, Any]) -> Measured:
        known = await asked.rows(self._store, series.known(part.entity, part.metric))
        interval_s: int = only(known, f"metric {part.metric} of {part.entity}")[0]
        if RAW in given["value"]:
            return await self._raw(part)
        step_s = given["step"] or steps.automatic(part.start, part.end, least_s=interval_s)
        return await self._bins(part, step_s, tuple(dict.fromkeys(given["value"])))

    async def _raw(self, part: Part) -> Measured:
        found = await asked.rows(self._store, series.raw(part))
        if len(found) > series.MAX_RAW:
            detail = f"there are more than {series.MAX_RAW} values; ask for less time, or for bins"
            raise Problem(400, "too_many_values", detail, limit=series.MAX_RAW)
        times, numbers = series.with_gaps(found)
        return times, {RAW: numbers}, 0

    async def _bins(self, part: Part, step_s: int, chosen: Sequence[str]) -> Measured:
        first, last = steps.bounds(part.start, part.end, step_s)
        if last - first >= steps.MAX_BINS:
            detail = f"step: there would be more than {steps.MAX_BINS} bins; ask for less time, or a longer step"
            raise Problem(400, "too_many_values", detail, limit=steps.MAX_BINS)
        bins = range(first, last + 1)
        columns = series.filled(await asked.rows(self._store, series.binned(part, step_s, chosen)), bins, len(chosen))
        times = [steps.time_of_bin(number, step_s) for number in bins]
        return times, dict(zip(chosen, columns, strict=True)), step_s

    async def _band(self, part: Part, times: list[datetime], step_s: int) -> Band | None:
        step_s = step_s or RAW_BAND_STEP_S
        return series.band(await asked.rows(self._store, series.baselines(part, step_s)), times, step_s)

    async def _spans(self, part: Part) -> list[IncidentSpan]:
        return series.spans(await asked.rows(self._store, series.incidents(part.entity, part.start, part.end)))


async def _nothing() -> None:
    return None
