import statistics as python_statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.generator.statistics.algorithms import ALGORITHMS, Algorithm, fresh
from satark.sandesh.types import I64, Field
from tests.unit.sandesh.generator.statistics.programs import optional, struct_of

COUNTS: tuple[Field, ...] = (optional(1, "a", I64), optional(2, "b", I64))
Counts = struct_of("Counts", *COUNTS)


def fed(name: str, *samples: object, argument: str = "") -> Algorithm:
    """A state after these samples, one a second."""
    state = fresh(name, argument)
    for second, sample in enumerate(samples):
        state.take(sample, float(second))
    return state


@given(st.lists(st.integers(-1000, 1000), min_size=1))
def test_sums(samples: list[int]) -> None:
    """Sum, average, last, count and change are what Python's own arithmetic says."""
    states = {name: fed(name, *samples) for name in ("DSSum", "DSAvg", "DSNone", "DSNull", "DSNon0", "DSChange")}

    assert sum(samples) == states["DSSum"].result
    assert int(python_statistics.mean(samples)) == states["DSAvg"].result
    assert samples[-1] == states["DSNone"].result
    assert {"samples": len(samples), "value": samples[-1]} == states["DSNull"].result
    assert (samples[-1] != 0) == states["DSNon0"].due
    assert (len(samples) == 1 or samples[-2] != samples[-1]) == states["DSChange"].due


@pytest.mark.parametrize("name", sorted(ALGORITHMS))
def test_without_samples(name: str) -> None:
    """Without samples there is no result, unless it is an error."""
    state = fresh(name, "EWM:0.5" if name == "DSAnomaly" else "0.5" if name == "DSEWM" else "")

    assert (False, False) == (state.valid, state.due)


def test_of_structs() -> None:
    """Sums, averages, changes and zeros of structs are those of their numbers."""
    one, other, none = Counts(a=1, b=-7), Counts(a=4), Counts(a=0)

    assert Counts(a=5, b=-7) == fed("DSSum", one, other).result
    assert Counts(a=2, b=-3) == fed("DSAvg", one, other).result
    assert [True, False] == [fed("DSChange", one, each).due for each in (other, one)]
    assert [True, False] == [fed("DSNon0", each).due for each in (one, none)]


def test_average_of_decimals() -> None:
    """An average of decimals keeps its fraction."""
    assert fed("DSAvg", 1.0, 2.0).result == 1.5


def test_unknown() -> None:
    """An algorithm that does not exist is refused."""
    with pytest.raises(ValueError, match="DSMode"):
        fresh("DSMode")
