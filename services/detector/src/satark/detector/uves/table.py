"""A Faust table whose rows become partitions, each known by its number, instead of one dictionary of all.

Faust reads the changelog (at recovery, and for standby copies) and says which partitions are ours; what the rows mean
is not its business, and no second copy of them is kept beside the objects that they are of.
"""

from collections.abc import Callable, Iterable
from typing import Any

import faust
from faust.types import TP

Rows = dict[bytes, bytes]
Recovered = Callable[[int, Rows], None]
Lost = Callable[[int], None]


class PartitionTable(faust.Table[bytes, bytes]):
    """Tells of each partition that becomes ours with its rows, and of each that is no longer.

    The rows of partitions that are ours are not looked at again: they are what we wrote ourselves.
    """

    on_recovered: Recovered
    on_lost: Lost

    def watch(self, *, on_recovered: Recovered, on_lost: Lost) -> None:
        """Tell these from now on."""
        self.on_recovered = on_recovered
        self.on_lost = on_lost
        self._ours: set[int] = set()
        self._rows: dict[int, Rows] = {}

    def apply_changelog_batch(self, batch: Iterable[Any]) -> None:
        """Take in rows of partitions that are not ours yet, or for which we stand by."""
        for event in batch:
            number = event.message.partition
            if number not in self._ours:
                _take(self._rows.setdefault(number, {}), event.message.key, event.message.value)

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Let go of partitions that are not ours any more."""
        await super().on_rebalance(assigned, revoked, newly_assigned, generation_id)
        topic = self.changelog_topic_name
        active = {tp.partition for tp in self.app.assignor.assigned_actives() if tp.topic == topic}
        for number in sorted(self._ours - active):
            self._ours.discard(number)
            self.on_lost(number)
        kept = {tp.partition for tp in assigned if tp.topic == topic}
        for number in self._rows.keys() - kept:
            del self._rows[number]

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:
        """Hand over the partitions whose rows are all here."""
        await super().on_recovery_completed(active_tps, standby_tps)
        for number in sorted({tp.partition for tp in active_tps} - self._ours):
            self._ours.add(number)
            self.on_recovered(number, self._rows.pop(number, {}))


def _take(rows: Rows, key: bytes | None, value: bytes | None) -> None:
    if key is None:
        return
    if value is None:
        rows.pop(key, None)
    else:
        rows[key] = value
