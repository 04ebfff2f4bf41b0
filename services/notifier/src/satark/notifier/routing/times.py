"""When a route is quiet: Alertmanager's time intervals, in local time, and where the quiet ends. Pure.

What is quiet changes only where a day or a time of day begins or ends somewhere, or where clocks are set: the end is
looked for there and nowhere else, for a year at most.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LONGEST_DAYS = 366
"""A quiet that lasts longer is said to last so long; it is asked for again then."""

_UTC = ZoneInfo("UTC")
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)

Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class TimeInterval:
    """A time that comes back; all that is given must hold, and of each one of its ranges.

    `minutes` of the day, the last not included. `weekdays` (Monday is 0), `days` of the month (-1 is its last), `months`
    and `years` with both ends. What is None may be anything. All in the local time of `zone`.
    """

    minutes: Ranges | None = None
    weekdays: frozenset[int] | None = None
    days: Ranges | None = None
    months: frozenset[int] | None = None
    years: Ranges | None = None
    zone: ZoneInfo = _UTC

    def holds(self, moment: datetime) -> bool:
        """Return whether a moment lies in it."""
        local = moment.astimezone(self.zone)
        return (
            (self.years is None or _in(self.years, local.year))
            and (self.months is None or local.month in self.months)
            and (self.days is None or _in_month(self.days, local.date()))
            and (self.weekdays is None or local.weekday() in self.weekdays)
            and (self.minutes is None or _in(self.minutes, local.hour * 60 + local.minute, includes_last=False))
        )


@dataclass(frozen=True, slots=True)
class QuietTimes:
    """Quiet while one of `mute` holds, and while none of `active` does, where there is any."""

    mute: tuple[TimeInterval, ...] = ()
    active: tuple[TimeInterval, ...] | None = None

    def quiet_until(self, now: datetime) -> datetime | None:
        """Return the end of the quiet time that `now` is in, a year later at most; None outside of any."""
        return _quiet_until(self, now.astimezone(UTC).replace(second=0, microsecond=0))

    def is_quiet(self, moment: datetime) -> bool:
        """Return whether it is quiet at a moment."""
        is_active = self.active is None or any(one.holds(moment) for one in self.active)
        return not is_active or any(one.holds(moment) for one in self.mute)

    def borders(self, begin: datetime, end: datetime) -> Iterator[datetime]:
        """Yield the moments after `begin`, up to `end`, at which it may change; both a minute of UTC, a day apart."""
        zones: dict[ZoneInfo, set[int]] = {}
        for one in (*self.mute, *(self.active or ())):
            minutes = zones.setdefault(one.zone, {0})
            minutes.update(minute for ends in one.minutes or () for minute in ends)
        for zone, minutes in zones.items():
            yield from (moment for moment in _local(begin, end, zone, minutes) if begin < moment <= end)
            yield from _set_clocks(begin, end, zone)


@lru_cache(maxsize=1024)
def _quiet_until(times: QuietTimes, now: datetime) -> datetime | None:
    """Return what `quiet_until` does, for a whole minute: nothing changes within one."""
    if not times.is_quiet(now):
        return None
    for day in range(LONGEST_DAYS):
        begin = now + day * _DAY
        for moment in sorted(set(times.borders(begin, begin + _DAY))):
            if not times.is_quiet(moment):
                return moment
    return now + LONGEST_DAYS * _DAY


def _local(begin: datetime, end: datetime, zone: ZoneInfo, minutes: set[int]) -> Iterator[datetime]:
    """Yield when the clocks of a zone show these minutes of the day; both times where they are set back between."""
    day, last = begin.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        midnight = datetime.combine(day, time())
        for minute in minutes:
            shown = (midnight + minute * _MINUTE).replace(tzinfo=zone)
            yield from (shown.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        day += _DAY


def _set_clocks(begin: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the minute at which the clocks of a zone are set, if they are."""
    before = begin.astimezone(zone).utcoffset()
    low, high = 0, (end - begin) // _MINUTE
    if before == end.astimezone(zone).utcoffset():
        return
    while high - low > 1:
        middle = (low + high) // 2
        if (begin + middle * _MINUTE).astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    yield begin + high * _MINUTE


def _in(ranges: Ranges, value: int, *, includes_last: bool = True) -> bool:
    return any(first <= value < last + includes_last for first, last in ranges)


def _in_month(ranges: Ranges, day: date) -> bool:
    length = monthrange(day.year, day.month)[1]
    return _in(tuple((_day(first, length), _day(last, length)) for first, last in ranges), day.day)


def _day(number: int, length: int) -> int:
    """Return the day of a month that is counted from its end where the number is negative."""
    return number if number > 0 else length + 1 + number
