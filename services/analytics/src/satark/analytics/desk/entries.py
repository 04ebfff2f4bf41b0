"""One query that was handed in, and what is said of it (specs/analytics.md, clause 2.8)."""

from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from satark.analytics.query.errors import QueryCancelledError, QueryError
from satark.analytics.query.times import Span

SHOWN_CHARACTERS = 4096
"""How much of a query the list of queries shows."""


class State(Enum):
    """How far a query is; the value is what a client is told as progress."""

    WAITING = 10
    RUNNING = 15
    WRITING = 90
    DONE = 100
    FAILED = -1

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self in (State.DONE, State.FAILED)


@dataclass(slots=True, kw_only=True)
class Entry:
    """A query, from when it was handed in until its answer is thrown away."""

    id: UUID
    text: str
    span: Span
    enqueued_us: int
    state: State = State.WAITING
    rows: int = 0
    lines: int = 0
    size_bytes: int = 0
    ended_us: int = 0
    error: QueryError | None = None

    @property
    def progress(self) -> int:
        """Percent, or the negative number of the error."""
        return self.error.number if self.error else self.state.value

    def ended(self, now_us: int, error: QueryError | None = None) -> None:
        """Take note that the query is over."""
        self.state, self.error, self.ended_us = State.FAILED if error else State.DONE, error, now_us

    def status(self, now_us: int, kept_s: int) -> dict[str, Any]:
        """Return what a client is told that asks how far the query is."""
        left_s = kept_s - (now_us - self.ended_us) // 1_000_000 if self.state.over else kept_s
        chunk: dict[str, Any] = {
            "progress": self.progress,
            "lines": self.lines,
            "count": self.rows,
            "start_time": str(self.span.start_us),
            "end_time": str(self.span.end_us),
            "ttl": max(left_s, 0),
        }
        if self.state is State.DONE:
            chunk["href"] = f"{self.href}/chunk-final/0"
        status: dict[str, Any] = {"progress": self.progress, "chunks": [chunk]}
        return status | {"error": str(self.error)} if self.error else status

    @property
    def href(self) -> str:
        """Where a client asks for the query."""
        return f"/analytics/query/{self.id}"

    def listed(self) -> dict[str, Any]:
        """Return what the list of queries says."""
        told: dict[str, Any] = {
            "query_id": str(self.id),
            "query": self.text[:SHOWN_CHARACTERS],
            "enqueue_time": str(self.enqueued_us),
        }
        if self.error is not None:
            return told | {"error_code": self.error.number, "error": str(self.error)}
        return told | ({"progress": self.progress} if self.state in (State.RUNNING, State.WRITING) else {})

    @property
    def abandoned(self) -> bool:
        """Whether whoever asked went away."""
        return isinstance(self.error, QueryCancelledError)
