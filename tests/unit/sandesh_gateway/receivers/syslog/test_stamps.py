from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh_gateway.receivers.syslog.stamps import AHEAD, iso_time, leading_time

BERLIN = ZoneInfo("Europe/Berlin")
KOLKATA = ZoneInfo("Asia/Kolkata")
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds


def read(text: str, *, now: datetime, zone: tzinfo = UTC) -> datetime | None:
    """The time that a text begins with."""
    found = leading_time(text, now=now, zone=zone)
    return found and found[0]


def utc(*parts: int) -> datetime:
    """A time in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


class TestYear:
    @pytest.mark.parametrize(
        ("text", "now", "expected"),
        [
            ("Dec 31 23:59:59 h", utc(2027, 1, 1, 0, 0, 5), utc(2026, 12, 31, 23, 59, 59)),
            ("Jan  1 00:00:03 h", utc(2026, 12, 31, 23, 59, 58), utc(2027, 1, 1, 0, 0, 3)),
            ("Nov 21 12:00:00 h", utc(2026, 11, 21, 11, 0, 0), utc(2026, 11, 21, 12, 0, 0)),
            ("Nov 23 12:00:00 h", utc(2026, 11, 21, 11, 0, 0), utc(2025, 11, 23, 12, 0, 0)),
            ("Feb 29 10:00:00 h", utc(2028, 2, 29, 10, 0, 1), utc(2028, 2, 29, 10, 0, 0)),
            ("Feb 29 10:00:00 h", utc(2026, 3, 1, 10, 0, 1), utc(2024, 2, 29, 10, 0, 0)),
            ("Feb 29 10:00:00 h", utc(2103, 3, 1, 0, 0, 0), utc(2096, 2, 29, 10, 0, 0)),
        ],
    )
    def test_it_is_the_latest_that_can_be(self, text: str, now: datetime, expected: datetime) -> None:
        """New year, a fast clock, and leap days get the year that was meant."""
        assert read(text, now=now) == expected

    def test_new_year_is_the_zones(self) -> None:
        """When it is new year in Kolkata and not yet in Greenwich, the year is Kolkata's."""
        now = utc(2026, 12, 31, 18, 31, 0)

        assert read("Jan  1 00:01:00 h", now=now, zone=KOLKATA) == now

    @given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=363)), st.sampled_from([UTC, BERLIN, KOLKATA]))
    def test_every_line_of_the_last_year(self, now: datetime, age: timedelta, zone: tzinfo) -> None:
        """A line of the last year gets its own year, except in the hour that a clock is put back over."""
        said = (now - age).replace(microsecond=0)
        local = said.astimezone(zone)

        found = read(f"{local:%b} {local.day:2} {local:%H:%M:%S} h", now=now, zone=zone)

        assert found in {said, said - timedelta(hours=1), said + timedelta(hours=1)}
        assert found == said or zone is BERLIN

    @given(MOMENTS, st.integers(1, 12), st.integers(1, 31), st.integers(0, 23))
    def test_never_far_ahead(self, now: datetime, month: int, day: int, hour: int) -> None:
        """No stamp is taken to be more than a day ahead; one of no calendar is no time."""
        text = f"{datetime(2000, month, 1, tzinfo=UTC):%b} {day:2} {hour:02}:00:00 h"

        found = read(text, now=now)

        assert found is None or found <= now + AHEAD
        assert (found is None) == ((day > 29 and month == 2) or (day == 31 and month in {4, 6, 9, 11}))


class TestZone:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Jul  1 12:00:00 h", utc(2026, 7, 1, 10)),
            ("Jan  1 12:00:00 h", utc(2026, 1, 1, 11)),
            ("Jul  1 12:00:00 UTC: x", utc(2026, 7, 1, 12)),
            ("Jul  1 12:00:00 CST: x", utc(2026, 7, 1, 10)),
            ("2026-07-01T12:00:00 h", utc(2026, 7, 1, 10)),
            ("2026-07-01T12:00:00Z h", utc(2026, 7, 1, 12)),
            ("2026-07-01T12:00:00-0330 h", utc(2026, 7, 1, 15, 30)),
        ],
    )
    def test_the_configured_one_counts_where_none_is_named(self, text: str, expected: datetime) -> None:
        """A zone without an unambiguous name is the configured one, with its summer time."""
        assert read(text, now=utc(2026, 11, 21), zone=BERLIN) == expected

    def test_a_capital_host_is_no_zone(self) -> None:
        """A word in capitals is a zone only before a colon or a year."""
        assert leading_time("Jul  1 12:00:00 CORE x", now=utc(2026, 11, 21), zone=UTC) == (utc(2026, 7, 1, 12), 15)


class TestIso:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("1985-04-12T23:20:50.52Z", utc(1985, 4, 12, 23, 20, 50, 520_000)),
            ("1985-04-12T19:20:50.52-04:00", utc(1985, 4, 12, 23, 20, 50, 520_000)),
            ("2003-08-24T05:14:15.000003-07:00", utc(2003, 8, 24, 12, 14, 15, 3)),
            ("2003-08-24T05:14:15.123456789Z", utc(2003, 8, 24, 5, 14, 15, 123_456)),
        ],
    )
    def test_good(self, text: str, expected: datetime) -> None:
        """The RFC's examples; nanoseconds, which it forbids, lose what is finer than microseconds."""
        assert iso_time(text) == expected

    @pytest.mark.parametrize(
        "text",
        [
            "2003-08-24T05:14:15",
            "2003-08-24 05:14:15Z",
            "2003-08-24T05:14:60Z",
            "2003-02-30T05:14:15Z",
            "2003-08-24T05:14:15+24:00",
            "0001-01-01T00:00:00+23:59",
            "9999-12-31T23:59:59-00:01",
            "٢003-08-24T05:14:15Z",
        ],
    )
    def test_bad(self, text: str) -> None:
        """No zone, no T, a leap second, no such day, and times outside the calendar are no times."""
        assert iso_time(text) is None
