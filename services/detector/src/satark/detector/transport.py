"""Faust's aiokafka transport: four gaps closed through which records were skipped, commits that keep up, writing in bulk.

At the end of a recovery Faust (0.15.3) resumes the source partitions, seeks to the committed offsets, and then resumes
the flow, which empties the streams' queues. A fetch that ends between the first and the last step fills those queues
and moves the read offset on; what is emptied is not read again. Here source partitions resume with the flow, not
before it. The changelogs that a worker stands by for go through the same queues and resume earlier still, which leaves
holes in its copy: they wait for the same moment.

aiokafka's `seek_to_committed` leaves a partition without a committed offset, or with offset 0, where it is, although
Faust relies on it to read again what it has dropped. Here such a partition is sought to its beginning, which is where
a group without commits starts.

A fetch is given the very set of partitions that are read, which pausing changes while the fetch waits: once it is empty,
aiokafka takes it for no wish at all, takes records of all partitions, and Faust drops them. This happened to partitions
that a worker keeps in a rebalance. Here what a fetch is given is never empty.

Faust counts a message to the gap of offsets before it. Acknowledged, it is there twice, and twice the same number ends what
Faust holds for consecutive: a commit reached the end of one gap only. As each chunk has a gap before it, a partition with more
than one chunk a commit fell behind for ever, although everything was done. Here a gap ends before the message.

It sees no gap behind offset 0. After a first chunk that ended there nothing was committed any more; here what lies between
counts as read.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from satark.detector.chunks import IN_CHUNKS


@dataclass(frozen=True, slots=True)
class Span:
    """Where rows were written: their first and last offset, and whether nothing else lies between."""

    first: int
    last: int
    is_whole: bool


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
        self._is_last_flow = False

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """Resume changelogs for recovery at once; others when the flow resumes that ends the recovery."""
        changelogs, standbys = self.app.tables.changelog_topics, self.app.assignor.assigned_standbys()
        wanted = set(tps)
        at_once = {tp for tp in wanted if tp.topic in changelogs and tp not in standbys}
        # Faust resumes the sources, or none if there are none, last of all.
        self._is_last_flow = not wanted or any(tp.topic not in changelogs for tp in wanted)
        self._held |= wanted - at_once
        super().resume_partitions(at_once)

    def pause_partitions(self, tps: Iterable[TP]) -> None:
        """Pause partitions, also those that only wait to be resumed."""
        wanted = set(tps)
        self._held -= wanted
        super().pause_partitions(wanted)

    def resume_flow(self) -> None:
        """Let messages through again, and resume the partitions that waited for it."""
        super().resume_flow()
        if not self._is_last_flow:
            return
        held, self._held, self._is_last_flow = self._held, set(), False
        if held:
            super().resume_partitions(held)

    async def _getmany(self, active_partitions: AbstractSet[TP] | None, timeout: float) -> Any:
        """Fetch records of these partitions, and of no others when they are paused meanwhile."""
        wanted: Any = None if active_partitions is None else Active(active_partitions)
        return await super()._getmany(wanted, timeout)

    def _new_offset(self, tp: TP) -> int | None:
        """Return where to read on if all that is acknowledged is committed."""
        acked = self._acked[tp]
        if acked and self._committed_offset[tp] == 1:
            acked.extend(range(1, min(acked)))
        return super()._new_offset(tp)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek to the committed offsets, or to the beginning where there is none; return the committed ones."""
        committed = await super().seek_to_committed()
        changelogs = self.app.tables.changelog_topics
        fresh = [tp for tp, offset in committed.items() if not offset and tp.topic not in changelogs]
        if fresh:
            await self.seek_wait(await self.earliest_offsets(*fresh))
        return committed

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Note that nothing is at the offsets before a message, itself at `offset_to`."""
        await super()._add_gap(tp, offset_from, offset_to - 1)

    def on_buffer_full(self, tp: TP) -> None:
        """Stop fetching a partition whose queue is nearly full, but not where it is of few chunks.

        A fetch without that partition would wait for its whole second. The full queue itself holds the reader back.
        """
        if tp.topic not in IN_CHUNKS:
            super().on_buffer_full(tp)

    def on_buffer_drop(self, tp: TP) -> None:
        """Fetch a partition again."""
        if tp.topic not in IN_CHUNKS:
            super().on_buffer_drop(tp)


class Producer(driver.Producer):
    """Leaves a broker that fell silent, and also writes many rows at once: a record costs microseconds then, and not a hundred."""

    def _new_producer(self, transactional_id: str | None = None) -> Any:
        """Return a client that waits for one answer as long as a consumer, and then asks whoever leads the partition now.

        Faust has one number for that and for how long a record is kept to be written, which is twenty minutes.
        """
        producer = super()._new_producer(transactional_id)
        limit_ms = int(self.app.conf.broker_request_timeout * 1000)
        producer.client._request_timeout_ms = limit_ms  # noqa: SLF001 - no other way in
        producer._sender._request_timeout_ms = limit_ms  # noqa: SLF001 - as above: the broker is told, too
        return producer

    async def send_many(self, topic: str, partition: int, rows: Sequence[tuple[bytes, bytes | None]]) -> Span:
        """Write one or more rows to a partition, in order, and wait until all are safe.

        Raises what the client raises; any part of the rows may be written then.
        """
        producer = self._ensure_producer()
        sent, batch = [], producer.create_batch()
        for key, value in rows:
            if batch.append(key=key, value=value, timestamp=None) is None:
                sent.append((batch.record_count(), await producer.send_batch(batch, topic, partition=partition)))
                batch = producer.create_batch()
                batch.append(key=key, value=value, timestamp=None)
        sent.append((batch.record_count(), await producer.send_batch(batch, topic, partition=partition)))
        # All of them are waited for before the first failure is raised: what is written again must not meet what is on its way.
        await asyncio.wait([future for _, future in sent])
        return span_of([((await future).offset, count) for count, future in sent])


def span_of(batches: Sequence[tuple[int, int]]) -> Span:
    """Return where batches lie, given the first offset and the number of records of each, in order."""
    first, (last_start, last_count) = batches[0][0], batches[-1]
    ends = [start + count for start, count in batches]
    is_whole = all(end == start for end, (start, _) in zip(ends, batches[1:], strict=False))
    return Span(first, last_start + last_count - 1, is_whole)


class Transport(driver.Transport):
    """The aiokafka transport with these."""

    Consumer = Consumer
    Producer = Producer
