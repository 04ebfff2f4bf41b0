"""The states of links as a Faust table: its changelog is read in chunks, and its rows are kept by partition.

Faust's own table costs a hundred microseconds and more a row, in both directions. Here rows come in from chunks, and what
is written goes to the changelog in batches (`transport.Producer`) and then into the table.

After each rebalance Faust reads a changelog from the position that the table names. It is the end of what we have read and
written ourselves, as long as nothing of another process can lie before it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import faust
from faust.types import TP

from satark.detector.chunks import BUFFERED, ChunkSchema
from satark.detector.delivery import Rows
from satark.detector.judging.draining import about
from satark.detector.transport import Span


class LinkTable(faust.Table[bytes, bytes]):
    """Rows in memory, of the partitions that are ours and of those for which we stand by."""

    def __init__(self, app: faust.App, **options: Any) -> None:
        super().__init__(app, **options)
        self._rows: dict[int, dict[bytes, bytes]] = {}
        self._position: dict[int, int] = {}

    def stored(self, partition: int, key: bytes) -> bytes | None:
        """Return a row's value."""
        return self._rows.get(partition, {}).get(key)

    def keep(self, partition: int, rows: Rows, span: Span | None) -> None:
        """Take in rows that are in the changelog now; `span` says where, None if that is not known of all."""
        self._rows.setdefault(partition, {}).update(rows)
        if span is not None and span.is_whole and span.first == self._position.get(partition, -1) + 1:
            self._position[partition] = span.last
        else:
            self._position.pop(partition, None)

    def count(self) -> int:
        """Return the number of rows."""
        return sum(map(len, self._rows.values()))

    def persisted_offset(self, tp: TP) -> int | None:
        """Return up to where the changelog is in the table, -1: there is nothing of it; None: not known.

        With None Faust goes on from where it was; that must not be what it read of a partition that was let go meanwhile.
        """
        return self._position.get(tp.partition, None if tp.partition in self._rows else -1)

    def apply_changelog_batch(self, batch: Iterable[Any]) -> None:
        """Take in chunks of the changelog."""
        for event in batch:
            rows = self._rows.setdefault(event.message.partition, {})
            for record in event.message.value:
                if record.value is None:
                    rows.pop(record.key, None)
                elif record.key is not None:
                    rows[record.key] = record.value
            self._position[event.message.partition] = event.message.offset

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Let go of partitions that are not ours any more."""
        await super().on_rebalance(assigned, revoked, newly_assigned, generation_id)
        kept = {tp.partition for tp in assigned if tp.topic == self.changelog_topic_name}
        for number in (self._rows.keys() | self._position.keys()) - kept:
            self._rows.pop(number, None)
            self._position.pop(number, None)


@dataclass(slots=True)
class _Row:
    """One row as Faust's stores take it from a changelog."""

    tp: TP
    offset: int
    key: bytes | None
    value: bytes | None

    @property
    def partition(self) -> int:
        return self.tp.partition

    @property
    def message(self) -> "_Row":
        return self


class DiskTable(LinkTable):
    """Rows in Faust's store on disk, which keeps the position too."""

    _entries = 0

    def stored(self, partition: int, key: bytes) -> bytes | None:
        """Return a row's value."""
        with about(_Place(partition)):
            found: bytes | None = self.data.get(key)
        return found

    def keep(self, partition: int, rows: Rows, span: Span | None) -> None:
        """Take in rows that are in the changelog now."""
        tp = TP(self.changelog_topic_name, partition)
        position = self.persisted_offset(tp)
        position = -1 if position is None else position
        follows = span is not None and span.is_whole and span.first == position + 1
        last = span.last if span is not None and follows else position
        self._entries += sum(self.stored(partition, key) is None for key, _ in rows)
        self._take(_Row(tp, last, key, value) for key, value in rows)

    def count(self) -> int:
        """Return the number of rows."""
        return self._entries

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:
        """Count what is there, once: the store can only look at all of it."""
        await super().on_recovery_completed(active_tps, standby_tps)
        self._entries = len(self.data)

    def persisted_offset(self, tp: TP) -> int | None:
        """Return up to where the changelog is in the table, None: not known."""
        offset: int | None = self.data.persisted_offset(tp)
        return offset

    def apply_changelog_batch(self, batch: Iterable[Any]) -> None:
        """Take in chunks of the changelog."""
        self._take(_rows(batch))

    def _take(self, rows: Iterable[_Row]) -> None:
        store: Any = self.data
        store.apply_changelog_batch(rows, to_key=bytes, to_value=bytes)


def _rows(batch: Iterable[Any]) -> Iterator[_Row]:
    for event in batch:
        for record in event.message.value:
            if record.key is not None:
                yield _Row(event.message.tp, record.offset, record.key, record.value)


class _Place:
    """What Faust's stores look for in the event at work: its partition."""

    def __init__(self, partition: int) -> None:
        self.partition = partition
        self.message = self


def link_table(app: faust.App, *, name: str, partitions: int, on_disk: bool) -> LinkTable:
    """Return the table of an app, which is not started yet."""
    # Types, not a schema alone: Faust takes a table's serializers from its types, and recovery of undeclared ones hangs
    # for ever.
    options: dict[str, Any] = {
        "name": name,
        "key_type": bytes,
        "value_type": bytes,
        "schema": ChunkSchema(),
        "partitions": partitions,
        "recovery_buffer_size": BUFFERED,
        "beacon": app.tables.beacon,
    }
    if on_disk:
        table: LinkTable = DiskTable(app, options={"driver": "rocksdict"}, **options)
    else:
        table = LinkTable(app, store="memory://", **options)
    app.tables.add(table)
    return table
