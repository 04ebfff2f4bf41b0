"""Recurrence rules (RFC 5545 section 3.3.10) in local time, within bounds: no rule costs more than a moment.

The occurrences of a day must be cheap however long ago a rule began. Daily and weekly rules are therefore begun anew a whole
number of their intervals before the day that is asked for; monthly and yearly ones have few occurrences to step over.
Frequencies below a day are refused: `BYHOUR` says the same, and says how often.

The library looks for the next occurrence up to the year 9999, for a 30 February too. The calendar repeats, weekdays
included, after 400 years, so rules are asked 7600 years later, where that end is near. Pure.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol, cast

from dateutil.rrule import rrule, rrulestr

from satark.runtime.documents.mistakes import near

MAX_A_DAY = 24
"""More maintenance windows a day than hours are a mistake of the rule, not maintenance."""

MAX_COUNT = 1000
MAX_INTERVAL = 1000
MAX_CHARS = 500
EARLIEST_YEAR = 2000
LATEST_YEAR = 2200

_STEPS = {"DAILY": timedelta(days=1), "WEEKLY": timedelta(days=7), "MONTHLY": None, "YEARLY": None}
_SELECTORS = ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY", "BYHOUR", "BYMINUTE", "BYSETPOS")
_PARTS = dict.fromkeys(("FREQ", "INTERVAL", "COUNT", "UNTIL", *_SELECTORS, "WKST"))
_VALUE = re.compile(r"[A-Z0-9,+-]+", re.ASCII)
_LATER = timedelta(days=19 * 146_097)
"""19 times 400 years."""


class Occurrences(Protocol):
    """When something begins, in local time."""

    def between(self, low: datetime, high: datetime) -> list[datetime]:
        """Return the beginnings from `low` to `high`, both included, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """Beginnings that are known one by one, in order."""

    starts: tuple[datetime, ...]

    def between(self, low: datetime, high: datetime) -> list[datetime]:
        """Return the beginnings from `low` to `high`, both included, in order."""
        return list(self.starts[bisect_left(self.starts, low) : bisect_right(self.starts, high)])


@dataclass(frozen=True, slots=True)
class Recurring:
    """Beginnings by a rule (in its later years), up to `until`. `step` is what it may be moved by, None: not at all."""

    rule: rrule
    first: datetime
    until: datetime
    step: timedelta | None

    def between(self, low: datetime, high: datetime) -> list[datetime]:
        """Return the beginnings from `low` to `high`, both included, in order."""
        end = min(high, self.until)
        if end < self.first or end < low:
            return []
        moved = self.rule.replace(dtstart=self._anchor(low) + _LATER, until=end + _LATER)
        return [one - _LATER for one in moved.between(low + _LATER, end + _LATER, inc=True)]

    def _anchor(self, low: datetime) -> datetime:
        if self.step is None or low <= self.first:
            return self.first
        return self.first + self.step * max((low - self.first) // self.step - 1, 0)


def recurrence(text: str, first: datetime) -> Occurrences:
    """Return when a rule has occurrences, of which the first is at or after `first`. Raises ValueError."""
    if not EARLIEST_YEAR <= first.year < LATEST_YEAR - 1:
        raise ValueError(f"it must begin from {EARLIEST_YEAR} on, and before {LATEST_YEAR - 1}")
    parts = _parts(text)
    count = _whole(parts, "COUNT", MAX_COUNT) if "COUNT" in parts else None
    until = _until(parts.pop("UNTIL")) if "UNTIL" in parts else datetime(LATEST_YEAR, 1, 1)  # noqa: DTZ001 - local
    if count is not None and until.year < LATEST_YEAR:
        raise ValueError("COUNT and UNTIL exclude each other")
    parts.pop("COUNT", None)
    step, interval = _STEPS[parts["FREQ"]], _whole(parts, "INTERVAL", MAX_INTERVAL)
    try:
        rule = _rule(parts, first + _LATER)
        _check(rule, until + _LATER)
        if count is not None:
            return Listed(tuple(one - _LATER for one in islice(rule, count)))
    except (ArithmeticError, LookupError, TypeError) as error:
        raise ValueError("a number in it is out of range") from error
    return Recurring(rule, first, until, step and step * interval)


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.upper().removeprefix("RRULE:").rstrip(";").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not _VALUE.fullmatch(value):
            raise ValueError(f"{part or 'an empty part'} is no NAME=VALUE")
        if name == "DTSTART":
            raise ValueError("DTSTART belongs into the member from")
        if name not in _PARTS:
            raise ValueError(f"{name} is no part of a rule; {near(name, _PARTS)}")
        if name in parts:
            raise ValueError(f"{name} is given twice")
        parts[name] = value
    if parts.get("FREQ") not in _STEPS:
        raise ValueError(f"FREQ must be {' or '.join(_STEPS)}; for less than a day use BYHOUR")
    return parts


def _rule(parts: dict[str, str], first: datetime) -> rrule:
    with_week = {"WKST": "MO"} | parts
    text = ";".join(f"{name}={value}" for name, value in with_week.items())
    return cast(rrule, rrulestr(text, dtstart=first))


def _check(rule: rrule, until: datetime) -> None:
    """Raise ValueError for a rule without occurrences, and for one with too many: the first two days show it."""
    found = list(islice(rule.replace(until=until), 2 * MAX_A_DAY + 2))
    if not found:
        raise ValueError("it has no occurrence")
    if any(later - earlier < timedelta(days=1) for earlier, later in zip(found, found[MAX_A_DAY:], strict=False)):
        raise ValueError(f"it has more than {MAX_A_DAY} occurrences a day")


def _whole(parts: dict[str, str], name: str, most: int) -> int:
    value = parts.get(name, "1")
    if not value.isdecimal() or not 1 <= int(value[:9]) <= most or len(value) > len(str(most)):
        raise ValueError(f"{name} must be a whole number from 1 to {most}")
    return int(value)


def _until(text: str) -> datetime:
    if text.endswith("Z"):
        raise ValueError("UNTIL is local time here, without Z")
    for form in ("%Y%m%dT%H%M%S", "%Y%m%d"):
        try:
            found = datetime.strptime(text, form)  # noqa: DTZ007 - local
        except ValueError:
            continue
        return found if "T" in text else found + timedelta(days=1, seconds=-1)
    raise ValueError("UNTIL must be like 20261231 or 20261231T235959")
