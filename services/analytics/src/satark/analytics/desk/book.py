"""Which queries there are, which more may come, and whose answers are thrown away. Pure: `now_us` is an argument."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from satark.analytics.desk.entries import Entry, State
from satark.analytics.desk.limits import Limits
from satark.analytics.query.errors import TooManyQueriesError, UnknownQueryError
from satark.analytics.query.times import SECOND_US


class Book:
    """Queries by id, in the order in which they came."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._entries: dict[UUID, Entry] = {}

    def take(self, entry: Entry) -> None:
        """Take a query. Raises TooManyQueriesError."""
        most = self._limits.most_queries
        if sum(not each.state.over for each in self._entries.values()) >= most:
            raise TooManyQueriesError(f"{most} queries are running: ask again when one is over")
        self._entries[entry.id] = entry

    def entry(self, query_id: UUID) -> Entry:
        """Return a query. Raises UnknownQueryError."""
        found = self._entries.get(query_id)
        if found is None:
            raise UnknownQueryError(f"Query {query_id} is not known, or not any more")
        return found

    def drop(self, query_id: UUID) -> None:
        """Forget a query whose answer was told."""
        self._entries.pop(query_id, None)

    def sweep(self, now_us: int) -> list[UUID]:
        """Forget what is expired, then the oldest answers that there is no room for; return their ids."""
        over = sorted((each for each in self._entries.values() if each.state.over), key=lambda each: each.ended_us)
        room, kept = self._limits.kept_bytes, self._limits.most_kept
        gone = [each for each in over if now_us - each.ended_us >= self._limits.kept_s * SECOND_US]
        left = over[len(gone) :]
        size = sum(each.size_bytes for each in left)
        while left and (len(left) > kept or size > room):
            oldest = left.pop(0)
            size -= oldest.size_bytes
            gone.append(oldest)
        for each in gone:
            del self._entries[each.id]
        return [each.id for each in gone]

    def listing(self) -> dict[str, list[dict[str, Any]]]:
        """Return all queries that wait, run, were abandoned or failed."""
        entries = self._entries.values()
        return {
            "pending_queries": _listed(each for each in entries if each.state is State.WAITING),
            "queries_being_processed": _listed(
                each for each in entries if each.state in (State.RUNNING, State.WRITING)
            ),
            "abandoned_queries": _listed(each for each in entries if each.abandoned),
            "error_queries": _listed(each for each in entries if each.error is not None and not each.abandoned),
        }


def _listed(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    return [each.listed() for each in entries]
