"""What ingest wants of the store: notes of ranges, inserts, and which records are there already."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from satark.analytics.ingest.mapping.origin import Values
from satark.analytics.ingest.ranges import Note, Range, State
from satark.analytics.store.statement import Reader, Statement
from satark.analytics.store.tables import BY_NAME, OFFSETS, Table

CONSUMER = "satark-analytics"

_NOTES = Statement(
    "SELECT kafka_topic, kafka_partition, state, first, last, stamp, toUnixTimestamp64Micro(written) FROM offsets FINAL"
    " WHERE consumer = {consumer:String}",
    {"consumer": CONSUMER},
)


class Shelf(Protocol):
    """The store as ingest sees it. Every call blocks and raises StoreError."""

    def notes(self) -> list[Note]:
        """Return what all writers noted last."""
        ...

    def note(self, state: State, ranges: Sequence[Range]) -> None:
        """Note the state of ranges."""
        ...

    def insert(self, table: str, rows: Sequence[Values], token: str) -> None:
        """Insert rows, all or none of each partition; what was inserted under the same token is not inserted again."""
        ...

    def present(self, table: str, within: Range, rows: Sequence[Values]) -> Collection[int]:
        """Return the offsets of which the store has any of these rows."""
        ...


class Writable(Reader, Protocol):
    """A store that rows are inserted into."""

    def insert_columns(
        self, table: str, columns: Sequence[str], values: Sequence[Sequence[Any]], token: str = ""
    ) -> None:
        """Insert rows, column by column."""
        ...


class StoreShelf:
    """The real one. `writer` is this process's own name: no two writers' notes are ever mixed up."""

    def __init__(self, store: Writable, writer: str) -> None:
        self._store = store
        self._writer = writer
        self._written = 0

    def notes(self) -> list[Note]:
        """Return what all writers noted last."""
        return [
            Note(State(state), Range(topic, partition, first, last, stamp), written)
            for topic, partition, state, first, last, stamp, written in self._store.rows(_NOTES)
        ]

    def note(self, state: State, ranges: Sequence[Range]) -> None:
        """Note the state of ranges; of several of one partition, give the last only."""
        now = int(datetime.now(UTC).timestamp() * 1_000_000)
        # A later note must count, also when the clock was set back.
        self._written = max(now, self._written + 1)
        rows = [
            (CONSUMER, each.topic, each.partition, state.value, self._writer, *_bounds(each), self._written)
            for each in ranges
        ]
        self._insert(OFFSETS, rows, "")

    def insert(self, table: str, rows: Sequence[Values], token: str) -> None:
        """Insert rows."""
        self._insert(BY_NAME[table], rows, token)

    def present(self, table: str, within: Range, rows: Sequence[Values]) -> Collection[int]:
        """Return the offsets of which the store has rows between the first and the last time of these."""
        at = BY_NAME[table].names.index("time")
        times = [row[at] for row in rows]
        found = self._store.rows(
            Statement(
                f"SELECT DISTINCT kafka_offset FROM {table}"  # noqa: S608 - a table's name is ours
                " WHERE kafka_topic = {topic:String} AND kafka_partition = {partition:UInt16}"
                " AND kafka_offset BETWEEN {first:UInt64} AND {last:UInt64}"
                " AND time BETWEEN fromUnixTimestamp64Micro({from:Int64}, 'UTC')"
                " AND fromUnixTimestamp64Micro({to:Int64}, 'UTC')",
                {
                    "topic": within.topic,
                    "partition": within.partition,
                    "first": within.first,
                    "last": within.last,
                    "from": min(times),
                    "to": max(times),
                },
            )
        )
        return {offset for (offset,) in found}

    def _insert(self, table: Table, rows: Sequence[Values], token: str) -> None:
        if rows:
            self._store.insert_columns(table.name, table.names, list(zip(*rows, strict=True)), token)


def _bounds(each: Range) -> tuple[int, int, int]:
    return each.first, each.last, each.stamp
