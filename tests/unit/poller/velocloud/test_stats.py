"""stats: numbers by our names, null told from zero, and what no link measures."""

from math import isfinite
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.poller.velocloud.stats import FIELDS, metrics_of
from satark.schemas.metrics import WAN_LINK_METRICS
from tests.unit.poller.velocloud.payloads import JSON_VALUES

FULL = {
    "bestLatencyMsRx": 8.9,
    "bestLatencyMsTx": 7,
    "bestJitterMsRx": 1.1,
    "bestJitterMsTx": 2,
    "bestLossPctRx": 0.3,
    "bestLossPctTx": 0.0,
    "bytesRx": 3_000,
    "bytesTx": 1_500,
    "bpsOfBestPathRx": 5e8,
    "bpsOfBestPathTx": 1e8,
}


class TestMetrics:
    def test_full(self) -> None:
        """Everything that is asked for has our name and unit: bytes become bits a second."""
        metrics, wrong = metrics_of(FULL, 300)

        assert metrics == {
            "latency_ms_rx": 8.9,
            "latency_ms_tx": 7.0,
            "jitter_ms_rx": 1.1,
            "jitter_ms_tx": 2.0,
            "loss_pct_rx": 0.3,
            "loss_pct_tx": 0.0,
            "throughput_bps_rx": 80.0,
            "throughput_bps_tx": 40.0,
            "bandwidth_bps_rx": 5e8,
            "bandwidth_bps_tx": 1e8,
        }
        assert metrics.keys() >= set(WAN_LINK_METRICS)
        assert wrong == []
        assert set(FIELDS) == FULL.keys()

    def test_null_is_not_zero(self) -> None:
        """A null is absent, a zero is a value."""
        metrics, wrong = metrics_of(FULL | {"bestLatencyMsRx": None, "bestLatencyMsTx": 0}, 300)

        assert "latency_ms_rx" not in metrics
        assert metrics["latency_ms_tx"] == 0.0
        assert wrong == []

    @pytest.mark.parametrize("empty", [0, 0.0, None])
    def test_nothing_measured(self, empty: object) -> None:
        """All zero or null without a byte is no measurement; the bandwidth of the link does not change that."""
        row = dict.fromkeys(FIELDS, empty) | {"bpsOfBestPathRx": 5e8}

        assert metrics_of(row, 300) == ({}, [])
        assert metrics_of({}, 300) == ({}, [])

    def test_true_zero(self) -> None:
        """All zero with traffic is a very good link."""
        row = dict.fromkeys(FIELDS, 0) | {"bytesTx": 1}

        assert metrics_of(row, 300)[0].keys() == {*WAN_LINK_METRICS, "throughput_bps_rx", "throughput_bps_tx"}

    def test_only_bytes(self) -> None:
        """Traffic alone says nothing of a link's quality."""
        assert metrics_of({"bytesRx": 5, "bestLatencyMsRx": None}, 300) == ({}, [])

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            ("8", "not_a_number"),
            (True, "not_a_number"),
            ([], "not_a_number"),
            (float("nan"), "not_a_number"),
            (float("inf"), "not_a_number"),
            (10**400, "not_a_number"),
            (-1, "out_of_range"),
            (-0.001, "out_of_range"),
        ],
    )
    @pytest.mark.parametrize("field", ["bestJitterMsTx", "bytesRx", "bpsOfBestPathTx"])
    def test_bad_value(self, field: str, value: object, reason: str) -> None:
        """A value that is no measurement is left out alone, and told by its field."""
        metrics, wrong = metrics_of(FULL | {field: value}, 300)

        assert wrong == [(field, reason)]
        assert len(metrics) == len(FULL) - 1

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("bestLossPctRx", 100.1),
            ("bestLatencyMsRx", 1e308),
            ("bestJitterMsTx", 60_001),
            ("bytesTx", 1e19),
            ("bpsOfBestPathRx", 1e19),
        ],
    )
    def test_out_of_range(self, field: str, value: float) -> None:
        """More than all packets cannot be lost, and no link carries so much."""
        assert metrics_of(FULL | {field: value}, 300)[1] == [(field, "out_of_range")]

    @given(
        st.dictionaries(st.sampled_from(FIELDS), JSON_VALUES | st.floats(allow_nan=True)),
        st.sampled_from([60, 300, 86_400]),
    )
    def test_any(self, row: dict[str, Any], interval_s: int) -> None:
        """Any values give finite numbers that are not negative, and each field is used once or told once."""
        metrics, wrong = metrics_of(row, interval_s)

        assert all(isinstance(value, float) and isfinite(value) and value >= 0 for value in metrics.values())
        assert all(metrics.get(name, 0) <= 100 for name in ("loss_pct_rx", "loss_pct_tx"))
        assert len(metrics) + len(wrong) <= len(row)
        assert len(wrong) == len({field for field, _ in wrong})
