import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.detector.robust import ROUND_TRIP, WAN_LINK, Cause, Evidence, empty, explain, step

START, STEP = 1_704_067_200, 300


def shifted(samples: int, level: float) -> list[Evidence]:
    """Return the evidence of a round trip that rose from 20 ms at sample 600, for each sample after."""
    draw, state, told = np.random.default_rng(3), empty(ROUND_TRIP, 1), []
    for sample in range(600 + samples):
        values = np.array([[(level if sample >= 600 else 20.0) + draw.integers(-1, 2)]])
        times, seen = np.array([START + STEP * sample]), np.ones((1, 1), np.bool_)
        state, verdicts = step(state, times, values, seen, ROUND_TRIP)
        told.append(explain(verdicts, np.array([0]), ROUND_TRIP))
    return told[600:]


class TestExplain:
    def test_the_normal_of_a_shift_is_the_one_before_it(self) -> None:
        """While a rise is not accepted, value and centre stay as far apart as they are."""
        last = shifted(40, 50.0)[-1]

        assert 49 <= last.value[0, 0] <= 51
        assert 19 <= last.centre[0, 0] <= 21
        assert 24 <= last.limit[0, 0] <= 26
        assert last.distance[0, 0] > 10
        assert last.elevated[0, 0]
        assert last.cause[0, 0] == Cause.UNUSUAL

    def test_what_is_calm_has_no_cause(self) -> None:
        """A series that takes no part is told with its normal all the same."""
        last = shifted(40, 20.0)[-1]

        assert not last.elevated[0, 0]
        assert last.cause[0, 0] == Cause.NONE
        assert last.spread[0, 0] >= 1
        assert last.samples[0, 0] > 600

    @settings(max_examples=6, deadline=None)
    @given(st.integers(0, 2**31))
    def test_the_limit_is_where_series_begin_to_take_part(self, seed: int) -> None:
        """In the kinds' own units, for every kind: from it on a series is elevated, below it is not."""
        draw, state = np.random.default_rng(seed), empty(WAN_LINK, 4)
        for sample in range(120):
            usual = draw.gamma(2, 4, (6, 4)) * draw.choice([1, 4], (6, 4))
            times = np.full(4, START + STEP * sample)
            state, verdicts = step(state, times, usual, np.ones((6, 4), np.bool_), WAN_LINK)
            told = explain(verdicts, np.arange(4), WAN_LINK)
            sure = np.abs(told.value - told.limit) > 1e-3 * (1 + told.limit)

            assert np.array_equal((told.value > told.limit)[sure], told.elevated[sure])
