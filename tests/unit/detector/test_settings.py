import pytest

from satark.detector.settings import DetectorSettings
from satark.runtime.settings import SettingsError, load


def _mistakes(**environ: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load("detector", DetectorSettings, {f"SATARK_DETECTOR_{name}": value for name, value in environ.items()})
    return caught.value.mistakes


def test_the_defaults_are_the_seeds() -> None:
    """Five minutes against the hour before, factor 2, one sample opens."""
    rules = load("detector", DetectorSettings, {})

    assert (300, 3600, 2.0, 1) == (rules.present_s, rules.history_s, rules.factor, rules.open_after)
    assert {"latency_ms": 5.0, "jitter_ms": 2.5, "loss_pct": 0.5} == rules.spread_floors


def test_floors_are_given_by_name() -> None:
    """name=value, comma separated, replaces all defaults."""
    rules = load("detector", DetectorSettings, {"SATARK_DETECTOR_SPREAD_FLOORS": "latency_ms=10, loss_pct = 1"})

    assert {"latency_ms": 10.0, "loss_pct": 1.0} == rules.spread_floors


def test_limits_are_given_by_name() -> None:
    """An orchestrator may fail twice in a row; other limits can be set instead."""
    rules = load("detector", DetectorSettings, {"SATARK_DETECTOR_LIMITS": "failed_cycles=5, queue_depth = 100"})

    assert {"failed_cycles": 2.0} == DetectorSettings().limits
    assert {"failed_cycles": 5.0, "queue_depth": 100.0} == rules.limits


def test_enough_is_remembered_for_judging_and_for_showing() -> None:
    """The longer of present plus history, and the evidence."""
    assert 7200 == DetectorSettings().keep_s
    assert 86_700 == DetectorSettings(history_s=86_400).keep_s


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"FACTOR": "0"}, "SATARK_DETECTOR_FACTOR"),
        ({"METHOD": "oracle"}, "SATARK_DETECTOR_METHOD"),
        ({"FACTOR": "8"}, "CRITICAL_FACTOR"),
        ({"SPREAD_FLOORS": "latency_ms=0"}, "SPREAD_FLOORS"),
        ({"SPREAD_FLOORS": "latency_ms=-1"}, "SPREAD_FLOORS"),
        ({"SPREAD_FLOORS": "latency_ms"}, "SPREAD_FLOORS"),
        ({"LIMITS": "failed_cycles=inf"}, "LIMITS"),
        ({"LIMITS": "failed_cycles=nan"}, "LIMITS"),
        ({"LIMITS": "failed_cycles"}, "LIMITS"),
        ({"SPREAD_FLOORS": ","}, "SPREAD_FLOORS"),
    ],
)
def test_a_mistake_is_named(environ: dict[str, str], named: str) -> None:
    """Wrong or contradictory values come with the name of their variable."""
    assert any(named in mistake for mistake in _mistakes(**environ))
