from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.notifier.channels.delivery import Permanent, Retry, Sent
from satark.notifier.channels.http_replies import LONGEST_AFTER_S, after_s, delivery_of

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class TestDeliveryOf:
    @given(status=st.integers(100, 999), retry_after=st.none() | st.text(max_size=40))
    def test_every_status_means_one_thing(self, status: int, retry_after: str | None) -> None:
        """2xx is delivered, 5xx is never given up, and nothing else is tried again but for three codes."""
        delivery = delivery_of(status, "", retry_after=retry_after, now=NOW)

        assert isinstance(delivery, Sent) == (200 <= status <= 299)
        assert isinstance(delivery, Retry) == (500 <= status <= 599 or status in {408, 425, 429})
        assert isinstance(delivery, Permanent) == (not isinstance(delivery, Sent | Retry))


class TestAfter:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("0", 0.0),
            ("30", 30.0),
            (" 30 ", 30.0),
            ("86400", LONGEST_AFTER_S),
            ("9" * 5000, LONGEST_AFTER_S),
            ("-5", 0.0),
            ("1.5", 0.0),
            ("٣", 0.0),
            ("", 0.0),
            (None, 0.0),
            ("Sat, 21 Nov 2026 12:05:00 GMT", 300.0),
            ("Sat, 21 Nov 2026 12:05:00 -0000", 300.0),
            ("Sat, 21 Nov 2026 11:05:00 GMT", 0.0),
            ("Sat, 21 Nov 2099 12:05:00 GMT", LONGEST_AFTER_S),
            ("Sat, 99 Nov 2026 12:05:00 GMT", 0.0),
        ],
    )
    def test_reads_seconds_and_dates(self, text: str | None, expected: float) -> None:
        """Both forms of RFC 9110, clause 10.2.3, within bounds; nonsense is none."""
        assert expected == after_s(text, NOW)

    @given(st.timedeltas(timedelta(seconds=-5000), timedelta(seconds=5000)))
    def test_is_always_within_bounds(self, ahead: timedelta) -> None:
        """No server sends a message into another day, nor into the past."""
        wait_s = after_s(format_datetime(NOW + ahead, usegmt=True), NOW)

        assert 0.0 <= wait_s <= LONGEST_AFTER_S
        assert abs(wait_s - min(max(0.0, ahead.total_seconds()), LONGEST_AFTER_S)) <= 1.0

    @given(st.text(max_size=100))
    def test_no_text_is_an_error(self, text: str) -> None:
        """Whatever a header says."""
        assert 0.0 <= after_s(text, NOW) <= LONGEST_AFTER_S
