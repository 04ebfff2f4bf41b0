"""A query becomes one statement: checked against its table, every value bound (specs/analytics.md, section 3)."""

from dataclasses import dataclass

from satark.analytics.query.binding import Binder
from satark.analytics.query.catalogue import Table, TableType
from satark.analytics.query.conditions import where
from satark.analytics.query.errors import InvalidQueryError
from satark.analytics.query.expressions import View
from satark.analytics.query.filters import matching, patterns
from satark.analytics.query.grouping import Selected, select
from satark.analytics.query.ordering import order
from satark.analytics.query.request import Query
from satark.analytics.query.results import Mapper
from satark.analytics.query.selection import parse
from satark.analytics.query.tables import FIELD_NAMES, FIELD_NUMBERS, OVERLAY
from satark.analytics.query.times import Retention, Span, span
from satark.analytics.query.views import view_of, within
from satark.analytics.store.statement import Statement

MOST_ROWS = 2_500_000
"""Contrail's limit of an answer."""
NAMES_LEAST_US = 2**28
"""Shortest time that names of fields are looked for in."""

READING = "optimize_move_to_prewhere_if_final = 1, do_not_merge_across_partitions_select_final = 1"
"""Rows with the same key are the same: either may be filtered before they fall together, and they share a partition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to ask the store, and how to tell the answer.

    `probe`, when there is one, fails if a regular expression is none. More than `most_rows` rows are too many.
    """

    statement: Statement
    mapper: Mapper
    span: Span
    most_rows: int
    probe: Statement | None = None


def compile_query(
    query: Query,
    table: Table,
    *,
    now_us: int,
    retention: Retention,
    most_rows: int = MOST_ROWS,
    timeout_s: int = 60,
) -> Plan:
    """Return what to ask. Raises InvalidQueryError, MalformedQueryError."""
    asked = _span(query, table, now_us, retention)
    binder = Binder()
    fields = parse(query.select_fields, table)
    view = view_of(query, table, fields, asked, binder)
    selected = select(fields, table, view, binder)
    conditions = [
        *view.conditions,
        within(asked, binder),
        "" if table.name == OVERLAY else where(query.where, table, view.expression, binder),
        matching(query.filters(), selected.plain, binder),
    ]
    limit = _limit(query)
    sql = _sql(view, selected, " AND ".join(each for each in conditions if each), order(query, table, fields))
    sql += f" LIMIT {binder.integer(min(limit or most_rows + 1, most_rows + 1))} {_settings(timeout_s)}"
    probes = patterns(query.filters())
    return Plan(
        statement=Statement(sql, binder.values),
        mapper=Mapper(tuple(each.member for each in fields), selected.converted),
        span=asked,
        most_rows=most_rows,
        probe=_probe(probes) if probes else None,
    )


def _span(query: Query, table: Table, now_us: int, retention: Retention) -> Span:
    kept = {
        TableType.LOG: retention.messages_s,
        TableType.OBJECT: retention.objects_s,
        TableType.STAT: retention.statistics_s,
    }
    return span(
        query.start_time,
        query.end_time,
        now_us=now_us,
        keep_s=kept.get(table.type, retention.sessions_s),
        least_us=NAMES_LEAST_US if table.stat in (FIELD_NAMES, FIELD_NUMBERS) else 0,
    )


def _limit(query: Query) -> int | None:
    if query.limit is not None and query.limit < 0:
        raise InvalidQueryError(f"Invalid limit {query.limit}")
    return query.limit


def _sql(view: View, selected: Selected, condition: str, ordered: str) -> str:
    chosen = f"{'DISTINCT ' if selected.distinct else ''}{', '.join(selected.written)}"
    sql = f"SELECT {chosen} FROM {view.source}"  # noqa: S608 - nothing from outside is text
    if condition:
        sql += f" WHERE {condition}"
    if selected.grouped:
        sql += f" GROUP BY {', '.join(selected.keys)}" if selected.keys else ""
        sql += " HAVING count() > 0"
    return f"{sql} ORDER BY {ordered}" if ordered else sql


def _probe(given: list[str]) -> Statement:
    """Return what fails for a pattern that RE2 does not take; `match` would take some of them for plain text."""
    names = [f"p{at}" for at in range(len(given))]
    calls = ", ".join(f"replaceRegexpOne('', {{{name}:String}}, '')" for name in names)
    return Statement(f"SELECT {calls}", dict(zip(names, given, strict=True)))


def _settings(timeout_s: int) -> str:
    return f"SETTINGS max_execution_time = {timeout_s}, {READING}"
