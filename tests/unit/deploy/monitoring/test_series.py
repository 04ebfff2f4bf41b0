import pytest

from tests.unit.deploy.monitoring.series import known, strange

SERIES = {"a_total": frozenset({"job", "x"}), "h_bucket": frozenset({"le"})}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('sum by (x) (rate(a_total{job="j"}[5m])) > 0', []),
        ("histogram_quantile(0.9, sum by (le) (rate(h_bucket[5m])))", []),
        ("a_total offset 5m unless b_total", ["b_total"]),
        ("max_over_time(sum(b_total)[6h:5m])", ["b_total"]),
        ('rate(a_total{y="1"}[5m])', ["a_total{y}"]),
        ("sum by (y) (a_total)", ["by (y)"]),
    ],
)
def test_what_nobody_has_is_found(expression: str, expected: list[str]) -> None:
    """Names of metrics and labels, wherever they are."""
    assert expected == strange(expression, SERIES)


@pytest.mark.parametrize("expression", ["sum by (x) (", "rate(a_total)", "a_total{x=}"])
def test_what_is_no_promql_is_refused(expression: str) -> None:
    """By its grammar and its types."""
    with pytest.raises(ValueError, match=r".+"):
        strange(expression, SERIES)


def test_the_metrics_of_the_code_are_known() -> None:
    """With their labels, histograms by their series, and those of the export."""
    series = known()

    assert {"topic", "partition", "job", "instance"} == series["satark_consumer_lag_records"]
    assert "le" in series["satark_end_to_end_latency_seconds_bucket"]
    assert {"direction", "edge"} < series["satark_link_latency_ms"]
    assert "satark_end_to_end_latency_seconds" not in series
