"""Kafka records as values, so that pure code can speak of them without a client library."""

from dataclasses import dataclass
from datetime import datetime

Header = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it was read: `offset` is its place in the partition, `timestamp` the broker's or producer's, UTC."""

    topic: str
    partition: int
    offset: int
    timestamp: datetime
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...] = ()


@dataclass(frozen=True, slots=True)
class OutgoingRecord:
    """A record to be written; Kafka's default partitioner places it by its key, unless `partition` says where."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...] = ()
    partition: int | None = None
