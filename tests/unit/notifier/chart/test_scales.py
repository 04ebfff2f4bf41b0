from datetime import UTC, datetime
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.notifier.chart.scales import ValueScale, axis_number, time_ticks, when

DAY_S = 86_400.0
FLOATS = st.floats() | st.sampled_from([0.0, 5e-324, 1e-300, 1e308, -1e308])


class TestValueScale:
    @given(values=st.lists(FLOATS, max_size=8))
    def test_places_all_values_between_bottom_and_top(self, values: list[float]) -> None:
        """Whatever is finite lies within the scale, in its order."""
        scale = ValueScale.of(values)
        places = [scale.place(value) for value in sorted(value for value in values if isfinite(value))]

        assert all(0 <= place <= 1 for place in places)
        assert places == sorted(places)

    @given(values=st.lists(FLOATS, max_size=8), count=st.integers(0, 8))
    def test_ticks_are_few_and_finite(self, values: list[float], count: int) -> None:
        """There are no more ticks than can be told apart."""
        ticks = ValueScale.of(values).ticks(count)

        assert len(ticks) <= 2 * count + 2
        assert all(isfinite(tick) for tick in ticks)

    def test_begins_at_zero_where_that_is_near(self) -> None:
        """A scale of values far above zero does not begin there; one of loss does."""
        assert ValueScale.of([0.1, 2.4]).low == 0
        assert ValueScale.of([95.0, 100.0]).low > 0

    def test_ticks_are_round(self) -> None:
        """Ticks are at multiples of 1, 2 or 5."""
        assert ValueScale.of([22.0, 89.0]).ticks(4) == [0, 50]
        assert ValueScale.of([0.2, 2.4]).ticks(4) == [0, 1, 2]


class TestAxisNumber:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (0.0, "0"),
            (0.25, "0.25"),
            (95.0, "95"),
            (-3.5, "-3.5"),
            (1234.5, "1234"),
            (20_000.0, "20k"),
            (1_500_000.0, "1.5M"),
            (999_999.0, "1e+03k"),
            (2.5e9, "2.5G"),
            (4e12, "4T"),
            (1e300, "1.0e300"),
        ],
    )
    def test_is_short(self, value: float, text: str) -> None:
        """Values take few characters."""
        assert text == axis_number(value)


class TestTimeTicks:
    def test_are_at_round_times(self) -> None:
        """Four hours have a tick each hour."""
        start = datetime(2026, 11, 21, 8, 10, tzinfo=UTC).timestamp()
        ticks, step_s = time_ticks(start, start + 4 * 3600, 5)

        assert step_s == 3600
        assert [9, 10, 11, 12] == [moment.hour for tick in ticks if (moment := when(tick))]

    @given(start=st.floats(-1e12, 1e12), length=st.floats(1, 1e12))
    def test_are_few(self, start: float, length: float) -> None:
        """However long the span, the ticks fit."""
        ticks, _ = time_ticks(start, start + length, 5)

        assert len(ticks) <= 6
        assert all(start <= tick <= start + length for tick in ticks)

    def test_centuries_have_none(self) -> None:
        """No tick is better than a false one."""
        assert ([], DAY_S) == time_ticks(0, 1e11, 5)

    def test_no_calendar_is_no_error(self) -> None:
        """A time beyond all calendars is not known."""
        assert when(1e30) is None
