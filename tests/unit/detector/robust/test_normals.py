import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.detector.robust import ROUND_TRIP, WAN_LINK, Normals, State, empty, encode, explain, normals, step

START, STEP = 1_704_067_200, 300


def known(samples: int = 0, level: float = 20.0, *, days: int = 2, daily: float = 0.0) -> State:
    """Return what is remembered of a round trip: 20 ms and noise for days, up to `daily` more at noon, then a level."""
    draw, state, before = np.random.default_rng(5), empty(ROUND_TRIP, 1), 288 * days
    for sample in range(before + samples):
        usual = 20.0 + daily * np.sin(np.pi * (sample % 288) / 288)
        values = np.array([[(level if sample >= before else usual) + draw.integers(-1, 2)]])
        state, _ = step(state, np.array([START + STEP * sample]), values, np.ones((1, 1), np.bool_), ROUND_TRIP)
    return state


def at(state: State, hour: float) -> Normals:
    """Return what is normal at an hour of the day."""
    own = state.take(np.arange(1))
    return normals(own, np.array([START + int(3600 * hour)]), ROUND_TRIP)


class TestNormals:
    @settings(max_examples=6, deadline=None)
    @given(st.integers(0, 2**31))
    def test_the_limit_is_the_one_that_a_sample_is_judged_by(self, seed: int) -> None:
        """Asked right before a step for its time, it is what the step explains, for every kind."""
        draw, state = np.random.default_rng(seed), empty(WAN_LINK, 3)
        for sample in range(120):
            usual = draw.gamma(2, 4, (6, 3)) * draw.choice([1, 4], (6, 3))
            times = np.full(3, START + STEP * sample)
            before = normals(state.take(np.arange(3)), times, WAN_LINK)
            state, verdicts = step(state, times, usual, np.ones((6, 3), np.bool_), WAN_LINK)
            told = explain(verdicts, np.arange(3), WAN_LINK)

            if sample:
                np.testing.assert_allclose(before.limit, told.limit, rtol=0.02, atol=0.3)

    def test_the_band_lies_around_the_centre_and_below_the_limit(self) -> None:
        """In the metric's unit: what was usual, its edges, and the limit above them."""
        found = at(known(), 3)

        assert 19 <= found.centre[0, 0] <= 21
        assert found.low[0, 0] < found.centre[0, 0] < found.high[0, 0] <= found.limit[0, 0] < 28
        assert found.samples[0, 0] >= 500

    def test_it_follows_the_time_of_day(self) -> None:
        """What is usual at noon is told for noon, whatever the time of the last sample."""
        state = known(days=5, daily=6.0)

        assert at(state, 12.25).centre[0, 0] - at(state, 0.25).centre[0, 0] > 1.5

    def test_a_rise_that_nobody_has_accepted_is_not_normal(self) -> None:
        """Hours after a shift the normal is still the one before it."""
        found = at(known(40, 50.0), 3)

        assert 19 <= found.centre[0, 0] <= 23
        assert found.limit[0, 0] < 30

    def test_asking_changes_nothing(self) -> None:
        """What is remembered stays byte for byte as it was."""
        state = known()
        before = encode(state)
        at(state, 17)

        assert before == encode(state)
