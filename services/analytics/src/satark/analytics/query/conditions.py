"""Terms of `where` (specs/analytics.md, clause 3.1): an OR of ANDs over columns that have an index."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from satark.analytics.query.binding import Binder
from satark.analytics.query.catalogue import Column, Datatype, Table, TableType
from satark.analytics.query.errors import InvalidQueryError
from satark.analytics.query.expressions import Expression
from satark.analytics.query.request import Op, Term, Terms, Value
from satark.analytics.query.values import bound

Reads = Callable[[Column], Expression]

COMPANIONS = {"sport": "protocol", "dport": "protocol", "server_port": "protocol"}
"""Columns of flows and sessions that are only compared together with another."""


def where(alternatives: Iterable[Terms] | None, table: Table, reads: Reads, binder: Binder) -> str:
    """Return the condition, empty when everything is asked for. Raises InvalidQueryError."""
    return any_of([_all(terms, table, reads, binder) for terms in alternatives or ()])


def any_of(alternatives: Iterable[Iterable[str]]) -> str:
    """Return an OR of ANDs."""
    joined = [f"({' AND '.join(conditions)})" for conditions in alternatives]
    return f"({' OR '.join(joined)})" if joined else ""


def column_of(name: str, table: Table, value: Value | None = None) -> Column:
    """Return a column by its name; a dynamic table may have it later, of the value's type.

    Raises InvalidQueryError when there is none.
    """
    column = table.columns.get(name)
    if column is not None:
        return column
    if table.dynamic and table.type is TableType.STAT:
        datatype = Datatype.INT if isinstance(value, int) else Datatype.STRING
        return Column(name=name, datatype=Datatype.DOUBLE if isinstance(value, float) else datatype, index=True)
    raise InvalidQueryError(f"Unknown field {name[:256]}")


def _all(terms: Terms, table: Table, reads: Reads, binder: Binder) -> list[str]:
    if not terms:
        raise InvalidQueryError("Invalid where: an empty list of terms")
    named = {each for term in terms for each in (term.name, term.suffix.name if term.suffix else term.name)}
    for term in terms:
        companion = COMPANIONS.get(term.name)
        if companion is not None and table.type in (TableType.FLOW, TableType.SESSION) and companion not in named:
            raise InvalidQueryError(f"Invalid where: {term.name} needs {companion}")
    return [condition for term in terms for condition in _term(term, table, reads, binder)]


def _term(term: Term, table: Table, reads: Reads, binder: Binder) -> list[str]:
    column = column_of(term.name, table, term.value)
    if not column.index:
        raise InvalidQueryError(f"Invalid where: {term.name[:256]} has no index")
    conditions = [_comparison(term, column, reads(column), binder)]
    if term.suffix is not None:
        conditions.append(_suffix(term, term.suffix, column, table, reads, binder))
    return conditions


def _suffix(term: Term, suffix: Term, column: Column, table: Table, reads: Reads, binder: Binder) -> str:
    if term.op != Op.EQUAL or term.value2 is not None:
        raise InvalidQueryError(f"Invalid where: {term.name} has a suffix, so it must be equal to one value")
    if suffix.name not in column.suffixes and not (table.dynamic and term.name not in table.columns):
        raise InvalidQueryError(f"Invalid where: {suffix.name[:256]} is no suffix of {term.name[:256]}")
    if suffix.suffix is not None:
        raise InvalidQueryError(f"Invalid where: a suffix of the suffix {suffix.name[:256]}")
    second = column_of(suffix.name, table, suffix.value)
    return _comparison(suffix, second, reads(second), binder)


def _comparison(term: Term, column: Column, expression: Expression, binder: Binder) -> str:
    is_plain_text = column.datatype is Datatype.STRING and not column.several
    match term.op:
        case Op.CONTAINS if column.several:
            return f"has({expression.sql}, {bound(term.value, replace(column, datatype=Datatype.STRING), binder)})"
        case Op.EQUAL if not column.several:
            return f"{expression.sql} = {bound(term.value, column, binder)}"
        case Op.PREFIX if is_plain_text:
            return f"startsWith({expression.sql}, {bound(term.value, column, binder)})"
        case Op.IN_RANGE if column.datatype.number:
            return _range(term, column, expression, binder)
    raise InvalidQueryError(f"Invalid where: op {term.op} does not go with {column.name[:256]} ({column.datatype})")


def _range(term: Term, column: Column, expression: Expression, binder: Binder) -> str:
    if term.value2 is None:
        raise InvalidQueryError(f"Invalid where: {term.name[:256]} IN_RANGE needs value2")
    low, high = bound(term.value, column, binder), bound(term.value2, column, binder)
    return f"{expression.sql} BETWEEN {low} AND {high}"
