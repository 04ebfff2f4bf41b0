"""The shell of the desk: takes queries, has them run in threads, hands out what came of them."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import IPv4Address
from time import monotonic
from uuid import UUID

from satark.analytics.desk import metrics
from satark.analytics.desk.book import Book
from satark.analytics.desk.entries import Entry, State
from satark.analytics.desk.ids import id_of, new_id, server_of
from satark.analytics.desk.limits import Limits
from satark.analytics.desk.running import Run
from satark.analytics.desk.spool import Spool
from satark.analytics.desk.stats import QueryStats, Told
from satark.analytics.desk.telling import Stages, stats_of
from satark.analytics.query import learnt
from satark.analytics.query.catalogue import Table
from satark.analytics.query.compiling import Plan, compile_query
from satark.analytics.query.errors import (
    InvalidQueryError,
    QueryCancelledError,
    QueryError,
    QueryFailedError,
    StoreBusyError,
    UnknownQueryError,
    UnknownTableError,
)
from satark.analytics.query.request import Query, decode
from satark.analytics.query.times import Retention
from satark.analytics.store.statement import Reader, StoreError


class Desk:
    """Queries at work. Construction opens nothing; `close` ends what still runs.

    `address` is what ids name this server by, `now_us` the clock, `told` takes in what each query cost. Answers lie in
    `folder`, in files without a name; None is the system's folder for such.
    """

    def __init__(
        self,
        reader: Reader,
        *,
        now_us: Callable[[], int],
        told: Told,
        retention: Retention,
        limits: Limits,
        address: IPv4Address,
        folder: str | None = None,
    ) -> None:
        self.limits = limits
        self._reader, self._now_us, self._told, self._retention = reader, now_us, told, retention
        self._address, self._folder = address, folder
        self._book = Book(limits)
        self._runs: dict[UUID, Run] = {}
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._threads = ThreadPoolExecutor(limits.at_once, thread_name_prefix="query")

    async def table(self, name: str) -> Table:
        """Return a table. Raises UnknownTableError, StoreBusyError."""
        lookup = learnt.lookup(name)
        try:
            rows = await asyncio.to_thread(self._reader.rows, lookup) if lookup else []
        except StoreError as error:
            raise StoreBusyError("The store does not answer now: ask again later") from error
        table = learnt.table_of(name, rows)
        if table is None:
            raise UnknownTableError(name[:256])
        return table

    async def hand_in(self, body: bytes) -> tuple[Entry, Table]:
        """Take a query and let it run; return it and what it asks. Raises QueryError: none, or one too many."""
        query = decode(body)
        table = await self.table(query.table)
        plan = compile_query(
            query,
            table,
            now_us=self._now_us(),
            retention=self._retention,
            most_rows=self.limits.most_rows,
            timeout_s=self.limits.timeout_s,
        )
        self._sweep()
        entry = Entry(id=new_id(self._address), text=body.decode(), span=plan.span, enqueued_us=self._now_us())
        self._book.take(entry)
        self._begin(entry, plan, query)
        return entry, table

    async def over(self, entry: Entry) -> None:
        """Wait until a query is over. Raises its QueryError when it has no answer."""
        task = self._tasks.get(entry.id)
        if task is not None:
            await asyncio.shield(task)
        if entry.error is not None:
            raise entry.error

    def entry(self, query_id: str) -> Entry:
        """Return a query by its id. Raises InvalidQueryError, UnknownQueryError."""
        self._sweep()
        named = id_of(query_id)
        if server_of(named) != self._address:
            raise UnknownQueryError(f"Query {named} was taken by {server_of(named)}, which alone has its answer")
        return self._book.entry(named)

    def pieces(self, entry: Entry) -> Iterator[bytes]:
        """Return the answer, piece by piece; it blocks. Raises InvalidQueryError when it is not there yet."""
        if entry.error is not None:
            raise entry.error
        if entry.state is not State.DONE:
            raise InvalidQueryError(f"Query {entry.id} is not over: its progress is {entry.progress}")
        return self._runs[entry.id].spool.pieces()

    def cancel(self, entry: Entry) -> None:
        """Let a query end early."""
        if entry.id in self._runs:
            self._runs[entry.id].cancel()

    def drop(self, entry: Entry) -> None:
        """Throw an answer away that was told."""
        self._book.drop(entry.id)
        self._forget(entry.id)

    def status(self, entry: Entry) -> dict[str, object]:
        """Return how far a query is."""
        return entry.status(self._now_us(), self.limits.kept_s)

    def listing(self) -> dict[str, list[dict[str, object]]]:
        """Return the queries that wait, run, were abandoned or failed."""
        self._sweep()
        return self._book.listing()

    async def close(self) -> None:
        """Cancel what runs, wait for it, give all answers back."""
        for run in self._runs.values():
            run.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._threads.shutdown(wait=True, cancel_futures=True)
        for query_id in [*self._runs]:
            self._forget(query_id)

    def _begin(self, entry: Entry, plan: Plan, query: Query) -> None:
        run = Run(entry, plan, Spool(self._folder), self.limits)
        self._runs[entry.id] = run
        self._tasks[entry.id] = asyncio.create_task(self._run(run, query), name=f"query {entry.id}")

    async def _run(self, run: Run, query: Query) -> None:
        stages = Stages(monotonic())
        error: QueryError | None = QueryFailedError("The query ended by a mistake of the server")
        try:
            work = partial(run.carry_out, self._reader, lambda stage: stages.passed(stage, monotonic()))
            await asyncio.get_running_loop().run_in_executor(self._threads, work)
            error = None
        except QueryError as failure:
            error = failure
        except asyncio.CancelledError:
            run.cancel()
            error = QueryCancelledError()
            raise
        finally:
            if error is not None:
                run.spool.close()
            run.entry.ended(self._now_us(), error)
            self._tasks.pop(run.entry.id, None)
            self._tell(stats_of(run.entry, query, stages, monotonic()), error)
            asyncio.get_running_loop().call_later(self.limits.kept_s + 1, self._sweep)

    def _tell(self, stats: QueryStats, error: QueryError | None) -> None:
        metrics.QUERIES.labels(error.code if error else "answered").inc()
        metrics.QUERY_SECONDS.observe(stats.total_ms / 1000)
        metrics.QUERY_ROWS.inc(stats.rows)
        self._measure()
        self._told(stats)

    def _measure(self) -> None:
        metrics.QUERIES_UNFINISHED.set(len(self._tasks))
        metrics.ANSWER_BYTES.set(sum(run.spool.size_bytes for run in self._runs.values()))

    def _sweep(self) -> None:
        for query_id in self._book.sweep(self._now_us()):
            self._forget(query_id)

    def _forget(self, query_id: UUID) -> None:
        run = self._runs.pop(query_id, None)
        if run is not None:
            run.spool.close()
            self._measure()
