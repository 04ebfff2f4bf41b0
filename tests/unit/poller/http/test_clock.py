from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.poller.http.clock import ServerClock

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


class TestServerClock:
    def test_unknown(self) -> None:
        """Until it told the time, the orchestrator's clock is ours."""
        clock = ServerClock()
        clock.observe(None, NOON)

        assert (clock.now(NOON), clock.skew_s, clock.known) == (NOON, 0.0, False)

    @given(st.integers(-10_000_000, 10_000_000), st.integers(0, 1_000))
    def test_now(self, ahead_s: int, later_s: int) -> None:
        """Its time is ours plus what it was ahead at the latest answer."""
        clock = ServerClock()
        clock.observe(NOON + timedelta(seconds=ahead_s), NOON)
        later = NOON + timedelta(seconds=later_s)

        assert clock.known
        assert clock.now(later) == later + timedelta(seconds=ahead_s)

    @pytest.mark.parametrize(("ahead_s", "expected"), [(0.9, 0.0), (-1.0, 0.0), (1.5, 1.5), (-61, -61.0)])
    def test_skew(self, ahead_s: float, expected: float) -> None:
        """What a Date of whole seconds cannot tell is no skew."""
        clock = ServerClock()
        clock.observe(NOON + timedelta(seconds=ahead_s), NOON)

        assert clock.skew_s == expected
