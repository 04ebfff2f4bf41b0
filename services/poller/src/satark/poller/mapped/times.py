"""Times in the forms that vendors use: milliseconds, seconds, ISO 8601, or a pattern of `strptime`. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Any

from satark.poller.mapped.expressions import number_of
from satark.poller.schedule import EPOCH

MILLISECONDS, SECONDS, ISO = "ms", "s", "iso"
NAMED = (MILLISECONDS, SECONDS, ISO)
MAX_SECONDS = 253_402_300_799
"""The last second of the year 9999."""


def time_in(value: Any, form: str) -> datetime | None:
    """Return an aware time, None for what is none; what has no offset is UTC."""
    if form in {MILLISECONDS, SECONDS}:
        number = number_of(value)
        seconds = -1.0 if number is None else number / (1000 if form == MILLISECONDS else 1)
        return EPOCH + timedelta(seconds=seconds) if 0 <= seconds <= MAX_SECONDS else None
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value) if form == ISO else datetime.strptime(value, form)  # noqa: DTZ007 - below
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def text_of(time: datetime, form: str) -> str | int:
    """Return a time in a form."""
    if form in {MILLISECONDS, SECONDS}:
        return (time - EPOCH) // timedelta(milliseconds=1 if form == MILLISECONDS else 1000)
    if form == ISO:
        return f"{time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
    return time.astimezone(UTC).strftime(form)
