import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.generator.statistics.windows import MAX_RANGE_S, Average, Sum

TIMES = st.lists(st.tuples(st.floats(0, 20), st.integers(-100, 100)), min_size=1)


def window(range_s: int, *samples: tuple[float, int]) -> Sum:
    """A sum of samples that come so many seconds after the one before."""
    state, now_s = Sum(str(range_s)), 1000.0
    for after_s, sample in samples:
        now_s += after_s
        state.take(sample, now_s)
    return state


def test_not_before_one_range() -> None:
    """There is no result before one full range has passed, and then one of the samples in it."""
    assert not window(3, (0, 90), (1, 91), (1, 92)).valid
    assert (True, 276) == ((after := window(3, (0, 90), (1, 91), (1, 92), (1, 93))).valid, after.result)
    assert window(3, (0, 90), (1, 91), (1000, 5)).result == 5


def test_average_of_window() -> None:
    """The average counts the samples of the range only."""
    state = Average("3")
    for second in range(6):
        state.take(10 * second, float(second))

    assert (3, 40) == (state.samples, state.result)


@given(st.integers(1, 100), TIMES)
def test_window(range_s: int, samples: list[tuple[float, int]]) -> None:
    """What is summed is what came within the range, give or take the buckets at its edge; buckets are at most 257."""
    state = window(range_s, *samples)
    now_s, ages = 0.0, []
    for after_s, sample in reversed(samples):
        ages.append((now_s, sample))
        now_s += after_s
    bucket_s = range_s / 64
    surely = [sample for age_s, sample in ages if age_s < range_s - bucket_s]
    perhaps = [sample for age_s, sample in ages if age_s <= range_s + bucket_s]

    assert len(surely) <= state.samples <= len(perhaps)
    assert state.samples != len(surely) or state.result == sum(surely)
    assert len(state._buckets) <= 257


def test_clock_goes_back() -> None:
    """A clock that is set back stands still until it is as late as it was."""
    state = window(3, (0, 1), (3, 2), (-1000, 4))

    assert (2, 6) == (state.samples, state.result)
    state.take(8, 1006.5)
    assert (1, 8) == (state.samples, state.result)


@pytest.mark.parametrize("argument", ["-1", "x", "1.5", "٣", str(MAX_RANGE_S + 1)])
def test_wrong_range(argument: str) -> None:
    """A range is a whole number of seconds, at most a year."""
    with pytest.raises(ValueError, match="seconds"):
        Sum(argument)
