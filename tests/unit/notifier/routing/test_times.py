"""Quiet times, and where they end, minute by minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.notifier.routing.times import LONGEST_DAYS, QuietTimes, TimeInterval

MINUTE = timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Antarctica/Troll",
]
WORK = TimeInterval(minutes=((9 * 60, 17 * 60),), weekdays=frozenset(range(5)), zone=BERLIN)
NIGHT = TimeInterval(minutes=((0, 6 * 60), (22 * 60, 24 * 60)), zone=BERLIN)


def at(text: str) -> datetime:
    """Return a time of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def numbers(low: int, high: int) -> st.SearchStrategy[tuple[tuple[int, int], ...]]:
    """Return ranges of numbers."""
    one = st.tuples(st.integers(low, high), st.integers(low, high)).map(lambda ends: (min(ends), max(ends)))
    return st.lists(one, min_size=1, max_size=3).map(tuple)


days = st.tuples(st.sampled_from([1, 5, 28, 31, -31, -3, -1]), st.sampled_from([1, 5, 28, 31, -3, -1])).map(
    lambda ends: (ends,)
)
intervals = st.builds(
    TimeInterval,
    minutes=st.none() | numbers(0, 1440),
    weekdays=st.none() | st.frozensets(st.integers(0, 6), min_size=1),
    days=st.none() | days,
    months=st.none() | st.frozensets(st.integers(1, 12), min_size=1),
    years=st.none() | numbers(2010, 2013),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
times = st.builds(
    QuietTimes,
    mute=st.lists(intervals, max_size=2).map(tuple),
    active=st.none() | st.lists(intervals, min_size=1, max_size=2).map(tuple),
)
moments = st.integers(0, 4 * 365 * 24 * 60).map(lambda minutes: at("2010-01-01T00:00:30") + minutes * MINUTE)
set_clocks = st.sampled_from(
    [
        at("2011-03-27T01:00"),
        at("2011-10-30T01:00"),
        at("2011-03-13T07:00"),
        at("2011-11-06T06:00"),
        at("2011-12-30T10:00"),
        at("2011-04-02T15:00"),
        at("2011-10-01T15:30"),
        at("2012-02-26T02:00"),
    ]
)
near_set_clocks = st.builds(lambda moment, minutes: moment + minutes * MINUTE, set_clocks, st.integers(-300, 300))


class TestHolds:
    @pytest.mark.parametrize(
        ("interval", "moment", "expected"),
        [
            (TimeInterval(), "2026-11-21T00:00", True),
            (WORK, "2026-11-20T08:00", True),
            (WORK, "2026-11-20T07:59:59", False),
            (WORK, "2026-11-20T15:59:59", True),
            (WORK, "2026-11-20T16:00", False),
            (WORK, "2026-11-21T10:00", False),
            (WORK, "2026-07-03T07:00", True),
            (TimeInterval(days=((-2, -1),)), "2028-02-28T00:00", True),
            (TimeInterval(days=((-2, -1),)), "2027-02-26T00:00", False),
            (TimeInterval(days=((30, 31),)), "2027-02-28T00:00", False),
            (TimeInterval(days=((1, -1),)), "2027-02-28T00:00", True),
            (TimeInterval(days=((25, 31),)), "2027-02-28T00:00", True),
            (TimeInterval(months=frozenset({11, 12})), "2026-12-31T23:59", True),
            (TimeInterval(months=frozenset({11, 12})), "2027-01-01T00:00", False),
            (TimeInterval(years=((2026, 2027),)), "2027-12-31T23:59", True),
            (TimeInterval(years=((2026, 2027),)), "2028-01-01T00:00", False),
        ],
    )
    def test_rows(self, interval: TimeInterval, moment: str, expected: bool) -> None:
        """All that is given must hold, in local time."""
        assert expected is interval.holds(at(moment))


class TestQuietUntil:
    @pytest.mark.parametrize(
        ("quiet", "now", "expected"),
        [
            (QuietTimes(), "2026-11-21T00:00", None),
            (QuietTimes((NIGHT,)), "2026-11-21T12:00", None),
            (QuietTimes((NIGHT,)), "2026-11-21T21:30:15", "2026-11-22T05:00"),
            (QuietTimes((NIGHT,)), "2026-03-28T22:00", "2026-03-29T04:00"),
            (QuietTimes((), (WORK,)), "2026-11-20T16:00", "2026-11-23T08:00"),
            (QuietTimes((), (WORK,)), "2026-11-20T15:59", None),
            (QuietTimes((NIGHT,), (WORK,)), "2026-11-20T23:00", "2026-11-23T08:00"),
            (QuietTimes((TimeInterval(years=((2026, 2026),)),)), "2026-03-01T00:00", "2027-01-01T00:00"),
        ],
    )
    def test_rows(self, quiet: QuietTimes, now: str, expected: str | None) -> None:
        """The quiet of several intervals ends where none of them holds."""
        assert (at(expected) if expected else None) == quiet.quiet_until(at(now))

    @pytest.mark.parametrize("quiet", [QuietTimes((TimeInterval(),)), QuietTimes((), ())])
    def test_for_ever(self, quiet: QuietTimes) -> None:
        """What never ends is looked at again in a year."""
        assert at("2026-11-21T00:00") + timedelta(days=LONGEST_DAYS) == quiet.quiet_until(at("2026-11-21T00:00:59"))

    @settings(deadline=None, max_examples=60)
    @given(times, st.one_of(moments, near_set_clocks))
    def test_minute_by_minute(self, quiet: QuietTimes, now: datetime) -> None:
        """It ends after now, at the first minute that is not quiet, also where clocks are set."""
        until = quiet.quiet_until(now)
        if until is None:
            assert not quiet.is_quiet(now)
            return
        assert until > now
        assert quiet.is_quiet(now)
        last = min(until, now + timedelta(days=1))
        moment = now.replace(second=0, microsecond=0) + MINUTE
        while moment < last:
            assert quiet.is_quiet(moment)
            moment += MINUTE
        assert until == now.replace(second=0, microsecond=0) + timedelta(days=LONGEST_DAYS) or not quiet.is_quiet(until)

    @settings(deadline=None, max_examples=50)
    @given(times, moments)
    def test_far_away(self, quiet: QuietTimes, now: datetime) -> None:
        """However long it lasts, nothing between is loud."""
        until = quiet.quiet_until(now)

        if until is not None:
            step = max((until - now) / 200, MINUTE)
            assert all(quiet.is_quiet(now + n * step) for n in range(200) if now + n * step < until)
