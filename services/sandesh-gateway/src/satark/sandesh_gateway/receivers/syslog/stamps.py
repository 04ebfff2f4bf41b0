"""Times as syslog lines write them: of RFC 5424, of RFC 3164, and of the routers that follow neither. Pure.

A stamp of RFC 3164 has neither year nor zone. The zone is configured; the year is the one that makes it the latest
time that is not more than a day ahead of now, so that a line of 31 December that comes in January, one of 1 January
from a clock that is fast, and 29 February in whatever year all get the year they were meant for.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

AHEAD = timedelta(days=1)
"""How far ahead of now a stamp without year may be: zones differ by up to 26 hours, clocks by little more."""
LEAP_CYCLE_YEARS = 8
"""Two leap days are up to eight years apart (1896 and 1904, 2096 and 2104)."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNIVERSAL = frozenset({"UTC", "GMT", "Z"})
"""The names of zones that mean the same everywhere; others (CST, IST) do not, and the configured zone is taken."""

_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?"
_ISO = re.compile(
    rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)[T ]{_CLOCK}(?P<offset>Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?",
    re.ASCII,
)
_MONTH = f"(?P<name>{'|'.join(MONTHS)})"
_CLASSIC = re.compile(
    rf"(?:(?P<first>(?:19|20)\d\d) )?{_MONTH} {{1,2}}(?P<day>\d\d?)(?: (?P<year>(?:19|20)\d\d))? {{1,2}}{_CLOCK}"
    r"(?:(?: (?P<zone>[A-Z]{1,5}))? (?P<last>(?:19|20)\d\d)(?=:? |$)|(?: (?P<abbreviation>[A-Z]{1,5}))?(?= ?:))?",
    re.ASCII,
)


def iso_time(text: str) -> datetime | None:
    """Return the UTC time of a whole RFC 3339 text, None when it is none or names no zone."""
    found = _ISO.fullmatch(text)
    if found is None or found["offset"] is None or text[10] != "T":
        return None
    return _time(found, int(found["year"]), int(found["month"]), _zone(found["offset"]))


def leading_time(text: str, *, now: datetime, zone: tzinfo) -> tuple[datetime, int] | None:
    """Return the UTC time that a text begins with and how many characters it takes; None when there is none.

    A stamp that is none of a calendar (31 February, 24:61) is none.
    """
    if found := _ISO.match(text):
        time = _time(found, int(found["year"]), int(found["month"]), _zone(found["offset"]) or zone)
    elif found := _CLASSIC.match(text):
        time = _classic(found, now, zone)
    else:
        return None
    return None if time is None else (time, found.end())


def _classic(found: re.Match[str], now: datetime, zone: tzinfo) -> datetime | None:
    month = MONTHS.index(found["name"]) + 1
    named = found["zone"] or found["abbreviation"]
    where = UTC if named in UNIVERSAL else zone
    if year := found["first"] or found["year"] or found["last"]:
        return _time(found, int(year), month, where)
    latest = (now + AHEAD).astimezone(UTC)
    for guess in range(latest.year + 1, latest.year - LEAP_CYCLE_YEARS - 1, -1):
        time = _time(found, guess, month, where)
        if time is not None and time <= latest:
            return time
    return None


def _time(found: re.Match[str], year: int, month: int, zone: tzinfo | None) -> datetime | None:
    fraction = (found["fraction"] or "")[:6].ljust(6, "0")
    clock = int(found["hour"]), int(found["minute"]), int(found["second"]), int(fraction)
    try:
        return datetime(year, month, int(found["day"]), *clock, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(offset: str | None) -> tzinfo | None:
    if offset is None:
        return None
    if offset == "Z":
        return UTC
    sign = -1 if offset[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:])))
