from datetime import UTC, datetime

import pytest

from satark.poller.mapped.times import text_of, time_in

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


class TestTimes:
    @pytest.mark.parametrize(
        ("value", "form"),
        [
            (1_773_144_000_000, "ms"),
            ("1773144000", "s"),
            ("2026-03-10T12:00:00.000Z", "iso"),
            ("2026-03-10T14:00:00+02:00", "iso"),
            ("2026-03-10T12:00:00", "iso"),
            ("2026/03/10 12:00", "%Y/%m/%d %H:%M"),
            ("2026/03/10 13:00 +0100", "%Y/%m/%d %H:%M %z"),
        ],
    )
    def test_read(self, value: object, form: str) -> None:
        """All forms are read; what has no offset is UTC."""
        assert time_in(value, form) == NOON

    @pytest.mark.parametrize(
        ("value", "form"),
        [
            (None, "ms"),
            (-1, "s"),
            (1e300, "ms"),
            (True, "s"),
            ("x", "iso"),
            (5, "iso"),
            ("12", "%Y-%m-%d"),
            ("nan", "s"),
        ],
    )
    def test_none(self, value: object, form: str) -> None:
        """What is no time is none."""
        assert time_in(value, form) is None

    @pytest.mark.parametrize(
        ("form", "text"),
        [
            ("ms", 1_773_144_000_000),
            ("s", 1_773_144_000),
            ("iso", "2026-03-10T12:00:00.000Z"),
            ("%H:%M UTC", "12:00 UTC"),
        ],
    )
    def test_write(self, form: str, text: str | int) -> None:
        """All forms are written."""
        assert text_of(NOON, form) == text
