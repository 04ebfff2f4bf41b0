"""Which values a column has had lately (specs/analytics.md, clause 2.7, column values)."""

from satark.analytics.query.binding import Binder
from satark.analytics.query.catalogue import Table
from satark.analytics.query.request import Query
from satark.analytics.query.schema import value_columns
from satark.analytics.query.times import SECOND_US, Span
from satark.analytics.query.views import view_of, within
from satark.analytics.store.statement import Statement

LATELY_S = 24 * 3600
MOST_VALUES = 10_000


def values(table: Table, name: str, now_us: int) -> Statement | None:
    """Return what asks for the values, as text and sorted; None for a column whose values are not listed."""
    if name not in value_columns(table):
        return None
    binder = Binder()
    span = Span(now_us - LATELY_S * SECOND_US, now_us)
    query = Query(table=table.name, start_time=span.start_us, end_time=span.end_us, select_fields=(name,))
    view = view_of(query, table, (), span, binder)
    text = view.expression(table.columns[name]).as_text
    condition = " AND ".join((*view.conditions, within(span, binder)))
    sql = (
        f"SELECT DISTINCT {text} AS value FROM {view.source} WHERE {condition}"  # noqa: S608 - nothing from outside is text
        f" AND value != '' ORDER BY value LIMIT {MOST_VALUES}"
    )
    return Statement(sql, binder.values)
