from math import sin

import pytest

from bench.soaking.trends import slope_of, trend

DAYS = [at / 40 for at in range(280)]


def noise(day: float) -> float:
    """Return what comes and goes in no simple order, by as much as four."""
    return 3 * sin(97 * day) + sin(1_013 * day)


def test_a_level_with_noise_is_flat() -> None:
    """Values that come and go around one level do not grow."""
    found = trend(DAYS, [100 + noise(day) for day in DAYS])

    assert found is not None
    assert found.is_flat()
    assert abs(found.slope_a_day) < 0.005


def test_what_warms_up_in_the_first_quarter_is_flat() -> None:
    """The first quarter does not count, whatever happens in it."""
    found = trend(DAYS, [min(day, 1.7) * 100 for day in DAYS])

    assert found is not None
    assert found.is_flat()
    assert 170 == pytest.approx(found.after)


def test_a_leak_is_not_flat() -> None:
    """Three hundredths a day, under noise and with a few wild values, are found."""
    values = [100 + 3 * day + noise(day) for day in DAYS]
    values[50] = values[150] = values[250] = 1000.0
    found = trend(DAYS, values)

    assert found is not None
    assert not found.is_flat()
    assert 0.028 == pytest.approx(found.slope_a_day, abs=0.004)


def test_a_step_late_in_the_run_is_not_flat() -> None:
    """The median of slopes alone would not see it."""
    found = trend(DAYS, [100.0 if day < 5 else 110.0 for day in DAYS])

    assert found is not None
    assert 0 == found.slope_a_day
    assert 0.1 == pytest.approx(found.rise)
    assert not found.is_flat()


def test_slack_forgives_a_little_of_something_small() -> None:
    """Two file descriptors more are no leak where twelve are open."""
    found = trend(DAYS, [12.0 if day < 5 else 14.0 for day in DAYS])

    assert found is not None
    assert found.is_flat(slack=2)
    assert not found.is_flat(slack=1)


def test_growth_from_nothing_is_not_flat() -> None:
    """What was zero and is not any more has grown."""
    found = trend(DAYS, [max(0.0, day - 4) for day in DAYS])

    assert found is not None
    assert not found.is_flat()


def test_a_few_values_have_no_trend() -> None:
    """Nothing is said of fewer than eight."""
    assert trend(DAYS[:7], [1.0] * 7) is None


def test_slope_is_that_of_a_line() -> None:
    """On a line all pairs agree; many points are thinned out."""
    times = [float(at) for at in range(5_000)]

    assert 2.0 == pytest.approx(slope_of(times, [2 * time + 1 for time in times]))
    assert 0.0 == slope_of([1.0, 1.0], [3.0, 4.0])
