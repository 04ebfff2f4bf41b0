"""Reading a long time in parts: what one part would be too much of is asked for in halves. Shell."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from satark.analytics.commands.api import Api, ApiError, Row
from satark.analytics.commands.progress import progress
from satark.analytics.commands.times import Span

LEAST_SLICE_S = 600
MOST_SLICES = 200

Query = Mapping[str, Any]


def slice_s(span: Span) -> int:
    """Return how long the parts of a read are, in seconds: ten minutes, longer where that would be too many."""
    length_s = (span.end_us - span.start_us) // 1_000_000 + 1
    return max(LEAST_SLICE_S, -(-length_s // MOST_SLICES))


def read(
    api: Api,
    span: Span,
    query: Callable[[Span, int | None], Query],
    *,
    backwards: bool = False,
    limit: int | None = None,
) -> Iterator[Row]:
    """Yield the rows of a time in order, at most `limit`. `query` makes the query of a part. Raises as `Api.query`."""
    parts = list(span.slices(slice_s(span)))
    if backwards:
        parts.reverse()
    left = limit
    with progress("reading", parts) as done:
        for part in parts:
            for row in _part(api, part, query, backwards=backwards, limit=left):
                yield row
                if left is not None:
                    left -= 1
            if left == 0:
                return
            done()


def _part(
    api: Api, span: Span, query: Callable[[Span, int | None], Query], *, backwards: bool, limit: int | None
) -> Iterator[Row]:
    try:
        yield from api.query(query(span, limit))
    except ApiError as error:
        halves = span.halves()
        if not error.is_too_much or halves is None:
            raise
        left = limit
        for half in reversed(halves) if backwards else halves:
            for row in _part(api, half, query, backwards=backwards, limit=left):
                yield row
                left = None if left is None else left - 1
            if left == 0:
                return
