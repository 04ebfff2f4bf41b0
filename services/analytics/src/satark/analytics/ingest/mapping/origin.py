"""Where a row came from, and times as the store counts them."""

from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Origin = tuple[str, int, int]
"""Topic, partition and offset of the record: the last columns of every row (`tables.ORIGIN`)."""

Values = tuple[Any, ...]
"""A row, in the order of its table's columns."""


def microseconds(time: datetime) -> int:
    """Return an aware time as microseconds since 1970: the store takes numbers twice as fast as datetimes."""
    return (time - EPOCH) // _MICROSECOND
