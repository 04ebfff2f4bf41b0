from statistics import fmean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.simulators.vco.feed import Feed
from satark.simulators.vco.params import Window
from satark.simulators.vco.scenario import Incident, Script
from satark.simulators.vco.series import link_series
from satark.simulators.vco.server import RunningVco, running_vco
from satark.simulators.vco.timeline import Timeline
from satark.simulators.vco.times import BUCKET_MS
from satark.simulators.vco.worlds import NORTHWIND_NOW, northwind
from tests.unit.simulators.vco.portal_client import END_MS, HOUR, START_MS, Client, portal_client

SERIES = "metrics/getEdgeLinkSeries"
METRICS = "metrics/getEdgeLinkMetrics"
AGGREGATE = "monitoring/getAggregateEdgeLinkMetrics"
LATENCY = "bestLatencyMsRx"
ASKED = {"edgeId": 20311, "interval": HOUR, "metrics": [LATENCY, "bytesRx"], "maxSamples": 288}


def of(row: Any, metric: str = LATENCY) -> Any:
    """Return one series of a row."""
    return next(series for series in row["series"] if series["metric"] == metric)


class TestSeries:
    async def test_same_numbers(self, client: Client) -> None:
        """The series' values make the aggregate's means and totals."""
        rows = await client.result(SERIES, ASKED)
        sums = {row["linkId"]: row for row in await client.result(AGGREGATE, {"interval": HOUR})}

        for row in rows:
            expected = sums[row["linkId"]]
            assert pytest.approx(expected[LATENCY], abs=1e-4) == fmean(of(row)["data"])
            assert expected["bytesRx"] == sum(of(row, "bytesRx")["data"]) == of(row, "bytesRx")["total"]

    async def test_newest_are_null(self, client: Client) -> None:
        """Buckets that are not visible yet are null; the grid ends at the present."""
        asked = {"interval": {"start": END_MS - 300_000, "end": END_MS + 86_400_000}}
        series = of((await client.result(SERIES, ASKED | asked))[0])

        assert [value is None for value in series["data"]] == [False, False, True]
        assert (series["startTime"], series["tickInterval"]) == (END_MS - 300_000, 300_000)

    async def test_outage_is_null(self) -> None:
        """Buckets in which a link was down are null, the others are not."""
        down = Incident(edge="LDN-BR-01", link="Fibre A", kind="link_down", start_s=-3000, duration_s=900)
        async with running_vco(script=Script(incidents=(down,))) as vco, portal_client(vco) as client:
            fibre, broadband = await client.result(SERIES, ASKED)

        assert [None] * 3 == of(fibre)["data"][4:7]
        assert [number for number, value in enumerate(of(fibre)["data"]) if value is None] == [4, 5, 6]
        assert None not in of(broadband)["data"]
        assert of(fibre)["min"] == min(value for value in of(fibre)["data"] if value is not None)

    async def test_down_sampled(self, client: Client) -> None:
        """Too few samples make the step longer; a value is then a mean, or a total."""
        fine = (await client.result(SERIES, ASKED))[1]
        coarse = (await client.result(SERIES, ASKED | {"maxSamples": 5}))[1]

        assert (of(coarse)["tickInterval"], len(of(coarse)["data"])) == (900_000, 4)
        assert (
            pytest.approx([fmean(of(fine)["data"][at : at + 3]) for at in (0, 3, 6, 9)], abs=1e-4)
            == (of(coarse)["data"])
        )
        assert of(fine, "bytesRx")["total"] == of(coarse, "bytesRx")["total"]

    async def test_a_month(self, client: Client) -> None:
        """A month keeps its resolution when asked for as many samples as it has."""
        month = {"start": END_MS - 31 * 86_400_000, "end": END_MS}
        asked = {"interval": month, "maxSamples": 31 * 288, "links": [51001], "metrics": [LATENCY]}
        fine = await client.result(SERIES, ASKED | asked)
        default = await client.result(SERIES, ASKED | asked | {"maxSamples": None})

        assert [(300_000, 8928)] == [(of(row)["tickInterval"], len(of(row)["data"])) for row in fine]
        assert [(2_700_000, 992)] == [(of(row)["tickInterval"], len(of(row)["data"])) for row in default]

    async def test_older_name_of_the_id(self, client: Client) -> None:
        """The edge may be called `id`; without one the call is refused."""
        asked = {name: value for name, value in ASKED.items() if name != "edgeId"}

        assert await client.result(SERIES, ASKED) == await client.result(SERIES, asked | {"id": 20311})
        assert "edgeId" in (await client.error(SERIES, asked))["data"]["error"][0]["message"]

    async def test_future(self, client: Client) -> None:
        """An interval that has not begun has no values."""
        asked = ASKED | {"interval": {"start": END_MS + 3_600_000, "end": END_MS + 7_200_000}}

        assert [[], []] == [of(row)["data"] for row in await client.result(SERIES, asked)]

    async def test_peaks(self, client: Client, vco: RunningVco) -> None:
        """Only the newest release knows the peaks of an interval."""
        asked = ASKED | {"metrics": ["maxIntervalBpsRx", "minIntervalBpsRx", "bytesRx"]}
        refused = await client.error(SERIES, asked)
        vco.sim.change(era="6.4")
        row = (await client.result(SERIES, asked))[0]

        assert "maxIntervalBpsRx" in refused["data"]["error"][0]["message"]
        for low, mean, high in zip(
            of(row, "minIntervalBpsRx")["data"],
            of(row, "bytesRx")["data"],
            of(row, "maxIntervalBpsRx")["data"],
            strict=True,
        ):
            assert low < mean * 8 / 300 < high

    async def test_all_metrics(self, client: Client) -> None:
        """Without metrics all are answered, and a limit cuts the rows."""
        row, *others = await client.result(SERIES, {"edgeId": 20311, "interval": HOUR, "limit": 1})

        assert {LATENCY, "totalBytes", "scoreTx"} <= {series["metric"] for series in row["series"]}
        assert others == []

    @settings(deadline=None, max_examples=60)
    @given(st.integers(-86_400_000, 700_000), st.integers(1, 86_400_000), st.integers(1, 400))
    def test_grid(self, offset_ms: int, span_ms: int, samples: int) -> None:
        """However an interval is cut, each bucket falls into exactly one value, and samples are never too many."""
        world = northwind(NORTHWIND_NOW)
        feed = Feed(world, Timeline.of(Script(), world, start=NORTHWIND_NOW, seed=1), seed=1, lag_s=0)
        edge = world.enterprises[0].edges[0]
        within = Window(END_MS + offset_ms, END_MS + offset_ms + span_ms)
        (series,) = link_series(feed, edge, edge.links[0], within, NORTHWIND_NOW, ["totalBytes"], samples)
        buckets = list(feed.buckets(edge, edge.links[0], within.start_ms, within.end_ms, NORTHWIND_NOW))

        assert len(series["data"]) <= samples
        assert series["tickInterval"] % BUCKET_MS == 0
        assert (series["total"] or 0) == sum(bucket.bytes_rx + bucket.bytes_tx for bucket in buckets)


