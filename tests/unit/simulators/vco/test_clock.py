from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.simulators.vco.clock import VirtualClock

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def fast() -> VirtualClock:
    """Return a clock six hours behind, sixty times as fast."""
    return VirtualClock(start=NOON - 6 * HOUR, started=NOON, rate=60)


class TestRunning:
    def test_runs_faster_than_real_time(self) -> None:
        """At rate 60 a real minute is a virtual hour."""
        assert fast().now(NOON + timedelta(minutes=1)) == NOON - 5 * HOUR

    @settings(deadline=None)
    @given(st.floats(0, 1e6), st.floats(0.01, 1e5))
    def test_never_ahead(self, real_s: float, rate: float) -> None:
        """A running clock never shows a time after the real one."""
        real = NOON + timedelta(seconds=real_s)

        assert VirtualClock(start=NOON - HOUR, started=NOON, rate=rate).now(real) <= real

    def test_catches_up(self) -> None:
        """A clock left alone ends up in the present and stays there."""
        later = NOON + 48 * HOUR

        assert later == fast().now(later)

    def test_advance_is_capped(self) -> None:
        """Moving a running clock on does not take it into the future."""
        assert fast().advance(1e7, NOON).now(NOON) == NOON

    def test_changes_rate_from_here(self) -> None:
        """A new rate holds from the present virtual time on."""
        clock = fast().run(1.0, NOON + timedelta(minutes=1))

        assert NOON - 5 * HOUR + timedelta(seconds=30) == clock.now(NOON + timedelta(seconds=90))

    def test_rate_is_positive(self) -> None:
        """A clock that stands or runs backwards is refused."""
        with pytest.raises(ValueError, match="positive"):
            fast().run(0, NOON)


class TestFrozen:
    def test_stands_still(self) -> None:
        """A frozen clock ignores real time."""
        clock = VirtualClock.frozen_at(NOON)

        assert clock.now(NOON + HOUR) == NOON

    def test_goes_anywhere(self) -> None:
        """A frozen clock may be set to any time and moved on from there, the future included."""
        clock = fast().set(NOON + 1000 * HOUR).advance(60, NOON)

        assert NOON + 1000 * HOUR + timedelta(minutes=1) == clock.now(NOON)

    def test_runs_again(self) -> None:
        """A frozen clock that is told to run starts from where it stood."""
        clock = fast().set(NOON - 2 * HOUR).run(2, NOON)

        assert clock.now(NOON + timedelta(minutes=30)) == NOON - HOUR
