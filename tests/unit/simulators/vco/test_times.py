from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.simulators.vco.times import floor_to, from_ms, iso, parse_iso, to_ms


class TestTimes:
    @settings(deadline=None)
    @given(st.integers(0, 4_102_444_800_000))
    def test_round_trip(self, milliseconds: int) -> None:
        """Milliseconds survive the way to a datetime, to text and back."""
        assert milliseconds == to_ms(parse_iso(iso(from_ms(milliseconds))))

    def test_iso(self) -> None:
        """Times have milliseconds and a Z, whatever their offset was."""
        when = datetime(2026, 3, 10, 13, 10, 0, 7999, tzinfo=timezone(timedelta(hours=1)))

        assert iso(when) == "2026-03-10T12:10:00.007Z"

    def test_floor(self) -> None:
        """Flooring finds the last multiple since the epoch."""
        when = datetime(2026, 3, 10, 12, 9, 59, tzinfo=UTC)

        assert datetime(2026, 3, 10, 12, 5, tzinfo=UTC) == floor_to(when, timedelta(minutes=5))

    def test_no_offset(self) -> None:
        """A time without an offset is refused, not guessed."""
        with pytest.raises(ValueError, match="no offset"):
            parse_iso("2026-03-10T12:10:00")
