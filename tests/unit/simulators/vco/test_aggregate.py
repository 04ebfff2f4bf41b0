import pytest

from satark.simulators.vco.aggregate import aggregate_rows, check_metrics
from satark.simulators.vco.errors import InvalidRequest
from satark.simulators.vco.feed import Feed
from satark.simulators.vco.numbers import METRIC_NAMES
from satark.simulators.vco.params import Window
from satark.simulators.vco.scenario import Incident, Script
from satark.simulators.vco.timeline import Timeline
from satark.simulators.vco.worlds import NORTHWIND_NOW, northwind

HOUR = Window(1773140400000, 1773144000000)


def feed(*incidents: Incident) -> Feed:
    """Return the feed of the sample world with some incidents."""
    world = northwind(NORTHWIND_NOW)
    return Feed(world, Timeline.of(Script(incidents=incidents), world, start=NORTHWIND_NOW, seed=1), seed=1)


class TestRows:
    def test_all_metrics(self) -> None:
        """Every metric the documentation names, but for measured bandwidth, is in a row; none is missing or new."""
        one = feed()
        row = aggregate_rows(one, one.world.enterprises, HOUR, NORTHWIND_NOW)[0]
        others = {"linkId", "linkLogicalId", "state", "name", "link", "autoDualMode"}

        assert row.keys() - others == METRIC_NAMES

    def test_two_ids(self) -> None:
        """The row's logical id is the link's internal id, as on newer orchestrators."""
        one = feed()
        for row in aggregate_rows(one, one.world.enterprises, HOUR, NORTHWIND_NOW):
            assert row["linkLogicalId"] == row["link"]["internalId"]

    def test_queues_fit(self) -> None:
        """The queues' and control bytes add up to no more than all bytes."""
        one = feed()
        for row in aggregate_rows(one, one.world.enterprises, HOUR, NORTHWIND_NOW):
            for way in ("Rx", "Tx"):
                parts = sum(row[f"{name}Bytes{way}"] for name in ("p1", "p2", "p3", "control"))
                assert 0.99 * row[f"bytes{way}"] < parts <= row[f"bytes{way}"]

    def test_score_falls(self) -> None:
        """Loss and delay lower the score of their direction; a good link has the best there is."""
        bad = Incident(
            edge="LDN-BR-01",
            link="Fibre A",
            kind="step",
            start_s=-86_400,
            duration_s=86_400,
            add={"loss_pct_rx": 10, "latency_ms_rx": 200},
        )
        one, other = feed(), feed(bad)
        healthy = aggregate_rows(one, one.world.enterprises, HOUR, NORTHWIND_NOW)[0]
        sick = aggregate_rows(other, other.world.enterprises, HOUR, NORTHWIND_NOW)[0]

        assert 4.3 < healthy["scoreRx"] <= 4.5
        assert 1 <= sick["scoreRx"] < 4
        assert sick["scoreTx"] == healthy["scoreTx"]

    def test_older(self) -> None:
        """An older orchestrator has a number for a state and knows no logical link id."""
        one = feed()
        row = aggregate_rows(one, one.world.enterprises, HOUR, NORTHWIND_NOW, era="4.0")[0]

        assert row["state"] == 0
        assert "linkLogicalId" not in row
        assert "linkMode" not in row["link"]

    def test_state_of_now(self) -> None:
        """A row of past statistics tells the present state."""
        one = feed(Incident(edge="LDN-BR-01", link="Fibre A", kind="link_down", start_s=-60, duration_s=600))
        row = aggregate_rows(one, one.world.enterprises, HOUR, NORTHWIND_NOW)[0]

        assert (row["state"], row["link"]["linkState"], row["link"]["edgeState"]) == (
            "DISCONNECTED",
            "DISCONNECTED",
            "CONNECTED",
        )
        assert row["bytesRx"] > 0


class TestCheckMetrics:
    def test_all(self) -> None:
        """No names, or an empty list, mean all."""
        assert check_metrics(None) == check_metrics([]) == METRIC_NAMES

    def test_unknown(self) -> None:
        """Each unknown name is told with its place."""
        with pytest.raises(InvalidRequest) as caught:
            check_metrics(["bytesRx", "txBytes", "latencyMs"])

        assert [row["path"] for row in caught.value.data["error"]] == ["#/metrics/1", "#/metrics/2"]
