"""The query object (specs/analytics.md, clause 3.1): shape only; whether it makes sense is for `compiling`."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

import msgspec
from msgspec import Struct

from satark.analytics.query.errors import MalformedQueryError

MOST_BYTES = 256 * 1024
"""Longest query: as much as ClickHouse reads of a statement by default (`max_query_size`)."""
MOST_FIELDS = 512
MOST_TERMS = 1024

Value = int | float | str
"""What a term compares with."""


class Op(IntEnum):
    """How a term compares."""

    EQUAL = 1
    NOT_EQUAL = 2
    IN_RANGE = 3
    NOT_IN_RANGE = 4
    LEQ = 5
    GEQ = 6
    PREFIX = 7
    REGEX_MATCH = 8
    CONTAINS = 9


class Term(Struct, frozen=True, kw_only=True):
    """One comparison; `suffix` is a second one, on a column that goes with the first."""

    name: str
    value: Value
    op: int
    value2: Value | None = None
    suffix: "Term | None" = None


Terms = tuple[Term, ...]
"""All must hold."""


class Query(Struct, frozen=True, kw_only=True):
    """What is asked. `where` and `filter` are ORs of ANDs; none of them is everything."""

    table: str
    start_time: int | str
    end_time: int | str
    select_fields: tuple[str, ...]
    where: tuple[Terms, ...] | None = None
    filter: tuple[Any, ...] | None = None
    sort: int | None = None
    sort_fields: tuple[str, ...] | None = None
    limit: int | None = None
    dir: int | None = None
    session_type: str | None = None
    is_service_instance: int | None = None

    def filters(self) -> tuple[Terms, ...]:
        """Return the filter as an OR of ANDs, whichever of its two shapes it has. Raises MalformedQueryError."""
        given = self.filter or ()
        try:
            if given and not isinstance(given[0], list | tuple):
                return (msgspec.convert(given, Terms),)
            return msgspec.convert(given, tuple[Terms, ...])
        except (msgspec.ValidationError, RecursionError) as error:
            raise MalformedQueryError(f"filter: {error}") from error

    def names(self) -> Iterable[str]:
        """Yield the names of the columns that `where` and `filter` compare."""
        for terms in (*(self.where or ()), *self.filters()):
            yield from (term.name for term in terms)


def decode(body: bytes) -> Query:
    """Return the query in a request's body. Raises MalformedQueryError."""
    if len(body) > MOST_BYTES:
        raise MalformedQueryError(f"The query is longer than {MOST_BYTES} bytes")
    try:
        query = msgspec.json.decode(body, type=Query)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedQueryError(f"The query is not as it must be: {error}") from error
    if len(query.select_fields) > MOST_FIELDS or len(query.sort_fields or ()) > MOST_FIELDS:
        raise MalformedQueryError(f"More than {MOST_FIELDS} fields")
    if sum(1 for _ in query.names()) > MOST_TERMS:
        raise MalformedQueryError(f"More than {MOST_TERMS} terms")
    return query
