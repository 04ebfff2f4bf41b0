"""In which order rows come (specs/analytics.md, clauses 3.1 and 3.2)."""

from collections.abc import Sequence

from satark.analytics.query.catalogue import Table, TableType
from satark.analytics.query.errors import InvalidQueryError
from satark.analytics.query.request import Query
from satark.analytics.query.selection import Bin, Field, Time

ASCENDING, DESCENDING = 1, 2
MESSAGE_TIME = "MessageTS"


def order(query: Query, table: Table, fields: Sequence[Field]) -> str:
    """Return what follows ORDER BY, empty when any order will do. Raises InvalidQueryError.

    `sort` says which way, for every table. Without fields to sort by it is by time, where there is one.
    """
    if query.sort not in (None, 0, ASCENDING, DESCENDING):
        raise InvalidQueryError(f"Invalid sort {query.sort}: 1 is ascending, 2 descending")
    way = "DESC" if query.sort == DESCENDING else "ASC"
    if query.sort_fields:
        return ", ".join(f"{_key(name, fields)} {way}" for name in query.sort_fields)
    times = [each.name for each in fields if isinstance(each, Time | Bin)]
    if times:
        return f"{_key(times[0], fields)} {way}"
    return f"time {way}" if table.type in (TableType.LOG, TableType.OBJECT) else ""


def _key(name: str, fields: Sequence[Field]) -> str:
    """Return what is ordered by: the time itself rather than its microseconds, for rows may lie in its order."""
    for at, each in enumerate(fields):
        if name in (each.name, each.member):
            return "time" if isinstance(each, Time) or name == MESSAGE_TIME else f"c{at}"
    raise InvalidQueryError(f"Invalid sort_fields: {name[:256]} is not selected")
