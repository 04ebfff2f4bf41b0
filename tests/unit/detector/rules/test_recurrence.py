import re
from datetime import datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from satark.detector.rules.recurrence import MAX_A_DAY, recurrence

FIRST = datetime(2026, 1, 4, 2)  # noqa: DTZ001 - rules are in local time
LATE = datetime(2190, 1, 1)  # noqa: DTZ001 - as above
DAY = timedelta(days=1)
TEXTS = st.builds(
    ";".join,
    st.tuples(
        st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY"]),
        st.integers(1, 13).map("INTERVAL={}".format),
        st.sampled_from(
            ["BYDAY=MO,WE,SU", "BYMONTH=1,3,10", "BYHOUR=1,13", "WKST=SU", "BYMONTH=2", "BYHOUR=4;BYMINUTE=0,30"]
        ),
    ),
)


class TestRecurring:
    def test_weekly(self) -> None:
        """Sundays are Sundays, however long ago the rule began."""
        found = recurrence("FREQ=WEEKLY;BYDAY=SU", FIRST).between(LATE, LATE + 14 * DAY)

        assert [(one.weekday(), one.hour) for one in found] == [(6, 2), (6, 2)]

    def test_first(self) -> None:
        """Nothing is before the beginning; the first is the first that matches."""
        found = recurrence("FREQ=WEEKLY;BYDAY=MO", FIRST).between(FIRST - 30 * DAY, FIRST + 9 * DAY)

        assert found == [FIRST + DAY, FIRST + 8 * DAY]

    def test_before_and_after(self) -> None:
        """Before a rule begins and after it has ended nothing occurs."""
        rule = recurrence("FREQ=DAILY;UNTIL=20260201", FIRST)

        assert rule.between(FIRST - 9 * DAY, FIRST - 8 * DAY) == []
        assert rule.between(FIRST + 90 * DAY, FIRST + 99 * DAY) == []

    @pytest.mark.parametrize(
        ("text", "count"),
        [
            ("RRULE:FREQ=DAILY;COUNT=5", 5),
            ("FREQ=DAILY;UNTIL=20260106", 3),
            ("freq=daily;until=20260106T015959", 2),
            ("FREQ=DAILY;UNTIL=20260106T020000;", 3),
            ("FREQ=MONTHLY;BYDAY=-1SU;COUNT=7", 7),
            ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=2", 2),
        ],
    )
    def test_ends(self, text: str, count: int) -> None:
        """A rule ends after a number of times or at a time; a day is meant to its end."""
        assert count == len(recurrence(text, FIRST).between(FIRST, FIRST + 4000 * DAY))

    @settings(deadline=None, max_examples=60)
    @given(TEXTS, st.integers(-30, 1500), st.integers(0, 120))
    def test_as_from_its_beginning(self, text: str, after: int, days: int) -> None:
        """The occurrences of any days are those of the rule when it is stepped through from its beginning."""
        low = FIRST + after * DAY
        try:
            rule = recurrence(text, FIRST)
        except ValueError:
            assume(False)

        with_week = text if "WKST" in text else f"{text};WKST=MO"
        expected = rrulestr(with_week, dtstart=FIRST).between(low, low + days * DAY, inc=True)
        assert expected == rule.between(low, low + days * DAY)


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("FREQ=HOURLY", "FREQ must be DAILY or WEEKLY or MONTHLY or YEARLY; for less than a day use BYHOUR"),
            ("FREQ=SECONDLY", "FREQ must be"),
            ("BYDAY=MO", "FREQ must be"),
            ("every sunday", "EVERY SUNDAY is no NAME=VALUE"),
            ("", "an empty part is no NAME=VALUE"),
            ("FREQ=DAILY;BYDAYS=MO", "BYDAYS is no part of a rule; did you mean BYDAY?"),
            ("FREQ=DAILY;FREQ=WEEKLY", "FREQ is given twice"),
            ("DTSTART=20260101;FREQ=DAILY", "DTSTART belongs into the member from"),
            ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "COUNT and UNTIL exclude each other"),
            ("FREQ=DAILY;COUNT=0", "COUNT must be a whole number from 1 to 1000"),
            ("FREQ=DAILY;COUNT=99999999999", "COUNT must be"),
            ("FREQ=DAILY;INTERVAL=x", "INTERVAL must be a whole number from 1 to 1000"),
            ("FREQ=DAILY;UNTIL=20270101T000000Z", "UNTIL is local time here, without Z"),
            ("FREQ=DAILY;UNTIL=tomorrow", "UNTIL must be like 20261231"),
            ("FREQ=DAILY;UNTIL=20250101", "it has no occurrence"),
            ("FREQ=DAILY;BYDAY=XX", "invalid 'BYDAY': XX"),
            ("FREQ=DAILY;BYDAY= MO", "BYDAY= MO is no NAME=VALUE"),
            ("FREQ=DAILY;BYHOUR=99999999999", "a number in it is out of range"),
            ("FREQ=DAILY;BYHOUR=25", "hour must be in 0..23"),
            ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "it has no occurrence"),
            ("FREQ=WEEKLY;INTERVAL=1000;BYMONTH=2;BYMONTHDAY=31", "it has no occurrence"),
        ],
    )
    def test_why(self, text: str, why: str) -> None:
        """A rule that cannot be followed is refused with the reason."""
        with pytest.raises(ValueError, match=re.escape(why)):
            recurrence(text, FIRST)

    def test_too_many(self) -> None:
        """As many times a day as hours are the most, also for a rule that begins late in the day."""
        hours = ",".join(map(str, range(24)))
        late = FIRST.replace(hour=23)

        assert len(recurrence(f"FREQ=DAILY;BYHOUR={hours}", late).between(FIRST, FIRST + 2 * DAY)) == MAX_A_DAY + 4
        with pytest.raises(ValueError, match="more than 24 occurrences a day"):
            recurrence(f"FREQ=DAILY;BYHOUR={hours};BYMINUTE=0,30", late)

    @pytest.mark.parametrize("year", [1999, 2199, 9999])
    def test_far_away(self, year: int) -> None:
        """A rule begins in this century or the next."""
        with pytest.raises(ValueError, match="it must begin from 2000 on"):
            recurrence("FREQ=DAILY", FIRST.replace(year=year))

    @settings(deadline=None, max_examples=60)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(
                    ["BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY", "BYHOUR", "BYSETPOS", "WKST"]
                ),
                st.integers(-400, 400).map(str) | st.text("MO,-1+9", max_size=5),
            ),
            max_size=3,
        ),
        st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    )
    def test_anything(self, parts: list[tuple[str, str]], freq: str) -> None:
        """Any text is a rule or refused, and days of a rule can always be asked for."""
        text = ";".join(f"{name}={value}" for name, value in [("FREQ", freq), *parts])
        try:
            rule = recurrence(text, FIRST)
        except ValueError:
            return

        found = rule.between(FIRST, FIRST + 30 * DAY)
        assert found == sorted(found)
        assert len(found) <= 31 * MAX_A_DAY
