"""In which order rows come (specs/analytics.md, clauses 3.1 and 3.2)."""

from collections.abc import Sequence

from satark.analytics.query.catalogue import Table, TableType
from satark.analytics.query.errors import InvalidQueryError
from satark.analytics.query.request import Query
from satark.analytics.query.selection import Bin, Field, Time

ASCENDING, DESCENDING = 1, 2


def order(query: Query, table: Table, fields: Sequence[Field]) -> str:
    """Return what follows ORDER BY, empty when any order will do. Raises InvalidQueryError.

    `sort` says which way, for every table. Without fields to sort by it is by time, where there is one.
    """
    if query.sort not in (None, 0, ASCENDING, DESCENDING):
        raise InvalidQueryError(f"Invalid sort {query.sort}: 1 is ascending, 2 descending")
    way = "DESC" if query.sort == DESCENDING else "ASC"
    if query.sort_fields:
        return ", ".join(f"c{_place(name, fields)} {way}" for name in query.sort_fields)
    times = [f"c{at} {way}" for at, each in enumerate(fields) if isinstance(each, Time | Bin)]
    if times:
        return times[0]
    return f"time {way}" if table.type in (TableType.LOG, TableType.OBJECT) else ""


def _place(name: str, fields: Sequence[Field]) -> int:
    for at, each in enumerate(fields):
        if name in (each.name, each.member):
            return at
    raise InvalidQueryError(f"Invalid sort_fields: {name[:256]} is not selected")
