import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.simulators.vco.quality import Action, State, distribution, judge, mean_score, score, worst
from satark.simulators.vco.topology import METRICS, Metric

FINE: dict[Metric, float] = dict.fromkeys(METRICS, 0.0)


def row(traffic: int, metric: Metric, value: float) -> tuple[State, Action, State]:
    """Return the states and the action of one verdict, all other metrics being fine."""
    found = next(
        one for one in judge({**FINE, metric: value}) if one.traffic == traffic and one.metric == METRICS.index(metric)
    )
    return found.before, found.action, found.after


class TestJudge:
    @pytest.mark.parametrize(
        ("traffic", "metric", "fair", "critical"),
        [
            (0, "latency_ms_rx", 25, 65),
            (1, "latency_ms_tx", 25, 65),
            (2, "latency_ms_rx", 50, 80),
            (0, "loss_pct_rx", 0.30, 1.00),
            (1, "loss_pct_tx", 0.05, 0.10),
            (2, "loss_pct_rx", 1.00, 3.00),
            (0, "jitter_ms_rx", 7, 30),
            (1, "jitter_ms_tx", 5, 10),
        ],
    )
    def test_limits(self, traffic: int, metric: Metric, fair: float, critical: float) -> None:
        """At a limit a link is still on its good side, above it no longer."""
        assert row(traffic, metric, fair)[0] == State.GREEN
        assert row(traffic, metric, fair + 0.01)[0] == State.YELLOW
        assert row(traffic, metric, critical)[0] == State.YELLOW
        assert row(traffic, metric, critical + 0.01)[0] == State.RED

    def test_transactional_jitter_is_never_fair(self) -> None:
        """Both limits of transactional jitter are 200 ms."""
        assert (row(2, "jitter_ms_rx", 200)[0], row(2, "jitter_ms_rx", 201)[0]) == (State.GREEN, State.RED)

    @pytest.mark.parametrize(
        ("traffic", "metric", "expected"),
        [
            (0, "latency_ms_rx", (State.RED, Action.AVOID, State.RED)),
            (0, "jitter_ms_rx", (State.RED, Action.JITTER_BUFFER, State.GREEN)),
            (1, "jitter_ms_tx", (State.RED, Action.AVOID, State.RED)),
            (2, "loss_pct_rx", (State.RED, Action.FORWARD_ERROR_CORRECTION, State.GREEN)),
        ],
    )
    def test_remedies(self, traffic: int, metric: Metric, expected: tuple[State, Action, State]) -> None:
        """Latency can only be avoided, jitter is buffered for voice alone, loss is corrected."""
        assert expected == row(traffic, metric, 99.0 if metric != "jitter_ms_rx" else 999.0)

    @settings(deadline=None)
    @given(st.lists(st.floats(0, 1000), min_size=6, max_size=6))
    def test_never_worse_after(self, values: list[float]) -> None:
        """There are always eighteen rows, and no remedy makes a state worse."""
        rows = judge(dict(zip(METRICS, values, strict=True)))

        assert len(rows) == 18
        assert all(one.after >= one.before for one in rows)


class TestSummaries:
    def test_worst(self) -> None:
        """The worst state counts; no state is unknown."""
        assert worst([State.GREEN, State.RED, State.YELLOW]) == State.RED
        assert worst([]) == State.UNKNOWN

    def test_scores(self) -> None:
        """Good is 10, fair 5, the rest nothing; the mean is over the samples."""
        assert [score(state) for state in State] == [0, 0, 0, 5, 10]
        assert mean_score([State.GREEN] * 10 + [State.RED] * 2) == 8.33
        assert mean_score([]) == 0

    def test_distribution(self) -> None:
        """Shares are of the samples; without any all is unknown."""
        expected = {"0": 0.0, "1": 0.0, "2": 0.1667, "3": 0.0, "4": 0.8333}

        assert expected == distribution([State.GREEN] * 10 + [State.RED] * 2)
        assert distribution([]) == {"0": 0, "1": 1, "2": 0, "3": 0, "4": 0}
