from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from satark.schemas.identifiers import identifier
from satark.schemas.metrics import WAN_LINK, WAN_LINK_METRICS, MetricSample

BEGIN = datetime(2026, 3, 2, 10, tzinfo=UTC)


def sample(**changes: Any) -> MetricSample:
    """Return a sample with changes."""
    values: dict[str, Any] = {
        "entity": "wan-link/vco/7/a",
        "kind": WAN_LINK,
        "time": BEGIN,
        "interval_s": 300,
        "metrics": {"latency_ms_rx": 20},
        "labels": {"link": "Broadband"},
    }
    return MetricSample.of(**{**values, **changes})


class TestOf:
    def test_gives_the_same_id_to_the_same_interval(self) -> None:
        """Reading an interval again gives the same event, whatever was measured by then."""
        expected = identifier("sample", "wan-link/vco/7/a", "2026-03-02T10:00:00.000Z", "300")

        assert expected == sample().id == sample(metrics={"latency_ms_rx": 21}, labels={}).id

    @pytest.mark.parametrize(
        "changes", [{"entity": "wan-link/vco/7/b"}, {"interval_s": 60}, {"time": BEGIN + timedelta(minutes=5)}]
    )
    def test_gives_another_id_to_another_interval(self, changes: dict[str, Any]) -> None:
        """Entity, start and length make an interval what it is."""
        assert sample().id != sample(**changes).id

    def test_keeps_values_as_floats_of_its_own(self) -> None:
        """Later changes of what was given do not reach the sample."""
        metrics, labels = {"latency_ms_rx": 20}, {"link": "Broadband"}
        made = sample(metrics=metrics, labels=labels)
        metrics.clear()
        labels.clear()

        assert {"latency_ms_rx": 20.0} == made.metrics
        assert isinstance(made.metrics["latency_ms_rx"], float)
        assert {"link": "Broadband"} == made.labels

    def test_refuses_a_sample_without_metrics(self) -> None:
        """Nothing measured is no event."""
        with pytest.raises(ValueError, match="without any metric"):
            sample(metrics={})

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
    def test_refuses_what_is_no_number(self, value: float) -> None:
        """JSON has no word for these."""
        with pytest.raises(ValueError, match="not a finite number"):
            sample(metrics={"loss_pct_rx": value})

    def test_refuses_a_naive_time(self) -> None:
        """An interval begins at an instant, not at a local clock's reading."""
        with pytest.raises(ValueError, match="naive"):
            sample(time=datetime(2026, 3, 2))  # noqa: DTZ001 - the mistake under test


def test_names_the_unit_and_direction_of_each_link_metric() -> None:
    """A link has three metrics in two directions."""
    assert 6 == len(set(WAN_LINK_METRICS))
    assert all(name.endswith(("_ms_rx", "_ms_tx", "_pct_rx", "_pct_tx")) for name in WAN_LINK_METRICS)
