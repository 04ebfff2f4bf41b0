"""The units of time of the portal API: UTC, milliseconds since the epoch, five-minute buckets (1.4)."""

from datetime import UTC, datetime, timedelta

BUCKET_MS = 300_000
"""Edges report their statistics every five minutes."""

MINUTE_MS = 60_000
DAY = timedelta(hours=24)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def to_ms(when: datetime) -> int:
    """Return milliseconds since the epoch, rounded down."""
    return (when - EPOCH) // MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """Return the aware UTC datetime of milliseconds since the epoch.

    Raises OverflowError beyond the year 9999.
    """
    return EPOCH + timedelta(milliseconds=milliseconds)


def floor_to(when: datetime, step: timedelta) -> datetime:
    """Return the last multiple of `step` since the epoch that is not after `when`."""
    return EPOCH + (when - EPOCH) // step * step


def iso(when: datetime) -> str:
    """Return the portal's form of a time, e.g. `2026-03-10T12:10:00.000Z`."""
    return f"{when.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def parse_iso(text: str) -> datetime:
    """Return the aware UTC datetime of an RFC 3339 text.

    Raises ValueError when it is none, or has no offset.
    """
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return when.astimezone(UTC)
