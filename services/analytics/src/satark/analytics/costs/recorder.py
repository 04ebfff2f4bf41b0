"""Writes costs into the store, some seconds later. They are told by whoever must not wait: what is too much is dropped."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

import structlog

from satark.analytics import metrics
from satark.analytics.costs.rows import Cost, columns_of, row_of
from satark.analytics.ingest.mapping.origin import Values, microseconds
from satark.analytics.ingest.mapping.statistics import StatColumn
from satark.analytics.store.client import Store
from satark.analytics.store.statement import StoreError
from satark.analytics.store.tables import BY_NAME

MOST_WAITING = 10_000
FLUSH_S = 5.0
STATISTICS, COLUMNS = "statistics", "stat_columns"

log = structlog.get_logger(__name__)


class CostRecorder:
    """Takes costs in, and writes them while it runs."""

    def __init__(self, store: Store, *, source: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store = store
        self._source = source
        self._now = now
        self._numbers = count()
        self._waiting: list[Values] = []
        self._columns: set[StatColumn] = set()
        self._known: set[StatColumn] = set()

    def tell(self, cost: Cost) -> None:
        """Take a cost in; it never waits."""
        if len(self._waiting) >= MOST_WAITING:
            metrics.COSTS_DROPPED.inc()
            return
        time_us, number = microseconds(self._now()), next(self._numbers)
        self._waiting.append(row_of(cost, source=self._source, time_us=time_us, number=number))
        self._columns.update(columns_of(cost))

    async def run(self, stop: asyncio.Event) -> None:
        """Write what was told every few seconds, until `stop` is set; then once more."""
        while not stop.is_set():
            try:
                async with asyncio.timeout(FLUSH_S):
                    await stop.wait()
            except TimeoutError:
                pass
            await asyncio.to_thread(self.flush)

    def flush(self) -> None:
        """Write what waits. What the store does not take is dropped and counted: nobody is to wait for it."""
        rows, self._waiting = self._waiting, []
        if not rows:
            return
        new = sorted(self._columns - self._known)
        seen = microseconds(self._now())
        try:
            self._insert(COLUMNS, [(*column[:3], int(column.indexed), column.suffixes, seen) for column in new])
            self._insert(STATISTICS, rows)
        except StoreError as error:
            metrics.COSTS_DROPPED.inc(len(rows))
            log.warning("costs_not_kept", count=len(rows), reason=error.reason)
        else:
            self._known.update(new)

    def _insert(self, table: str, rows: list[Values]) -> None:
        self._store.insert(table, [column.name for column in BY_NAME[table].columns], rows)
