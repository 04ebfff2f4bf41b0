"""Many records of a partition as one message of Faust, for topics that are read in bulk.

Faust spends some hundred microseconds on a record, whatever it holds: queue, conductor, event, acknowledgement, task
switches. Judging one takes a tenth of that. So the scheduler, which Faust lets an application choose, makes chunks here:
objects with the fields of a record, whose value is a list of records.

Faust sees a chunk's last offset only. It takes the offsets before it for ones that were compacted away, and commits across
them. It would also commit across a chunk that is not acknowledged, once a later one is: therefore chunks of a partition
must be acknowledged in order (`judging.backlog`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import faust
from faust.transport.utils import DefaultSchedulingStrategy

from satark.schemas.topics import ALARM_COMMANDS, METRICS, UVES

IN_CHUNKS = frozenset((METRICS, UVES, ALARM_COMMANDS))
"""The topics that agents read in chunks."""

BUFFERED = 2
"""Chunks of a changelog that Faust collects before it hands them over. With 1 it would go on reading what we write ourselves."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How much one chunk holds at most; a record that is larger alone is a chunk of its own."""

    records: int
    value_bytes: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records of one partition, in order, and the fields of a record that Faust looks at."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    timestamp_type: int
    value: Sequence[Any]
    serialized_value_size: int
    key: None = None
    headers: tuple[()] = ()
    checksum: None = None
    serialized_key_size: int = 0


def chunked(records: Sequence[Any], limit: Limit) -> Iterator[Chunk]:
    """Yield records of one partition as chunks."""
    part: list[Any] = []
    size = 0
    for record in records:
        more = len(record.value or b"")
        if part and (len(part) >= limit.records or size + more > limit.value_bytes):
            yield _chunk(part, size)
            part, size = [], 0
        part.append(record)
        size += more
    if part:
        yield _chunk(part, size)


def _chunk(part: Sequence[Any], size: int) -> Chunk:
    last = part[-1]
    return Chunk(last.topic, last.partition, last.offset, last.timestamp, last.timestamp_type, part, size)


class ChunkScheduler(DefaultSchedulingStrategy):
    """Takes turns between topics, and between partitions of each; records of some topics come in chunks."""

    def __init__(self, limits: Mapping[str, Limit]) -> None:
        self._limits = limits

    def iterate(self, records: Mapping[Any, Sequence[Any]]) -> Iterator[tuple[Any, Any]]:
        """Yield records, and chunks of them, with their partitions."""
        limits = self._limits
        items: dict[Any, Any] = {
            tp: chunked(found, limits[tp.topic]) if tp.topic in limits else found for tp, found in records.items()
        }
        return super().iterate(items)


class ChunkSchema(faust.Schema[bytes, bytes]):
    """Passes on what the scheduler made. Types are declared because tables want them; nothing is converted."""

    def __init__(self) -> None:
        super().__init__(key_type=bytes, key_serializer="raw", value_type=bytes, value_serializer="raw")

    def loads_key(self, app: Any, message: Any, **_options: Any) -> Any:  # noqa: ARG002 - Faust names it
        """Return the key as it is."""
        return message.key

    def loads_value(self, app: Any, message: Any, **_options: Any) -> Any:  # noqa: ARG002 - as above
        """Return the records as they are."""
        return message.value
