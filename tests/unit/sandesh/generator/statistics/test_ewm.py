import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.generator.statistics.ewm import Anomaly, Ewm

ALPHAS = st.floats(0.01, 1)


def ewm(argument: str, *samples: float) -> Ewm:
    """A state after these samples."""
    state = Ewm(argument)
    for sample in samples:
        state.take(sample, 0.0)
    return state


def test_as_recorded() -> None:
    """Mean, deviation and sigma are those that the original was seen to send."""
    results = [ewm("0.8", *samples).result for samples in ((1,), (371,), (371, 13))]

    assert [
        pytest.approx({"samples": 1, "mean": 0.8, "stddev": 0.4, "sigma": 0.5}),
        pytest.approx({"samples": 1, "mean": 296.8, "stddev": 148.4, "sigma": 0.5}),
        pytest.approx({"samples": 2, "mean": 69.76, "stddev": 131.496, "sigma": -0.431647}, rel=1e-5),
    ] == results


@pytest.mark.parametrize(
    ("argument", "error"),
    [("0", "Disabled"), *((each, f"Invalid alpha {each}") for each in ("1.5", "-1", "x", "", "nan", "1e-300"))],
)
def test_wrong_weight(argument: str, error: str) -> None:
    """A parameter that is no weight is told as an error instead of a result."""
    assert {"samples": 0, "error": error} == ewm(argument, 1).result


@given(ALPHAS, st.lists(st.floats(-1e9, 1e9), min_size=1))
def test_bounds(alpha: float, samples: list[float]) -> None:
    """The mean stays between 0 and the samples, and the deviation is a number."""
    result = ewm(repr(alpha), *samples).result

    assert min(0, *samples) - 1e-3 <= result["mean"] <= max(0, *samples) + 1e-3
    assert result["stddev"] >= 0
    assert math.isfinite(result["sigma"])


@given(ALPHAS, st.floats(-1e6, 1e6), st.integers(1, 50))
def test_constant(alpha: float, value: float, count: int) -> None:
    """The mean of equal samples comes nearer to them with each."""
    off = [abs(ewm(repr(alpha), *[value] * times).result["mean"] - value) for times in (count, count + 1)]

    assert off[1] <= off[0]


@pytest.mark.parametrize("sample", [1e300, math.inf, math.nan])
def test_too_large(sample: float) -> None:
    """A sample that leaves the numbers of a double is refused, and the next one begins anew."""
    state = ewm("0.5", 10)
    with pytest.raises(OverflowError):
        state.take(sample, 0.0)
    state.take(10, 0.0)

    assert ewm("0.5", 10).result == state.result


class TestAnomaly:
    def test_is_sent_when_unusual(self) -> None:
        """It is told at exactly enough samples, and afterwards only around unusual ones."""
        anomaly = Anomaly("EWM:0.5")
        due = []
        for sample in (10, 10, 10, 10, 10, 10, 500):
            anomaly.take(sample, 0.0)
            due.append(anomaly.due)

        assert [False, True] == due[:2]
        assert due[-1]
        assert {"samples": 7, "algo": "EWM", "config": "0.5", "metric": 500}.items() <= anomaly.result.items()

    @pytest.mark.parametrize("argument", ["EWM:0", "EWM:2", "EWM:", "EWM"])
    def test_wrong_weight(self, argument: str) -> None:
        """A wrong weight is told always, without samples."""
        anomaly = Anomaly(argument)
        anomaly.take(1, 0.0)

        assert (True, 0) == (anomaly.due, anomaly.result["samples"])
        assert f"Invalid alpha {anomaly.config}" == anomaly.result["error"]

    def test_other_algorithm(self) -> None:
        """Another algorithm than EWM gives its name and no more."""
        anomaly = Anomaly("Null")
        anomaly.take(1, 0.0)

        assert {"samples": 0, "algo": "Null", "config": "Null"} == anomaly.result

    def test_metric_is_unsigned(self) -> None:
        """The last value is 0 where the wire has no sign."""
        anomaly = Anomaly("EWM:1")
        anomaly.take(-5, 0.0)

        assert anomaly.result["metric"] == 0
