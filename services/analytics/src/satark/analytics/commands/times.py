"""Times of a query as people write them: `now`, `now-10m`, microseconds since 1970, or a local date and time. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from satark.analytics.commands.usage import UsageError

LOCAL = "%Y %b %d %H:%M:%S.%f"
"""How times are written, as `contrail-logs` has it."""

DEFAULT_START, DEFAULT_END = "now-10m", "now"

_RELATIVE = re.compile(r"now(?:([+-])(\d{1,9})([smhd]))?", re.ASCII)
_LAST = re.compile(r"(\d{1,9})([smhd])", re.ASCII)
_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_FORMATS = (LOCAL, "%Y %b %d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
_SECOND_US = 1_000_000
_DIGITS_OF_US = range(14, 18)
"""How many digits microseconds of the years 1973 to 5138 have; seconds given by mistake have 10."""


@dataclass(frozen=True, slots=True)
class Span:
    """From `start_us` up to and including `end_us`, in microseconds since 1970."""

    start_us: int
    end_us: int

    def slices(self, length_s: int) -> Iterator["Span"]:
        """Yield the span in parts of a length, the oldest first, none overlapping."""
        step_us = length_s * _SECOND_US
        for start_us in range(self.start_us, self.end_us + 1, step_us):
            yield Span(start_us, min(start_us + step_us - 1, self.end_us))

    def halves(self) -> tuple["Span", "Span"] | None:
        """Return the span in two, the older first; None when it is a microsecond."""
        if self.start_us >= self.end_us:
            return None
        middle_us = (self.start_us + self.end_us) // 2
        return Span(self.start_us, middle_us), Span(middle_us + 1, self.end_us)


def span(start: str | None, end: str | None, last: str | None, *, now: datetime, zone: tzinfo | None) -> Span:
    """Return the time that is asked for; `last` wins over `start` and `end`. `zone` is of dates without one.

    Raises UsageError for a time that is none, or an end before its start.
    """
    if last is not None:
        match = _LAST.fullmatch(last.strip())
        if match is None:
            raise UsageError(f"--last {last!r} is not a number and one of s, m, h, d, as in 10m")
        now_us = microseconds(now)
        return Span(now_us - int(match[1]) * _UNITS_S[match[2]] * _SECOND_US, now_us)
    found = Span(
        instant(start or DEFAULT_START, now=now, zone=zone, what="--start-time"),
        instant(end or DEFAULT_END, now=now, zone=zone, what="--end-time"),
    )
    if found.end_us < found.start_us:
        raise UsageError("--end-time is before --start-time")
    return found


def instant(text: str, *, now: datetime, zone: tzinfo | None, what: str) -> int:
    """Return a time in microseconds since 1970. Raises UsageError, with `what` was wrong."""
    text = text.strip()
    if match := _RELATIVE.fullmatch(text):
        sign, count, unit = match.groups()
        ahead = timedelta(seconds=int(count) * _UNITS_S[unit]) if sign else timedelta()
        return microseconds(now - ahead if sign == "-" else now + ahead)
    if text.isascii() and text.isdigit() and len(text) in _DIGITS_OF_US:
        return int(text)
    for form in _FORMATS:
        try:
            return microseconds(datetime.strptime(text, form).replace(tzinfo=zone).astimezone(zone))
        except ValueError:
            continue
    raise UsageError(
        f"{what} {text!r} is none of: now, now-10m (s, m, h, d), microseconds since 1970, or a local time such as"
        " '2026 Jan 05 10:00:00.0' or 2026-01-05T10:00:00"
    )


def microseconds(moment: datetime) -> int:
    """Return the microseconds since 1970 of an aware time, without rounding by way of a float."""
    return int(moment.timestamp()) * _SECOND_US + moment.microsecond


def shown(time_us: int, zone: tzinfo | None) -> str:
    """Return a time as `contrail-logs` writes it: `2023 Nov 14 22:13:20.123456`, in `zone` (local when None)."""
    seconds, rest_us = divmod(time_us, _SECOND_US)
    return datetime.fromtimestamp(seconds, zone).replace(microsecond=rest_us).strftime(LOCAL)
