"""How long the bins of a series are, and where they begin."""

from datetime import UTC, datetime, timedelta

AIM = 500
"""Bins that a chart shows well."""

LADDER_S = (60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000)
MAX_BINS = 11_000
"""A year of hours, and some."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def automatic(start: datetime, end: datetime, *, least_s: int = 60) -> int:
    """Return a step in seconds that gives about `AIM` bins, and none shorter than the samples are apart."""
    wanted = (end - start).total_seconds() / AIM
    return next((step for step in LADDER_S if step >= wanted and step >= least_s), LADDER_S[-1])


def bounds(start: datetime, end: datetime, step_s: int) -> tuple[int, int]:
    """Return the numbers of the first and the last bin; bin 0 began with 1970, UTC."""
    step = timedelta(seconds=step_s)
    return (start - _EPOCH) // step, (end - timedelta(microseconds=1) - _EPOCH) // step


def time_of_bin(number: int, step_s: int) -> datetime:
    """Return when a bin begins."""
    return _EPOCH + number * timedelta(seconds=step_s)
