"""A Faust table whose rows become partitions, each known by its number, instead of one dictionary of all.

Faust reads the changelog in chunks (at recovery, and for standby copies) and says which partitions are ours; what the rows
mean is not its business, and no second copy of them is kept beside the objects that they are of.
"""

from collections.abc import Callable, Iterable
from typing import Any

import faust
from faust.types import TP

from satark.detector.chunks import BUFFERED, ChunkSchema

Rows = dict[bytes, bytes]
Recovered = Callable[[int, Rows], None]
Lost = Callable[[int], None]


class PartitionTable(faust.Table[bytes, bytes]):
    """Tells of each partition that becomes ours with its rows, and of each that is no longer.

    The rows of partitions that are ours are not looked at again: they are what we wrote ourselves. So that Faust does not
    read them all again when others move, it is told where the last one is.
    """

    on_recovered: Recovered
    on_lost: Lost

    def watch(self, *, on_recovered: Recovered, on_lost: Lost) -> None:
        """Tell these from now on."""
        self.on_recovered = on_recovered
        self.on_lost = on_lost
        self._ours: set[int] = set()
        self._rows: dict[int, Rows] = {}
        self._position: dict[int, int] = {}

    def wrote(self, places: Iterable[tuple[int, int]]) -> None:
        """Note where rows of ours were written: partitions and offsets, in order."""
        self._position.update((number, offset) for number, offset in places if number in self._ours)

    def persisted_offset(self, tp: TP) -> int:
        """Return up to where the changelog is known, -1: not at all.

        With None, Faust would go on from where it was when the partition was here before.
        """
        return self._position.get(tp.partition, -1)

    def apply_changelog_batch(self, batch: Iterable[Any]) -> None:
        """Take in chunks of rows of partitions that are not ours yet, or for which we stand by."""
        for event in batch:
            message = event.message
            self._position[message.partition] = max(message.offset, self._position.get(message.partition, -1))
            if message.partition not in self._ours:
                _take(self._rows.setdefault(message.partition, {}), message.value)

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Let go of partitions that are not ours any more."""
        await super().on_rebalance(assigned, revoked, newly_assigned, generation_id)
        topic = self.changelog_topic_name
        active = {tp.partition for tp in self.app.assignor.assigned_actives() if tp.topic == topic}
        for number in sorted(self._ours - active):
            self._ours.discard(number)
            self._position.pop(number, None)
            self.on_lost(number)
        kept = {tp.partition for tp in assigned if tp.topic == topic} | self._ours
        for number in self._position.keys() - kept:
            self._position.pop(number)
            self._rows.pop(number, None)

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:
        """Hand over the partitions whose rows are all here.

        When partitions are shared out while a recovery ends, Faust says that of those that have just come, too.
        """
        await super().on_recovery_completed(active_tps, standby_tps)
        for number in sorted({tp.partition for tp in active_tps if self._is_read(tp)} - self._ours):
            self._ours.add(number)
            self.on_recovered(number, self._rows.pop(number, {}))

    def _is_read(self, tp: TP) -> bool:
        recovery: Any = self.app.tables.recovery  # type: ignore[attr-defined] # Faust's interface leaves it out
        end, read = recovery.active_highwaters.get(tp), recovery.active_offsets.get(tp)
        return end is not None and read is not None and read >= end


def _take(rows: Rows, records: Iterable[Any]) -> None:
    for record in records:
        if record.value is None:
            rows.pop(record.key, None)
        elif record.key is not None:
            rows[record.key] = record.value


def partition_table(app: faust.App, *, name: str, partitions: int) -> PartitionTable:
    """Return the table of an app, which is not started yet."""
    table = PartitionTable(
        app,
        name=name,
        key_type=bytes,
        value_type=bytes,
        schema=ChunkSchema(),
        partitions=partitions,
        store="memory://",
        recovery_buffer_size=BUFFERED,
        beacon=app.tables.beacon,
    )
    app.tables.add(table)
    return table
