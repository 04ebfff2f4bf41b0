"""Records whose partitions are given, sent as batches: a record costs microseconds then, and not a hundred.

What aiokafka does for each record alone (a future, a place in a batch, a callback) is most of what sending costs.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from satark.runtime.records import OutgoingRecord


def are_placed(records: Sequence[OutgoingRecord]) -> bool:
    """Return whether it is given for each of several records which partition it goes to."""
    return len(records) > 1 and all(record.partition is not None for record in records)


async def sent_in_batches(producer: Any, records: Sequence[OutgoingRecord]) -> list[tuple[int, int]]:
    """Write records, those of a partition in order; return their (partition, offset) once all are safe.

    Raises KafkaError. A batch holds as many records as the producer's `max_batch_size` allows, one at least.
    """
    places: dict[tuple[str, int], list[int]] = {}
    for at, record in enumerate(records):
        if record.partition is not None:
            places.setdefault((record.topic, record.partition), []).append(at)
    parts = [
        asyncio.ensure_future(_sent(producer, topic, number, [records[at] for at in found]))
        for (topic, number), found in places.items()
    ]
    try:
        offsets = await asyncio.gather(*parts)
    finally:
        for part in parts:
            part.cancel()
    written = [(0, 0)] * len(records)
    for ((_, number), found), those in zip(places.items(), offsets, strict=True):
        for at, offset in zip(found, those, strict=True):
            written[at] = (number, offset)
    return written


async def _sent(producer: Any, topic: str, number: int, records: Sequence[OutgoingRecord]) -> list[int]:
    """Write records of one partition; the next batch waits until the one before it is on its way."""
    sent: list[tuple[int, asyncio.Future[Any]]] = []
    try:
        batch = producer.create_batch()
        for record in records:
            if not _fits(batch, record):
                sent.append((batch.record_count(), await producer.send_batch(batch, topic, partition=number)))
                batch = producer.create_batch()
                _fits(batch, record)
        sent.append((batch.record_count(), await producer.send_batch(batch, topic, partition=number)))
        first = [((await future).offset, count) for count, future in sent]
    finally:
        for _, future in sent:
            future.cancel()  # nobody is left to hear of it; a future that is done stays as it is
    return [offset + at for offset, count in first for at in range(count)]


def _fits(batch: Any, record: OutgoingRecord) -> bool:
    """Put a record into a batch, if there is room; in an empty one there always is."""
    put = batch.append(key=record.key, value=record.value, timestamp=None, headers=list(record.headers))
    return put is not None