class TestEdgeLinkMetrics:
    async def test_as_aggregate(self, client: Client) -> None:
        """The rows have the aggregate's numbers, but the full link object."""
        rows = await client.result(METRICS, {"edgeId": 20311, "interval": HOUR})
        expected = (await client.result(AGGREGATE, {"interval": HOUR}))[:2]

        assert [row | {"link": 0} for row in expected] == [row | {"link": 0} for row in rows]
        assert all("macAddress" in row["link"] for row in rows)

    async def test_only_active(self, client: Client) -> None:
        """Links without activity in the interval do not appear."""
        assert await client.result(METRICS, {"edgeId": 20313, "interval": HOUR}) == []
        assert len(await client.result(METRICS, {"edgeId": 20313, "interval": {"start": START_MS - 10_800_000}})) == 1


class TestStatus:
    async def test_recent_links(self, client: Client) -> None:
        """Operators see the recent links of all, or of the enterprises they name; customers are refused."""
        method = "monitoring/getEnterpriseEdgeLinkStatus"
        refused = await client.error(method, {})
        client.be("operator")
        rows = await client.result(method, {"links": True})
        some = await client.result(method, {"enterprises": [4102]})
        client.vco.sim.advance(86_400)

        assert "privilege" in refused["message"]
        assert [
            (51001, "STABLE"),
            (51002, "STABLE"),
            (51003, "STABLE"),
            (51004, "DISCONNECTED"),
            (51071, "STABLE"),
        ] == [(row["linkId"], row["linkState"]) for row in rows]
        assert [51071] == [row["linkId"] for row in some]
        assert len(await client.result(method, {})) == 4

    async def test_aggregates(self, client: Client) -> None:
        """Operators and partners can count edges; customers cannot."""
        method = "monitoring/getAggregates"
        refused = await client.error(method, {})
        client.be("msp")
        counts = await client.result(method, {})

        assert "privilege" in refused["message"]
        assert (counts["edgeCount"], counts["edges"]) == (4, {"4101": 3, "4102": 1})
        assert ["Northwind Freight Ltd", "Alder & Finch Clinics"] == [row["name"] for row in counts["enterprises"]]

    async def test_one_edge(self, client: Client) -> None:
        """One edge is the row of the list."""
        parts = {"with": ["site", "recentLinks"]}
        rows = await client.result("enterprise/getEnterpriseEdges", parts)
        listed = await client.result("enterprise/getEnterpriseEdgeList", parts)

        assert rows[0] == await client.result("edge/getEdge", parts | {"id": 20311})
        assert rows == listed
