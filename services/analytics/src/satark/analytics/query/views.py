"""Which rows of the store answer for a table of the query language."""

from collections.abc import Collection

from satark.analytics.query.binding import Binder
from satark.analytics.query.catalogue import Table, TableType
from satark.analytics.query.expressions import View
from satark.analytics.query.flows import flows
from satark.analytics.query.logs import messages, objects
from satark.analytics.query.names import field_names
from satark.analytics.query.overlay import underlay
from satark.analytics.query.request import Query
from satark.analytics.query.selection import Aggregate, Field, Plain
from satark.analytics.query.sessions import sessions
from satark.analytics.query.statistics import samples
from satark.analytics.query.tables import FIELD_NAMES, FIELD_NUMBERS, OVERLAY
from satark.analytics.query.times import Span


def view_of(query: Query, table: Table, fields: tuple[Field, ...], asked: Span, binder: Binder) -> View:
    """Return what is read. Raises InvalidQueryError when the query lacks what its table needs."""
    match table.type:
        case TableType.LOG:
            return messages({*query.names()})
        case TableType.OBJECT:
            return objects(table.name, query.select_fields, binder)
        case TableType.STAT if table.stat in (FIELD_NAMES, FIELD_NUMBERS):
            return field_names(table.attribute, lambda of: within(asked, binder, of), binder)
        case TableType.STAT:
            return samples(table.stat, binder)
    return _traffic(query, table, fields, asked, binder)


def within(asked: Span, binder: Binder, of: str = "") -> str:
    """Return the condition on the time of a row, of the table that `of` names where there are several."""
    time = f"{of}.time" if of else "time"
    start, end = (f"fromUnixTimestamp64Micro({binder.integer(at)}, 'UTC')" for at in (asked.start_us, asked.end_us))
    return f"{time} BETWEEN {start} AND {end}"


def _traffic(query: Query, table: Table, fields: tuple[Field, ...], asked: Span, binder: Binder) -> View:
    if table.name == OVERLAY:
        return underlay(query, table, within(asked, binder), binder)
    named = {*query.names(), *(name for each in fields for name in _columns(each))}
    read = sessions if table.type is TableType.SESSION else flows
    return read(query, named, binder, records=table.name.endswith("RecordTable"))


def _columns(field: Field) -> Collection[str]:
    """Return the columns that a field reads row by row: distinct addresses are counted in a session's own array."""
    is_read = isinstance(field, Plain | Aggregate) and field.name != "COUNT_DISTINCT(remote_ip)"
    return (field.column,) if isinstance(field, Plain | Aggregate) and is_read and field.column else ()
