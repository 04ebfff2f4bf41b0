"""What a query cost: a sample of `StatTable.QueryPerfInfo.query_stats` (specs/analytics.md, clause 3.8)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

STRUCT, ATTRIBUTE = "QueryPerfInfo", "query_stats"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryStats:
    """One query that is over, answered or not. Times of stages are in milliseconds, `error` is empty or says why."""

    qid: str
    table: str
    where: str
    select: str
    post: str
    rows: int
    lines: int
    time_span_s: int
    waiting_ms: int
    first_row_ms: int
    reading_ms: int
    total_ms: int
    error: str = ""
    chunks: int = 1

    def texts(self) -> Mapping[str, str]:
        """Return the columns that are texts, by their full names."""
        names = ("qid", "table", "where", "select", "post", "error")
        return {f"{ATTRIBUTE}.{name}": str(getattr(self, name)) for name in names}

    def integers(self) -> Mapping[str, int]:
        """Return the columns that are numbers, by their full names."""
        names = (
            *("rows", "lines", "chunks", "time_span_s"),
            *("waiting_ms", "first_row_ms", "reading_ms", "total_ms"),
        )
        return {f"{ATTRIBUTE}.{name}": int(getattr(self, name)) for name in names}


Told = Callable[[QueryStats], None]
"""Takes in what a query cost; it must not wait."""
