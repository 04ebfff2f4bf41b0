"""A store that answers as told, and a desk over it."""

import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Any

import msgspec

from satark.analytics.desk.desk import Desk
from satark.analytics.desk.limits import Limits
from satark.analytics.desk.stats import QueryStats
from satark.analytics.query.times import Retention
from satark.analytics.store.statement import Reader, Row, Statement, StoreError

HERE = IPv4Address("192.0.2.7")
KEEP = Retention(messages_s=None, objects_s=None, statistics_s=None, sessions_s=None)
QUERY = {"table": "MessageTable", "start_time": "now-1h", "end_time": "now", "select_fields": ["Source", "Level"]}


@dataclass(slots=True)
class ScriptedStore:
    """Answers every statement with the same blocks; waits before each until it may, and fails when told."""

    answer: Sequence[Sequence[Row]] = ()
    failure: StoreError | None = None
    probe_failure: StoreError | None = None
    may_go_on: threading.Event = field(default_factory=threading.Event)
    asked: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)
    statements: list[Statement] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Wait for nobody, unless a test says so."""
        self.may_go_on.set()

    def rows(self, statement: Statement) -> list[Row]:
        """Answer a lookup or a probe."""
        self.statements.append(statement)
        if self.probe_failure is not None:
            raise self.probe_failure
        return []

    def blocks(self, statement: Statement) -> Iterator[Sequence[Row]]:
        """Answer a query."""
        self.statements.append(statement)
        try:
            for block in self.answer:
                self.asked.set()
                self.may_go_on.wait(30)
                yield block
            self.asked.set()
            self.may_go_on.wait(30)
            if self.failure is not None:
                raise self.failure
        finally:
            self.closed.set()


@dataclass(slots=True)
class Clock:
    """Microseconds that go on when told."""

    now_us: int = 1_700_000_000_000_000

    def __call__(self) -> int:
        """Return the time."""
        return self.now_us

    def advance(self, seconds: float) -> None:
        """Let time go by."""
        self.now_us += round(seconds * 1_000_000)


@asynccontextmanager
async def desk_over(
    reader: Reader,
    *,
    clock: Callable[[], int] | None = None,
    told: list[QueryStats] | None = None,
    limits: Limits | None = None,
    folder: str | None = None,
) -> AsyncIterator[Desk]:
    """Yield a desk that is closed afterwards."""
    costs: list[QueryStats] = [] if told is None else told
    desk = Desk(
        reader,
        now_us=clock or Clock(),
        told=costs.append,
        retention=KEEP,
        limits=limits or Limits(),
        address=HERE,
        folder=folder,
    )
    try:
        yield desk
    finally:
        await desk.close()


def body(**given: Any) -> bytes:
    """Return a query as it is sent."""
    return msgspec.json.encode(QUERY | given)


def rows(count: int) -> list[Row]:
    """Return rows of the query's two columns."""
    return [(f"host{number}", number) for number in range(count)]
