from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from satark.notifier.mail import sparkline
from satark.schemas.incidents import Point
from tests.unit.notifier.scenes import NOON

finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12)


def points(*values: float, step_s: int = 300) -> list[Point]:
    """Return samples, one each step."""
    return [Point(time=NOON + timedelta(seconds=step_s * i), value=value) for i, value in enumerate(values)]


class TestBars:
    def test_span_from_the_lowest_to_the_highest(self) -> None:
        """The lowest sample is the lowest block, the highest the full one."""
        assert sparkline.text(sparkline.bars(points(0, 3, 4, 7), 300)) == "▁▄▅█"

    def test_are_flat_when_nothing_changes(self) -> None:
        """A constant is no full scale."""
        assert sparkline.text(sparkline.bars(points(5, 5, 5), 300)) == "▁▁▁"

    def test_show_what_is_missing(self) -> None:
        """Two samples that never came are two gaps."""
        assert sparkline.text(sparkline.bars(points(0, 7, step_s=900), 300)) == "▁··█"

    def test_are_none_without_samples(self) -> None:
        """Nothing known, nothing shown."""
        assert sparkline.bars([], 300) == ()

    @given(st.lists(finite, max_size=512), st.integers(1, 10_000))
    def test_are_bounded(self, values: list[float], interval_s: int) -> None:
        """However many samples and gaps, never more bars than fit, none higher than the chart."""
        bars = sparkline.bars(points(*values), interval_s)

        assert len(bars) <= sparkline.MAX_BARS
        assert all(0 <= bar.height_px <= sparkline.BAR_PX for bar in bars)
        assert len(sparkline.text(bars)) == len(bars)
