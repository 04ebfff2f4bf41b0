"""How long the stages of a query took, as it is told afterwards."""

from dataclasses import dataclass, field

import msgspec

from satark.analytics.desk.entries import Entry
from satark.analytics.desk.stats import QueryStats
from satark.analytics.query.request import Query
from satark.analytics.query.times import SECOND_US

SHOWN_CHARACTERS = 1024


@dataclass(slots=True)
class Stages:
    """When a query came, and when it passed which stage, in seconds of a clock that only goes forward."""

    began_s: float
    passed_s: dict[str, float] = field(default_factory=dict)

    def passed(self, stage: str, now_s: float) -> None:
        """Take note of a stage."""
        self.passed_s[stage] = now_s

    def between_ms(self, earlier: str, later: str) -> int:
        """Return how long it was from one stage to another, 0 when one was not passed."""
        if earlier not in self.passed_s or later not in self.passed_s:
            return 0
        return round((self.passed_s[later] - self.passed_s[earlier]) * 1000)


def stats_of(entry: Entry, query: Query, stages: Stages, now_s: float) -> QueryStats:
    """Return what a query cost that is over."""
    started_s = stages.passed_s.get("started", now_s)
    return QueryStats(
        qid=str(entry.id),
        table=query.table,
        where=_text(query.where),
        select=_text(query.select_fields),
        post=_text(
            {"filter": query.filter, "sort": query.sort, "sort_fields": query.sort_fields, "limit": query.limit}
        ),
        rows=entry.rows,
        lines=entry.lines,
        time_span_s=(entry.span.end_us - entry.span.start_us) // SECOND_US,
        waiting_ms=round((started_s - stages.began_s) * 1000),
        first_row_ms=stages.between_ms("started", "first row"),
        reading_ms=stages.between_ms("first row", "ended"),
        total_ms=round((now_s - stages.began_s) * 1000),
        error=str(entry.error or ""),
    )


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()[:SHOWN_CHARACTERS]
