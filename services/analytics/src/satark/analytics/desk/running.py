"""One query is asked of the store, in a thread of its own, and its rows become lines."""

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager

from satark.analytics.desk.entries import Entry, State
from satark.analytics.desk.limits import Limits
from satark.analytics.desk.spool import Spool
from satark.analytics.query.compiling import Plan
from satark.analytics.query.errors import (
    InvalidQueryError,
    QueryCancelledError,
    QueryError,
    QueryFailedError,
    QueryTimeoutError,
    StoreBusyError,
    TooLongAnswerError,
    TooManyRowsError,
)
from satark.analytics.query.results import HEAD, TAIL, lines
from satark.analytics.store.failures import BUSY, LOCKED, REFUSED, TIMEOUT, UNREACHABLE
from satark.analytics.store.statement import Reader, Row, StoreError

BATCH_ROWS = 1000
"""Rows that are made JSON at a time: so much may be in memory twice."""


class Run:
    """A query on its way. `cancel` may be called from any thread."""

    def __init__(self, entry: Entry, plan: Plan, spool: Spool, limits: Limits) -> None:
        self.entry, self.plan, self.spool = entry, plan, spool
        self._limits = limits
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Let the query end at its next block."""
        self._cancelled.set()

    def carry_out(self, reader: Reader, passed: Callable[[str], None]) -> None:
        """Ask, and write the answer. `passed` is told the stages: started, first row, ended.

        Raises QueryError when there is no answer.
        """
        passed("started")
        self._check_cancelled()
        self.entry.state = State.RUNNING
        try:
            _probe(reader, self.plan)
            self._write(reader, passed)
        except StoreError as error:
            raise _error(error, self._limits.timeout_s) from error
        except OSError as error:
            raise QueryFailedError(f"The answer could not be kept: {error.strerror}") from error
        finally:
            passed("ended")

    def _write(self, reader: Reader, passed: Callable[[str], None]) -> None:
        self.spool.write([HEAD])
        with _closing(reader.blocks(self.plan.statement)) as blocks:
            for block in blocks:
                if self.entry.state is not State.WRITING:
                    passed("first row")
                    self.entry.state = State.WRITING
                for at in range(0, len(block), BATCH_ROWS):
                    self._check_cancelled()
                    self._add(block[at : at + BATCH_ROWS])
        self.spool.write([TAIL])
        self.entry.size_bytes = self.spool.size_bytes

    def _add(self, rows: Sequence[Row]) -> None:
        texts = self.plan.mapper.texts(rows)
        if self.entry.rows + len(texts) > self.plan.most_rows:
            raise TooManyRowsError(self.plan.most_rows)
        written = lines(texts, first=not self.entry.rows)
        self.spool.write(written)
        if self.spool.size_bytes > self._limits.answer_bytes:
            raise TooLongAnswerError(self._limits.answer_bytes)
        self.entry.rows += len(texts)
        self.entry.lines += len(written)

    def _check_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise QueryCancelledError


@contextmanager
def _closing(blocks: Iterator[Sequence[Row]]) -> Iterator[Iterator[Sequence[Row]]]:
    """Give the store's handle back at once when the reading ends early: an error keeps its frames, and them it."""
    try:
        yield blocks
    finally:
        if isinstance(blocks, Generator):
            blocks.close()


def _probe(reader: Reader, plan: Plan) -> None:
    try:
        if plan.probe is not None:
            reader.rows(plan.probe)
    except StoreError as error:
        if error.reason != REFUSED:
            raise
        raise InvalidQueryError("Invalid filter: a regular expression that RE2 does not take") from error


def _error(error: StoreError, timeout_s: float) -> QueryError:
    if error.reason == TIMEOUT:
        return QueryTimeoutError(timeout_s)
    if error.reason in (BUSY, LOCKED, UNREACHABLE):
        return StoreBusyError("The store does not answer now: ask again later")
    return QueryFailedError(f"The store could not answer: {error.reason}")
