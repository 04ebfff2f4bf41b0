"""quality: samples out of quality events, and everything that is left out with its reason."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from satark.poller.inventory import Edge, Link
from satark.poller.readings import Readings, Skipped
from satark.poller.velocloud.decoding import WrongShape
from satark.poller.velocloud.quality import quality
from satark.schemas.metrics import WAN_LINK_METRICS
from tests.unit.poller.velocloud.payloads import (
    BROADBAND_B,
    ELEVEN_MS,
    FIBRE_A,
    HOUR,
    JSON_VALUES,
    LONDON,
    edge_with,
    minute,
    mostly,
    objects,
    raw,
    reasons,
    result,
    values,
)

DETAIL = {"latencyMsRx": 8, "latencyMsTx": 7, "jitterMsRx": 2, "jitterMsTx": 2, "lossPctRx": 0, "lossPctTx": 0}
ZEROS = dict.fromkeys(DETAIL, 0)
OFFLINE = {"0": 0, "1": 0, "2": 0}


def read(given: Raw | None, edge: Edge = LONDON) -> Readings:
    """Return the readings of an hour."""
    return quality(given, "4101", edge, HOUR, sample_s=300)


def quality_of(value: Any, edge: Edge = LONDON) -> Readings:
    """Return the readings that a result holds."""
    return read(raw(value), edge)


def series(*rows: dict[str, Any]) -> dict[str, Any]:
    """Return a result with samples of one link."""
    return {FIBRE_A: {"timeseries": list(rows)}}


def row(at: float = 0, detail: Any = DETAIL, **more: Any) -> dict[str, Any]:
    """Return one sample by its minute."""
    return {"timestamp": ELEVEN_MS + int(at * 60_000), "metadata": {"detail": detail}, **more}


class TestSamples:
    def test_values(self) -> None:
        """The sample hour gives twelve samples of each of the two links, with their values, oldest first."""
        hour = read(result("v1_link_quality_events_1h_2links"))
        last = [row for row in hour.rows if row.link.internal_id == BROADBAND_B][-1]

        assert len(hour.rows) == 24
        assert hour.skipped == ()
        assert list(values(hour, "latency_ms_rx", BROADBAND_B).items()) == list(
            zip(range(0, 60, 5), (23, 21, 22, 21, 23, 21, 22, 22, 22, 21, 88, 91), strict=True)
        )
        assert last.metrics == dict(zip(WAN_LINK_METRICS, (91, 20, 31, 3, 2, 0), strict=True))
        assert all(row.enterprise == "4101" and row.edge is LONDON for row in hour.rows)
        assert {row.link for row in hour.rows} == set(LONDON.links.values())

    def test_gaps(self) -> None:
        """Missing detail, empty detail and a duplicate are left out with their reasons; nothing is invented."""
        found = read(result("v1_link_quality_events_gaps"))

        assert [minute(row.start) for row in found.rows] == [0, 5, 10, 15, 40, 45, 50, 55]
        assert reasons(found.skipped) == {"duplicate_timestamp": 1, "no_values": 1, "no_detail": 1}
        assert all(FIBRE_A in skipped.where for skipped in found.skipped)

    def test_empty(self) -> None:
        """An edge without recent links has no samples, and nothing is wrong."""
        assert read(result("v1_link_quality_events_empty")) == Readings()

    def test_no_result(self) -> None:
        """A missing result has no samples and is told."""
        assert read(None) == Readings(skipped=(Skipped("no_result", "edge 20311"),))

    @pytest.mark.parametrize("value", [[], {}])
    def test_empty_result(self, value: object) -> None:
        """An empty result is no data and no error."""
        assert quality_of(value) == Readings()


class TestTimes:
    def test_floor(self) -> None:
        """A time between samples belongs to the sample's start."""
        assert values(quality_of(series(row(7.5))), "latency_ms_rx") == {5: 8}

    def test_window(self) -> None:
        """What lies outside the window that was asked for is left out: it may not be complete."""
        found = quality_of(series(row(-1), row(0), row(59), row(60)))

        assert len(found.rows) == 2
        assert reasons(found.skipped) == {"outside_window": 2}

    def test_first_with_values_wins(self) -> None:
        """Of two samples of the same time the first that holds values counts."""
        found = quality_of(series(row(0, {}), row(0, {"latencyMsRx": 1}), row(1, {"latencyMsRx": 2})))

        assert values(found, "latency_ms_rx") == {0: 1}
        assert reasons(found.skipped) == {"no_values": 1, "duplicate_timestamp": 1}

    def test_each_link_has_its_own_times(self) -> None:
        """The same time of two links is no duplicate, and readings are in order of time."""
        found = quality_of(series(row(5), row(0)) | {BROADBAND_B: {"timeseries": [row(0)]}})

        assert [(minute(r.start), r.link.internal_id) for r in found.rows] == [
            (0, FIBRE_A),
            (0, BROADBAND_B),
            (5, FIBRE_A),
        ]
        assert found.skipped == ()


