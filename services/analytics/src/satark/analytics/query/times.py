"""Times of a query: microseconds since 1970 (UTC), `now`, or `now-10m` (specs/analytics.md, clause 3.1)."""

import re
from dataclasses import dataclass

from satark.analytics.query.errors import InvalidQueryError

SECOND_US = 1_000_000
LATEST_US = 4_102_444_800 * SECOND_US
"""2100: later than this no `DateTime64(6)` is compared."""

_RELATIVE = re.compile(r"now(?:([+-])([0-9]{1,12})([smhd]))?")
_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, both included, in microseconds."""

    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How far back the classes of data are asked for, in seconds; None is as far as there are."""

    messages_s: int | None = 48 * 3600
    objects_s: int | None = 2160 * 3600
    statistics_s: int | None = 168 * 3600
    sessions_s: int | None = 2 * 3600


def instant(given: int | str, now_us: int) -> int:
    """Return a time in microseconds. Raises InvalidQueryError."""
    if isinstance(given, int):
        return given
    found = _RELATIVE.fullmatch(given)
    if found is None:
        raise InvalidQueryError(f"Invalid time {given[:64]!r}: microseconds, now, or now-10m (s, m, h, d)")
    sign, number, unit = found.groups()
    if sign is None:
        return now_us
    distance = int(number) * _UNITS_S[unit] * SECOND_US
    return now_us - distance if sign == "-" else now_us + distance


def span(start: int | str, end: int | str, *, now_us: int, keep_s: int | None, least_us: int = 0) -> Span:
    """Return what time is asked for, within what is kept. Raises InvalidQueryError.

    The start is raised to the end of retention and the end lowered to now; when nothing is left, the last microsecond
    before the end is. `least_us` widens what is shorter, into the past.
    """
    latest = min(instant(end, now_us), now_us, LATEST_US)
    latest = max(latest, 1)
    earliest = max(instant(start, now_us), 0 if keep_s is None else now_us - keep_s * SECOND_US, 0)
    if earliest > latest:
        earliest = latest - 1
    return Span(max(min(earliest, latest - least_us), 0), latest)
