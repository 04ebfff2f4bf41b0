"""Faust's aiokafka transport, with three gaps closed through which records were skipped until the next restart.

At the end of a recovery Faust (0.15.3) resumes the source partitions, seeks to the committed offsets, and then resumes
the flow, which empties the streams' queues. A fetch that ends between the first and the last step fills those queues
and moves the read offset on; what is emptied is not read again. Here source partitions resume with the flow, not
before it.

aiokafka's `seek_to_committed` leaves a partition without a committed offset, or with offset 0, where it is, although
Faust relies on it to read again what it has dropped. Here such a partition is sought to its beginning, which is where
a group without commits starts.

A fetch is given the very set of partitions that are read, which pausing changes while the fetch waits: once it is empty,
aiokafka takes it for no wish at all, takes records of all partitions, and Faust drops them. This happened to partitions
that a worker keeps in a rebalance. Here what a fetch is given is never empty.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from faust.transport.drivers import aiokafka as driver
from faust.types import TP


class Active:
    """The partitions that are read, as they are at the moment of asking."""

    def __init__(self, partitions: AbstractSet[TP]) -> None:
        self._partitions = partitions

    def __contains__(self, partition: object) -> bool:
        return partition in self._partitions


class Consumer(driver.Consumer):
    """Reads every record of a source partition from the committed offset on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._held: set[TP] = set()

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """Resume changelogs at once, source partitions when the flow resumes."""
        changelogs = self.app.tables.changelog_topics
        wanted = set(tps)
        self._held |= {tp for tp in wanted if tp.topic not in changelogs}
        super().resume_partitions(wanted - self._held)

    def pause_partitions(self, tps: Iterable[TP]) -> None:
        """Pause partitions, also those that only wait to be resumed."""
        wanted = set(tps)
        self._held -= wanted
        super().pause_partitions(wanted)

    def resume_flow(self) -> None:
        """Let messages through again, and resume the partitions that waited for it."""
        super().resume_flow()
        held, self._held = self._held, set()
        if held:
            super().resume_partitions(held)

    async def _getmany(self, active_partitions: AbstractSet[TP] | None, timeout: float) -> Any:
        """Fetch records of these partitions, and of no others when they are paused meanwhile."""
        wanted: Any = None if active_partitions is None else Active(active_partitions)
        return await super()._getmany(wanted, timeout)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek to the committed offsets, or to the beginning where there is none; return the committed ones."""
        committed = await super().seek_to_committed()
        changelogs = self.app.tables.changelog_topics
        fresh = [tp for tp, offset in committed.items() if not offset and tp.topic not in changelogs]
        if fresh:
            await self.seek_wait(await self.earliest_offsets(*fresh))
        return committed


class Transport(driver.Transport):
    """The aiokafka transport with that consumer."""

    Consumer = Consumer
