"""What can be wrong with a query, and how that is answered (specs/analytics.md, clauses 2.1 and 3.4).

    QueryError
    ├── MalformedQueryError   400  not JSON, or not of the shape of a query
    ├── InvalidQueryError     404  names or asks for what cannot be
    ├── UnknownTableError     410  no such table
    ├── UnknownQueryError     410  no query has this id any more
    ├── TooManyRowsError      429  more rows than an answer may have
    ├── TooLongAnswerError    429  more bytes than an answer may have
    ├── TooManyQueriesError   429  more queries than may run, or more results than are kept
    ├── QueryTimeoutError     503  took too long
    ├── StoreBusyError        503  the store does not answer now
    ├── QueryCancelledError   410  nobody waits for it any more
    └── QueryFailedError      500  the store did not answer

`number` is what a status says instead of a progress: a negative errno.
"""

from typing import ClassVar


class QueryError(Exception):
    """A query has no answer; the text says why, to whoever asked."""

    status: ClassVar[int]
    number: ClassVar[int]
    code: ClassVar[str]


class MalformedQueryError(QueryError):
    """Not JSON, or a member that is missing or of the wrong type (EBADMSG)."""

    status, number, code = 400, -74, "malformed_query"


class InvalidQueryError(QueryError):
    """Well formed, but it makes no sense for this table (EINVAL)."""

    status, number, code = 404, -22, "invalid_query"


class UnknownTableError(QueryError):
    """There is no such table (ENOENT)."""

    status, number, code = 410, -2, "unknown_table"

    def __init__(self, table: str) -> None:
        super().__init__(f"Table {table} not found")


class TooManyRowsError(QueryError):
    """The answer has more rows than may be (ENOBUFS)."""

    status, number, code = 429, -105, "too_many_rows"

    def __init__(self, most: int) -> None:
        super().__init__(f"The answer has more than {most} rows: ask for a shorter time, or give a limit")


class TooLongAnswerError(QueryError):
    """The answer takes more room than one may (ENOBUFS)."""

    status, number, code = 429, -105, "answer_too_long"

    def __init__(self, most_bytes: int) -> None:
        super().__init__(f"The answer is longer than {most_bytes} bytes: ask for less, or give a limit")


class TooManyQueriesError(QueryError):
    """There are as many queries, or results, as there may be (EMFILE)."""

    status, number, code = 429, -24, "too_many_queries"


class QueryTimeoutError(QueryError):
    """It took longer than a query may (ETIMEDOUT)."""

    status, number, code = 503, -110, "query_timeout"

    def __init__(self, most_s: float) -> None:
        super().__init__(f"The query took longer than {most_s:g} s: ask for a shorter time, or for less")


class StoreBusyError(QueryError):
    """The store does not answer now; later it may (EBUSY)."""

    status, number, code = 503, -16, "store_busy"


class QueryCancelledError(QueryError):
    """Nobody waits for the answer any more (ECANCELED)."""

    status, number, code = 410, -125, "query_cancelled"

    def __init__(self) -> None:
        super().__init__("The query was cancelled")


class UnknownQueryError(QueryError):
    """No query has this id, or it has been over for so long that its answer is gone (ENOENT)."""

    status, number, code = 410, -2, "unknown_query"


class QueryFailedError(QueryError):
    """The store did not do its part (EIO)."""

    status, number, code = 500, -5, "query_failed"
