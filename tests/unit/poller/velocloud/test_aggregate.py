"""aggregate: all links of all enterprises in one answer, of old and new releases."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.poller.readings import Readings
from satark.poller.schedule import Window
from satark.poller.velocloud.aggregate import aggregate
from satark.poller.velocloud.decoding import WrongShape
from satark.poller.velocloud.stats import FIELDS
from satark.schemas.metrics import WAN_LINK_METRICS
from tests.unit.poller.velocloud.payloads import (
    BROADBAND_B,
    CABLE_C,
    ELEVEN,
    FIBRE_A,
    HOUR,
    JSON_VALUES,
    MPLS,
    objects,
    raw,
    reasons,
    result,
)

NEWER = "v1_aggregate_edge_link_metrics"
OLDER = "v1_aggregate_edge_link_metrics_older_vco"
LINK = {"internalId": "a", "edgeId": 1, "enterpriseId": 2}
IDS = st.integers() | st.text(max_size=3)
ROWS = st.builds(
    lambda row, numbers: {**row, **numbers} if isinstance(row, dict) else row,
    objects(
        link=objects(
            internalId=IDS,
            edgeId=IDS,
            enterpriseId=IDS,
            edgeName=st.text(max_size=4),
            linkLastActive=st.text(max_size=4),
        ),
        linkLogicalId=IDS,
        linkId=IDS,
    ),
    st.dictionaries(st.sampled_from(FIELDS), JSON_VALUES, max_size=4),
)


def read(file: str) -> Readings:
    """Return what a sample payload says of the hour."""
    return aggregate(result(file), HOUR)


def one(**row: Any) -> Readings:
    """Return what a row says that has a latency."""
    return aggregate(raw([{"bestLatencyMsRx": 5, **row}]), HOUR)


class TestSamples:
    def test_newer(self) -> None:
        """A newer release: three links of two edges, with their values, names and states."""
        found = read(NEWER)
        broadband = found.rows[1]

        assert found.skipped == ()
        assert [(row.enterprise, row.edge.id, row.link.internal_id) for row in found.rows] == [
            ("4101", 20311, FIBRE_A),
            ("4101", 20311, BROADBAND_B),
            ("4101", 20312, CABLE_C),
        ]
        assert {row.start for row in found.rows} == {ELEVEN}
        assert (broadband.edge.name, broadband.edge.state) == ("LDN-BR-01", "CONNECTED")
        assert (broadband.link.name, broadband.link.interface, broadband.link.isp) == (
            "Broadband B", "GE4", "Sample Broadband",
        )  # fmt: skip
        assert (broadband.link.state, broadband.link.mode) == ("STABLE", "ACTIVE")
        assert broadband.metrics["latency_ms_rx"] == pytest.approx(33.0833, abs=1e-4)
        assert broadband.metrics["throughput_bps_rx"] == pytest.approx(110_000_000 * 8 / 3_600)
        assert broadband.metrics["bandwidth_bps_tx"] == 18_000_000.0

    def test_both_releases(self) -> None:
        """An older release, which lacks fields and has numbers for states, gives the same model."""
        newer, older = read(NEWER), read(OLDER)

        assert older.skipped == ()
        assert len(older.rows) == len(newer.rows)
        for new, old in zip(newer.rows, older.rows, strict=True):
            assert (new.enterprise, new.edge, new.start) == (old.enterprise, old.edge, old.start)
            assert new.metrics.keys() == old.metrics.keys() >= set(WAN_LINK_METRICS)
            assert (old.link.mode, old.link.backup_state) == ("", "")
            for name in ("internal_id", "name", "interface", "isp", "state", "last_active"):
                assert getattr(new.link, name) == getattr(old.link, name)
        assert newer.rows[2].metrics == older.rows[2].metrics

    def test_bare(self) -> None:
        """The REST-like form, without an envelope, says the same."""
        bare = read("v1_aggregate_edge_link_metrics_rest")

        assert [row.link for row in bare.rows] == [row.link for row in read(NEWER).rows]
        assert bare.skipped == ()

    def test_operator(self) -> None:
        """An operator's answer holds several enterprises: each row is its own's, whichever comes first."""
        found = read("v1_aggregate_edge_link_metrics_operator")

        assert [(row.enterprise, row.link.internal_id) for row in found.rows] == [
            ("4102", MPLS),
            ("4101", FIBRE_A),
            ("4101", BROADBAND_B),
            ("4101", CABLE_C),
        ]

    def test_empty(self) -> None:
        """No link reported anything, which is no error."""
        assert read("v1_aggregate_edge_link_metrics_empty") == Readings()

    @pytest.mark.parametrize("value", [None, raw([]), raw({})])
    def test_no_result(self, value: Any) -> None:
        """A missing or empty result is no data."""
        assert aggregate(value, HOUR) == Readings()


class TestRows:
    @pytest.mark.parametrize(
        ("row", "expected"),
        [
            ({"link": LINK, "linkLogicalId": "b", "linkId": 3}, "a"),
            ({"link": LINK | {"internalId": ""}, "linkLogicalId": "b", "linkId": 3}, "b"),
            ({"link": LINK | {"internalId": None}, "linkLogicalId": None, "linkId": 3}, "3"),
            ({"link": LINK | {"internalId": 7}}, "7"),
        ],
    )
    def test_link_ids(self, row: dict[str, Any], expected: str) -> None:
        """A link is joined by its internal id, then by its logical id, then by its id."""
        assert one(**row).rows[0].link.internal_id == expected

    @pytest.mark.parametrize(
        "row",
        [
            {},
            {"link": None},
            {"link": "x"},
            {"link": LINK | {"internalId": None}},
            {"link": LINK | {"edgeId": None}},
            {"link": LINK | {"enterpriseId": True}},
        ],
    )
    def test_bad_row(self, row: dict[str, Any]) -> None:
        """A row that does not say whose it is costs only itself."""
        found = aggregate(raw([row, 5, {"link": LINK, "bestLatencyMsRx": 5}]), HOUR)

        assert reasons(found.skipped) == {"bad_row": 2}
        assert len(found.rows) == 1

    def test_unknown_words(self) -> None:
        """States that nobody knows are kept in capitals; what is no text is none; a date of zeros is none."""
        link = LINK | {"linkState": "Shiny", "edgeState": 5, "linkMode": None, "linkLastActive": "0000-00-00 00:00:00"}
        row = one(link=link, state=0, new={"x": 1}).rows[0]

        assert (row.link.state, row.edge.state, row.link.mode, row.link.last_active) == ("SHINY", "", "", None)

    def test_nothing_measured(self) -> None:
        """A link without a measurement is listed without numbers: that it is there matters too."""
        found = one(link=LINK, bestLatencyMsRx=0)

        assert [row.metrics for row in found.rows] == [{}]
        assert found.skipped == ()

    def test_bad_value(self) -> None:
        """A bad value is told by row and field, and the others count."""
        found = one(link=LINK, bestLossPctRx=101)

        assert [(s.reason, s.where) for s in found.skipped] == [("out_of_range", "row 0 bestLossPctRx")]
        assert found.rows[0].metrics == {"latency_ms_rx": 5.0}

    @pytest.mark.parametrize("value", [5, "x", {"data": 5}, True])
    def test_wrong_shape(self, value: object) -> None:
        """What is no list is a wrong shape."""
        with pytest.raises(WrongShape, match="a list of links"):
            aggregate(raw(value), HOUR)

    @given(st.lists(ROWS, max_size=5) | JSON_VALUES)
    def test_any(self, value: Any) -> None:
        """Any JSON is a list, each row of which is a reading or told, or a wrong shape."""
        try:
            found = aggregate(raw(value), Window(HOUR.start, HOUR.end))
        except WrongShape:
            return

        assert len(found.rows) + reasons(found.skipped)["bad_row"] == len(value)
        assert all(row.link.internal_id and row.start == ELEVEN for row in found.rows)
