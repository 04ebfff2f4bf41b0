"""Delay: rises at once to what was seen, falls slowly, and stays within its limits."""

from hypothesis import given
from hypothesis import strategies as st

from satark.poller.look.delay import FALL_AFTER, FALL_S, FALL_SHARE, MARGIN_S, Delay, is_late

SIGHTS = st.lists(st.one_of(st.none(), st.floats(0, 10_000)))
"""None for a complete window, else the age of one that was not."""


def learnt(*sights: float | None) -> Delay:
    """Return a delay between ten and thirty minutes that saw these windows."""
    delay = Delay(least_s=600.0, most_s=1_800.0)
    for age_s in sights:
        if age_s is None:
            delay.complete()
        else:
            delay.late(age_s)
    return delay


class TestDelay:
    def test_begins_with_the_least(self) -> None:
        """What the vendor says is tried first."""
        assert learnt().seconds == 600.0

    def test_rises_at_once(self) -> None:
        """A window that is late raises the delay beyond its age."""
        assert learnt(900.0).seconds == 900.0 + MARGIN_S

    def test_does_not_sink_when_late(self) -> None:
        """A window that is late, but less than was seen before, changes nothing."""
        assert learnt(1_200.0, 700.0).seconds == 1_200.0 + MARGIN_S

    def test_falls_after_an_hour(self) -> None:
        """Twelve complete windows in a row take a quarter of the excess off, and not one fewer."""
        assert learnt(900.0, *[None] * (FALL_AFTER - 1)).seconds == 960.0
        assert learnt(900.0, *[None] * FALL_AFTER).seconds == 960.0 - FALL_SHARE * 360.0

    def test_last_steps(self) -> None:
        """A small excess falls by half a minute at a time."""
        assert learnt(600.0, *[None] * FALL_AFTER).seconds == 660.0 - FALL_S

    def test_calm_begins_anew(self) -> None:
        """A late window ends the calm."""
        calm = [None] * (FALL_AFTER - 1)

        assert learnt(900.0, *calm, 0.0, *calm).seconds == 960.0

    def test_falls_to_the_least(self) -> None:
        """In the end the least is tried again."""
        assert learnt(900.0, *[None] * 500).seconds == 600.0

    @given(SIGHTS)
    def test_limits(self, sights: list[float | None]) -> None:
        """The delay stays between the least and the most."""
        assert 600.0 <= learnt(*sights).seconds <= 1_800.0

    @given(SIGHTS, st.floats(0, 10_000))
    def test_long_enough(self, sights: list[float | None], age_s: float) -> None:
        """After a late window the delay is longer than its age, unless that is more than the most."""
        before = learnt(*sights).seconds
        after = learnt(*sights, age_s).seconds

        assert after == max(before, min(1_800.0, age_s + MARGIN_S))

    @given(SIGHTS)
    def test_one_step_at_a_time(self, sights: list[float | None]) -> None:
        """A complete window never raises the delay, and lowers it by one step at most."""
        before, after = learnt(*sights).seconds, learnt(*sights, None).seconds

        assert before - max(FALL_S, FALL_SHARE * (before - 600.0)) <= after <= before


class TestIsLate:
    def test_nearly_all_missing(self) -> None:
        """With fewer than a tenth of the expected links a window is late as a whole; else single links are."""
        assert is_late(20, 1)
        assert not is_late(20, 2)

    def test_nobody_expected(self) -> None:
        """Where nobody is expected nobody is late."""
        assert not is_late(0, 0)
