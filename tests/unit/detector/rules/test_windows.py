from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.detector.rules.patterns import Match
from satark.detector.rules.recurrence import Listed, recurrence
from satark.detector.rules.windows import MARGIN_S, Maintenance, Window

BERLIN = ZoneInfo("Europe/Berlin")
MARGIN = timedelta(seconds=MARGIN_S)


def nightly(zone: str = "Europe/Berlin", begin: str = "2026-01-01T02:00", minutes: int = 120) -> Window:
    """Return a window of every night."""
    first = datetime.fromisoformat(begin)
    length = timedelta(minutes=minutes)
    occurrences = recurrence("FREQ=DAILY", first)
    return Window(name="n", match=Match(), occurrences=occurrences, length=length, zone=ZoneInfo(zone))


def once(begin: str, length: timedelta, zone: ZoneInfo = BERLIN) -> Window:
    """Return a window that is once."""
    occurrences = Listed((datetime.fromisoformat(begin),))
    return Window(name="o", match=Match(), occurrences=occurrences, length=length, zone=zone)


def at(text: str) -> datetime:
    """Return an instant, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class TestWindow:
    @pytest.mark.parametrize(
        ("instant", "expected"),
        [
            ("2026-02-10T00:59:59", False),
            ("2026-02-10T01:00", True),
            ("2026-02-10T02:59", True),
            ("2026-02-10T03:14:59", True),
            ("2026-02-10T03:15", False),
            ("2026-07-10T00:00", True),
            ("2026-07-10T02:14", True),
            ("2026-07-10T02:15", False),
            ("2025-12-31T01:30", False),
        ],
    )
    def test_local_time(self, instant: str, expected: bool) -> None:
        """It begins at the same wall clock in winter and summer, never before its first time; a margin follows."""
        assert expected is (at(instant) in nightly())

    @pytest.mark.parametrize(
        ("day", "begin", "minutes", "hours"),
        [
            ("2026-03-29", "2026-01-01T01:00", 180, 2.0),
            ("2026-03-28", "2026-01-01T01:00", 180, 3.0),
            ("2026-10-25", "2026-01-01T01:00", 180, 4.0),
            ("2026-10-25", "2026-01-01T02:30", 60, 2.0),
            ("2026-10-25", "2026-01-01T01:30", 60, 2.0),
            ("2026-03-29", "2026-01-01T01:30", 60, 1.0),
            ("2026-03-29", "2026-01-01T02:30", 60, 1.0),
        ],
    )
    def test_clocks_change(self, day: str, begin: str, minutes: int, hours: float) -> None:
        """On days when clocks change it keeps its wall clock, read so that it is longer."""
        local = datetime.fromisoformat(day).replace(tzinfo=BERLIN)
        window = nightly(begin=begin, minutes=minutes)

        found = sum((high - low for low, high in window.spans(local, local + timedelta(hours=20))), timedelta())
        assert hours == found / timedelta(hours=1)

    def test_across_midnight(self) -> None:
        """A window of several days is open on all of them."""
        window = once("2026-12-24T18:00", timedelta(days=9))

        assert [at(f"2026-12-{day}T12:00") in window for day in (24, 25, 31)] == [False, True, True]
        assert at("2027-01-02T17:10") in window
        assert at("2027-01-02T17:16") not in window

    @pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu", "America/St_Johns", "UTC"])
    def test_any_zone(self, zone: str) -> None:
        """A window is open from its local beginning on, in whatever zone."""
        begin = datetime(2026, 5, 5, 2, tzinfo=ZoneInfo(zone))

        assert begin in nightly(zone)
        assert begin - timedelta(seconds=1) not in nightly(zone)

    @pytest.mark.parametrize("instant", [datetime.min, datetime.max, datetime(1969, 12, 31), datetime(2400, 1, 1)])  # noqa: DTZ001,DTZ901 - given a zone below
    def test_far_away(self, instant: datetime) -> None:
        """Instants of any age can be asked for."""
        assert instant.replace(tzinfo=UTC) not in nightly()

    @settings(deadline=None, max_examples=50)
    @given(
        st.lists(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), min_size=1, max_size=40),  # noqa: DTZ001 - as above
        st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
        st.integers(1, 60 * 48),
    )
    def test_as_spans(self, instants: list[datetime], zone: str, minutes: int) -> None:
        """In whatever order instants are asked for: one is inside when a span, and its margin, holds it."""
        window = nightly(zone, minutes=minutes)

        for one in (instant.replace(tzinfo=UTC) for instant in instants):
            around = window.spans(one - timedelta(days=4), one + timedelta(days=1))
            assert (one in window) is any(begin <= one < end + MARGIN for begin, end in around)


class TestOwnZone:
    @pytest.mark.parametrize(
        ("zone", "hour"), [("Asia/Tokyo", 17), ("America/New_York", 6), ("", 2), ("Mars/One", 2), ("../passwd", 2)]
    )
    def test_by_label(self, zone: str, hour: int) -> None:
        """A window of each entity's own time is open by the entity's clock, by UTC where it tells no zone."""
        occurrences = recurrence("FREQ=DAILY", datetime(2026, 1, 1, 2))  # noqa: DTZ001 - local
        window = Window(name="w", match=Match(), occurrences=occurrences, length=timedelta(hours=1), zone=None)

        own = window.of({"timezone": zone})
        assert [open_at for open_at in range(24) if at(f"2026-07-10T{open_at:02}:30") in own] == [hour]
        assert own is window.of({"timezone": zone})

    def test_fixed(self) -> None:
        """A window of one zone is the same for all."""
        window = nightly()

        assert window is window.of({"timezone": "Asia/Tokyo"})


class TestMaintenance:
    def test_any_window(self) -> None:
        """An entity is in maintenance when one of its windows is open."""
        calendar = Maintenance((nightly(), once("2026-06-01T12:00", timedelta(hours=1))))

        assert [at(f"2026-06-01T{hour}:30") in calendar for hour in ("01", "10", "08")] == [True, True, False]
