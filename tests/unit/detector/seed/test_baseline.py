import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.detector.incidents.state import Normal, Observation
from satark.detector.rules.model import MetricPlan, Plan, SeedParameters
from satark.detector.seed import baseline
from satark.detector.seed.parameters import SeedRules

FLOORS = {"latency_ms": 5.0, "loss_pct": 0.5, "latency_ms_tx": 7.0}
values = st.lists(st.floats(0, 1e6, allow_nan=False), min_size=2, max_size=60)


def _observations(numbers: list[float]) -> list[Observation]:
    return [Observation(300 * i, number) for i, number in enumerate(numbers)]


def _rules(min_samples: int) -> SeedRules:
    return SeedRules(SeedParameters(min_samples=min_samples, floor=1.0))


class TestLearn:
    @given(values)
    def test_agrees_with_the_standard_library(self, numbers: list[float]) -> None:
        """Centre and spread are the mean and the sample standard deviation (ddof 1)."""
        normal = baseline.learn(_observations(numbers), _rules(2))

        assert normal is not None
        assert pytest.approx(statistics.fmean(numbers), rel=1e-9, abs=1e-6) == normal.centre
        assert pytest.approx(statistics.stdev(numbers), rel=1e-6, abs=1e-3) == normal.spread

    def test_waits_for_enough_observations(self) -> None:
        """One observation fewer than asked for is no baseline."""
        assert baseline.learn(_observations([1.0] * 5), _rules(6)) is None

    def test_remembers_what_it_rests_on(self) -> None:
        """Number, first and last observation are part of the evidence."""
        normal = baseline.learn(_observations([1.0, 2.0, 3.0]), _rules(2))

        assert Normal(2.0, 1.0, 1.0, 3, 0, 600, above=4.0, critical=8.0) == normal


class TestDistance:
    def test_counts_true_spreads(self) -> None:
        """The seed's example: 100 over a mean of 75 with a deviation of 10 is 2.5 away, not the constant 2."""
        assert Normal(75.0, 10.0, 5.0, 12, 0, 3300).distance(100.0) == 2.5

    def test_measures_with_the_floor_where_the_spread_is_smaller(self) -> None:
        """An all-zero history has the floor as its unit."""
        assert Normal(0.0, 0.0, 0.5, 12, 0, 3300).distance(2.0) == 4.0

    @given(st.floats(0, 1e3), st.floats(0, 1e3), st.floats(0.1, 10), st.floats(0, 1e4), st.floats(0.5, 10))
    def test_agrees_with_the_limit(
        self, centre: float, spread: float, floor: float, value: float, factor: float
    ) -> None:
        """A value is beyond the limit exactly when its distance exceeds the factor, rounding apart."""
        normal = Normal(centre, spread, floor, 12, 0, 0, above=centre + factor * max(spread, floor))
        gap = value - normal.limit

        if abs(gap) > 1e-6:
            assert (gap > 0) == (normal.distance(value) > factor)


class TestPlan:
    @pytest.mark.parametrize(
        ("metric", "expected"),
        [("latency_ms_rx", 5.0), ("latency_ms_tx", 7.0), ("loss_pct", 0.5), ("latency_msx", None), ("bytes_rx", None)],
    )
    def test_takes_the_longest_matching_name(self, metric: str, expected: float | None) -> None:
        """A metric has the plan of the longest name it begins with, at a word's end; others are not judged."""
        plan = Plan(metrics={name: MetricPlan(seed=SeedParameters(floor=floor)) for name, floor in FLOORS.items()})
        found = plan.metric(metric)

        assert expected == (None if found is None else found.seed.floor)
