"""The members of a time interval, as Alertmanager writes them: `monday:friday`, `-3:-1`, `18:00`. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from satark.runtime.documents import Node
from satark.runtime.documents.mistakes import Mistakes
from satark.runtime.documents.shapes import Many, Member, Scalar, Table
from satark.runtime.documents.values import zone

MAX_RANGES = 100
MAX_INTERVALS = 100
FIRST_YEAR, LAST_YEAR = 1970, 2200

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_TIME = re.compile(r"(\d{1,2}):([0-5]\d)", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,4}", re.ASCII)
_MONTH_DAYS = 31
_DAY_MINUTES = 24 * 60


def _ends(text: str, one: Callable[[str], int]) -> tuple[int, int]:
    """Return both ends of a range, `a:b`, or twice the same one."""
    first, colon, last = text.lower().partition(":")
    return one(first.strip()), one((last if colon else first).strip())


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text or 'nothing'} is no number")
    return int(text)


def _named(text: str, names: Sequence[str]) -> int:
    """Return the place of a name, also of its first three letters."""
    found = [place for place, name in enumerate(names) if text in {name, name[:3]}]
    if not found:
        raise ValueError(f"there are {', '.join(names)}")
    return found[0]


def _around(first: int, last: int, count: int) -> frozenset[int]:
    """Return the places from first to last of what begins anew after its end."""
    return frozenset((first + step) % count for step in range((last - first) % count + 1))


def _weekdays(node: Node) -> frozenset[int]:
    first, last = _ends(node.text, lambda text: _named(text, WEEKDAYS))
    return _around(first, last, len(WEEKDAYS))


def _month(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        return _named(text, MONTHS)
    if not 1 <= int(text) <= len(MONTHS):
        raise ValueError("a year has the months 1 to 12")
    return int(text) - 1


def _months(node: Node) -> frozenset[int]:
    first, last = _ends(node.text, _month)
    return frozenset(month + 1 for month in _around(first, last, len(MONTHS)))


def _days(node: Node) -> tuple[int, int]:
    first, last = _ends(node.text, _number)
    if not all(1 <= abs(day) <= _MONTH_DAYS for day in (first, last)):
        raise ValueError("a month has the days 1 to 31, from its end -1 to -31")
    if first < 0 < last or (first > last and first * last > 0):
        raise ValueError("it ends before it begins")
    return first, last


def _years(node: Node) -> tuple[int, int]:
    first, last = _ends(node.text, _number)
    if not FIRST_YEAR <= first <= last <= LAST_YEAR:
        raise ValueError(f"years go from {FIRST_YEAR} to {LAST_YEAR}, the first one first")
    return first, last


def _minute(node: Node) -> int:
    match = _TIME.fullmatch(node.text)
    if match is None:
        raise ValueError
    minute = int(match[1]) * 60 + int(match[2])
    if minute > _DAY_MINUTES:
        raise ValueError
    return minute


def _range(found: dict[str, Any], node: Node, mistakes: Mistakes) -> None:
    if found.keys() >= {"start_time", "end_time"} and found["start_time"] >= found["end_time"]:
        mistakes.wrong(node, "ends before it begins; a night is two: from 22:00 to 24:00 and from 00:00 to 06:00")


def _texts(words: str, parse: Callable[[Node], Any]) -> Many:
    return Many(Scalar(words, parse, {"type": ["string", "integer"]}), MAX_RANGES, or_one=True)


_minutes = Scalar("a time of day from 00:00 to 24:00", _minute, {"type": "string", "pattern": r"^\d{1,2}:\d\d$"})
TIMES = Many(
    Table(
        {
            "start_time": Member(_minutes, "When it begins.", required=True),
            "end_time": Member(_minutes, "When it ends; this minute is not in it any more.", required=True),
        },
        _range,
    ),
    MAX_RANGES,
)
INTERVAL = Table(
    {
        "times": Member(TIMES, "Times of the day."),
        "weekdays": Member(_texts("days such as monday:friday", _weekdays), "Days of the week."),
        "days_of_month": Member(_texts("days such as 1:7 or -1", _days), "Days of the month; -1 is its last."),
        "months": Member(_texts("months such as november:february or 12", _months), "Months."),
        "years": Member(_texts("years such as 2026:2028", _years), "Years."),
        "location": Member(zone(), "Where its times are: a zone; without it UTC."),
    }
)


def united(parts: Iterable[frozenset[int]] | None) -> frozenset[int] | None:
    """Return all of it together, None for what is not given."""
    return None if parts is None else frozenset().union(*parts)
