"""How long and how much is kept, by class, in words: `messages 30d 50GB`, `samples 13 months`, `incidents forever`.

Pure: what there is and what the time is come in, which partitions go comes out.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from satark.analytics.store.tables import Kept, Span

_DAYS: Mapping[str, float] = {
    "h": 1 / 24,
    "hour": 1 / 24,
    "d": 1,
    "day": 1,
    "w": 7,
    "week": 7,
    "month": 30.5,
    "y": 365.25,
    "year": 365.25,
}
_BYTES: Mapping[str, int] = {"MB": 10**6, "GB": 10**9, "TB": 10**12}
_AGE = re.compile(r"(\d{1,6}) ?([a-z]+)")
_SIZE = re.compile(r"(\d{1,6}) ?([MGT]B)")
_WORDS = re.compile(r"([a-z]+)\s+(.+)")

OLDEST = timedelta(days=3653)
"""What is kept for ever still has a first day: a daemon whose clock says 1970 must not fill a partition a day."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one class; None: no limit."""

    age: timedelta | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition of a table: its id (a day or a month in digits), the bytes it takes, and the end of its span."""

    table: str
    kept: Kept
    id: str
    bytes: int
    end: datetime


def limits_of(words: Iterable[str]) -> Mapping[Kept, Limits]:
    """Return the limits by class. Raises ValueError, which names the words that mean nothing."""
    found: dict[Kept, Limits] = {}
    for each in words:
        name, limits = _parsed(each.strip())
        if name in found:
            raise ValueError(f"{name.value} is given twice")
        found[name] = limits
    return found


def _parsed(text: str) -> tuple[Kept, Limits]:
    words = _WORDS.fullmatch(text)
    if not words or words.group(1) not in set(Kept):
        raise ValueError(f"{text!r} does not begin with one of {', '.join(Kept)}")
    rest = words.group(2)
    if rest == "forever":
        return Kept(words.group(1)), Limits()
    size = _SIZE.search(rest)
    days = _AGE.fullmatch(_SIZE.sub("", rest, count=1).strip())
    remainder = _SIZE.sub("", rest, count=1).strip()
    if remainder and (not days or _unit(days.group(2)) is None):
        raise ValueError(f"{remainder!r} in {text!r} is no age such as 7d, 2 weeks, 13 months or 3 years")
    age = timedelta(days=int(days.group(1)) * (_unit(days.group(2)) or 0)) if days else None
    most = int(size.group(1)) * _BYTES[size.group(2)] if size else None
    if age == timedelta(0) or most == 0:
        raise ValueError(f"{text!r} keeps nothing")
    return Kept(words.group(1)), Limits(age, most)


def _unit(word: str) -> float | None:
    return _DAYS.get(word) or _DAYS.get(word.removesuffix("s"))


def oldest_kept(limits: Limits, now: datetime) -> datetime:
    """Return the time before which a row is not worth inserting."""
    return now - min(limits.age or OLDEST, OLDEST)


def too_old(partitions: Iterable[Partition], limits: Mapping[Kept, Limits], now: datetime) -> list[Partition]:
    """Return the partitions that go: those with nothing younger than allowed, and the oldest of what is too large."""
    going = []
    by_class: dict[Kept, list[Partition]] = {}
    for partition in partitions:
        limit = limits.get(partition.kept, Limits())
        if limit.age is not None and partition.end <= now - limit.age:
            going.append(partition)
        else:
            by_class.setdefault(partition.kept, []).append(partition)
    for kept, staying in by_class.items():
        most = limits.get(kept, Limits()).bytes
        if most is not None:
            going += _beyond(staying, most)
    return going


def _beyond(partitions: list[Partition], most: int) -> list[Partition]:
    """The oldest of a class, until the rest is small enough; the newest of each table stays: it is being written."""
    written = {each.table: each.id for each in sorted(partitions, key=lambda each: each.id)}
    excess = sum(each.bytes for each in partitions) - most
    going = []
    for each in sorted(partitions, key=lambda each: (each.end, each.table)):
        if excess <= 0:
            break
        if written[each.table] != each.id:
            going.append(each)
            excess -= each.bytes
    return going


def before(partitions: Iterable[Partition], time: datetime) -> list[Partition]:
    """Return the partitions whose rows are all older than a time: what a purge drops."""
    return [each for each in partitions if each.end <= time]


def purge_time(oldest: datetime, now: datetime, percent: int) -> datetime:
    """Return the time before which so many percent of the span from the oldest row to now are."""
    return oldest + (now - oldest) * percent / 100


def end_of(partition_id: str, span: Span) -> datetime:
    """Return the instant after a partition's last. Raises ValueError for an id that is none."""
    if span is Span.DAY:
        return datetime.strptime(partition_id, "%Y%m%d").replace(tzinfo=UTC) + timedelta(days=1)
    begin = datetime.strptime(partition_id, "%Y%m").replace(tzinfo=UTC)
    return (begin + timedelta(days=32)).replace(day=1)