class TestValues:
    def test_null_is_not_zero(self) -> None:
        """A null is absent, a zero is a value."""
        metrics = quality_of(series(row(0, DETAIL | {"latencyMsRx": None, "lossPctTx": 0.0}))).rows[0].metrics

        assert "latency_ms_rx" not in metrics
        assert metrics["loss_pct_tx"] == 0.0

    def test_true_zero(self) -> None:
        """All zero is a very good link, as long as it was not offline."""
        for before in ({}, {"0": 4, "1": 4, "2": 4}, {"0": 0, "1": 4}, None, "x"):
            assert len(quality_of(series(row(0, ZEROS, before=before))).rows) == 1

    def test_offline(self) -> None:
        """The zeros of a link that was offline were not measured; numbers of one that was count."""
        found = quality_of(series(row(0, ZEROS, before=OFFLINE), row(5, before=OFFLINE)))

        assert values(found, "latency_ms_rx") == {5: 8}
        assert reasons(found.skipped) == {"offline": 1}

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            ("8", "not_a_number"),
            (True, "not_a_number"),
            ([], "not_a_number"),
            (10**400, "not_a_number"),
            (-1, "out_of_range"),
        ],
    )
    def test_bad_value(self, value: object, reason: str) -> None:
        """A value that is no measurement is left out alone, with its field."""
        found = quality_of(series(row(0, DETAIL | {"jitterMsTx": value})))

        assert reasons(found.skipped) == {reason: 1}
        assert found.skipped[0].where.endswith("sample 0 jitterMsTx")
        assert found.rows[0].metrics.keys() == set(WAN_LINK_METRICS) - {"jitter_ms_tx"}

    def test_loss_over_hundred(self) -> None:
        """More than all packets cannot be lost."""
        assert reasons(quality_of(series(row(0, DETAIL | {"lossPctRx": 101}))).skipped) == {"out_of_range": 1}

    def test_unknown_keys(self) -> None:
        """New fields are ignored, at every level."""
        found = quality_of({FIBRE_A: {"timeseries": [row(0, DETAIL | {"mosRx": "good"}, new=1)], "more": {}}})

        assert found.rows[0].metrics.keys() == set(WAN_LINK_METRICS)
        assert found.skipped == ()


class TestShapes:
    @pytest.mark.parametrize(
        ("bad", "reason"),
        [
            ({"timestamp": "now"}, "bad_sample"),
            (5, "bad_sample"),
            ({"timestamp": -1}, "bad_timestamp"),
            ({"timestamp": 1e300}, "bad_timestamp"),
            ({"timestamp": ELEVEN_MS}, "no_detail"),
            ({"timestamp": ELEVEN_MS, "metadata": None}, "no_detail"),
            ({"timestamp": ELEVEN_MS, "metadata": {"detail": [1]}}, "bad_detail"),
        ],
    )
    def test_bad_row(self, bad: Any, reason: str) -> None:
        """One sample that is not as it should be costs only itself."""
        found = quality_of(series(bad, row(5)))

        assert reasons(found.skipped) == {reason: 1}
        assert len(found.rows) == 1

    @pytest.mark.parametrize("entry", [5, "x", {"timeseries": 5}, []])
    def test_bad_link(self, entry: object) -> None:
        """One link that is not as it should be costs only itself."""
        found = quality_of({BROADBAND_B: entry} | series(row(0)))

        assert reasons(found.skipped) == {"bad_link": 1}
        assert len(found.rows) == 1

    def test_overall_and_null_series(self) -> None:
        """The overall quality is no link; a null series is an empty one."""
        found = quality_of({"overallLinkQuality": {"timeseries": [row(0)]}, FIBRE_A: {"timeseries": None}})

        assert found == Readings()

    def test_unknown_link(self) -> None:
        """A link that the inventory lacks is read under its id."""
        assert quality_of(series(row(0)), edge_with(BROADBAND_B)).rows[0].link == Link(FIBRE_A)

    @pytest.mark.parametrize("value", [[1], 5, "text", True])
    def test_wrong_shape(self, value: object) -> None:
        """A result that is no object of links is a wrong shape."""
        with pytest.raises(WrongShape, match="one member a link"):
            quality_of(value)

    @given(JSON_VALUES)
    def test_any_json(self, value: Any) -> None:
        """Any JSON gives readings and notes, or a wrong shape."""
        try:
            quality_of(value)
        except WrongShape:
            return

        assert isinstance(value, dict) or value == []

    @given(
        st.lists(
            objects(
                timestamp=st.integers(ELEVEN_MS - 10**6, ELEVEN_MS + 5 * 10**6),
                before=st.sampled_from([OFFLINE, {"0": 4}]),
                metadata=objects(detail=st.dictionaries(st.sampled_from([*DETAIL, "new"]), mostly(st.floats(0, 100)))),
            ),
            max_size=8,
        )
    )
    def test_any_series(self, rows: list[Any]) -> None:
        """Whatever a series holds, its readings are of the window, each time once; all else is told."""
        found = quality_of(series(*rows))
        starts = [reading.start for reading in found.rows]

        assert starts == sorted(set(starts))
        assert all(HOUR.start <= start < HOUR.end for start in starts)
        assert all(reading.metrics for reading in found.rows)
        assert len(found.rows) + len({one.where.split(" sample ")[1].split()[0] for one in found.skipped}) >= len(rows)
        assert all(FIBRE_A in one.where for one in found.skipped)
