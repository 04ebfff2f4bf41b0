"""What each kind of incident looks like to a client of the portal."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from satark.simulators.vco.scenario import Incident
from satark.simulators.vco.times import iso
from satark.simulators.vco.worlds import NORTHWIND_NOW
from tests.unit.simulators.vco.portal_client import END_MS, Client

SERIES = "metrics/getEdgeLinkSeries"
EDGES = "enterprise/getEnterpriseEdges"
NOW_MS = END_MS + 600_000
HOUR_S = 3600
FIBRE = {"edge": "LDN-BR-01", "link": "Fibre A"}
LATENCY = "bestLatencyMsRx"


def incident(kind: str, **fields: Any) -> Incident:
    """Return an incident on Fibre A, from now on."""
    return msgspec.convert({"kind": kind, **FIBRE, **fields}, Incident)


async def series(client: Client, metric: str, start_ms: int, buckets: int, **params: Any) -> list[Any]:
    """Return some buckets of a metric of Fibre A."""
    interval = {"start": start_ms, "end": start_ms + buckets * 300_000}
    asked = {"edgeId": 20311, "links": [51001], "metrics": [metric], "interval": interval} | params
    (row,) = await client.result(SERIES, asked)
    data: list[Any] = row["series"][0]["data"]
    return data


async def link_of(client: Client, edge_number: int = 0) -> Any:
    """Return the first link of an edge."""
    rows = await client.result(EDGES, {"with": ["recentLinks"]})
    return rows[edge_number]["recentLinks"][0]


class TestLevels:
    async def test_congestion(self, client: Client) -> None:
        """Periodic congestion comes every day at the site's local hours, and only then."""
        nyc = incident("congestion", edge="NYC-BR-02", link="Cable C", add={"latency_ms_rx": 80}, local_hours=[9, 17])
        client.vco.sim.inject(nyc)
        client.vco.sim.advance(3 * 24 * HOUR_S)
        midnight_ms = NOW_MS // 86_400_000 * 86_400_000 + 86_400_000
        for day in range(2):
            start_ms = midnight_ms + day * 86_400_000
            data = await series(client, LATENCY, start_ms, 288, edgeId=20312, links=[51003])
            busy = [number / 12 - 5 for number, value in enumerate(data) if value > 60]
            assert (9 < min(busy), max(busy) < 17, len(busy) > 40) == (True, True, True)

    async def test_path_change(self, client: Client) -> None:
        """Another best path moves levels up or down, and they stay there."""
        client.vco.sim.inject(incident("path_change", shift={"latency_ms_rx": -5, "latency_ms_tx": 30}))
        before = await series(client, LATENCY, END_MS - HOUR_S * 1000, 12)
        client.vco.sim.advance(2 * HOUR_S)
        after = await series(client, LATENCY, NOW_MS, 20)

        assert min(before) > max(after) >= 0

    async def test_zeros(self, client: Client) -> None:
        """True zeros come with bytes."""
        client.vco.sim.inject(incident("zeros", duration_s=HOUR_S))
        client.vco.sim.advance(HOUR_S)

        assert await series(client, LATENCY, NOW_MS, 10) == [0] * 10
        assert min(await series(client, "totalBytes", NOW_MS, 10)) > 0

    async def test_unstable(self, client: Client) -> None:
        """A link that loses more than a tenth of its packets is UNSTABLE."""
        client.vco.sim.inject(incident("step", add={"loss_pct_rx": 12}))

        assert (await link_of(client))["state"] == "UNSTABLE"

    async def test_isp_wide(self, client: Client) -> None:
        """An ISP's trouble is on all its links, of all enterprises, and on no other's."""
        wide = Incident(kind="step", isp="Example Telecom", add={"loss_pct_tx": 40})
        client.vco.sim.inject(wide)
        client.vco.sim.advance(1800)
        client.be("operator")
        asked = {"interval": {"start": NOW_MS, "end": NOW_MS + 600_000}, "metrics": ["bestLossPctTx"]}
        rows = await client.result("monitoring/getAggregateEdgeLinkMetrics", asked)

        assert {51001, 51071} == {row["linkId"] for row in rows if row["bestLossPctTx"] > 30}


class TestSilence:
    @pytest.mark.parametrize(
        ("kind", "state", "mode"), [("idle", "STABLE", "ACTIVE"), ("standby", "STANDBY", "HOTSTANDBY")]
    )
    async def test_no_buckets(self, client: Client, kind: str, state: str, mode: str) -> None:
        """An idle or standby link is there and says so, without a single bucket."""
        client.vco.sim.inject(incident(kind))
        client.vco.sim.advance(HOUR_S)
        link = await link_of(client)

        assert (state, mode) == (link["state"], link["linkMode"])
        assert await series(client, LATENCY, NOW_MS, 10) == [None] * 10

    async def test_offline(self, client: Client) -> None:
        """What an edge measured while it was offline is lost, unless it is buffered."""
        client.vco.sim.inject(Incident(kind="edge_offline", edge="LDN-BR-01", duration_s=HOUR_S))
        client.vco.sim.advance(2 * HOUR_S)
        data = await series(client, LATENCY, NOW_MS, 20)

        assert [value is None for value in data] == [True] * 12 + [False] * 8

    async def test_buffered(self, client: Client) -> None:
        """A buffering edge uploads all at once when it is back, and not a moment before."""
        client.vco.sim.inject(Incident(kind="edge_offline", edge="LDN-BR-01", duration_s=HOUR_S, buffered=True))
        client.vco.sim.advance(HOUR_S - 1)
        before = await series(client, LATENCY, NOW_MS, 10)
        state = (await link_of(client))["state"]
        client.vco.sim.advance(1)

        assert (before, state) == ([None] * 10, "DISCONNECTED")
        assert None not in await series(client, LATENCY, NOW_MS, 10)

    async def test_buffered_but_down(self, client: Client) -> None:
        """A buffering edge has nothing to upload of a link that was down itself."""
        client.vco.sim.inject(
            Incident(kind="edge_offline", edge="LDN-BR-01", duration_s=HOUR_S, buffered=True),
            incident("link_down", duration_s=1800),
        )
        client.vco.sim.advance(2 * HOUR_S)
        data = await series(client, LATENCY, NOW_MS, 12)

        assert [value is None for value in data] == [True] * 6 + [False] * 6

    async def test_late_edge(self, client: Client) -> None:
        """The buckets of a late edge appear at once, while the edge is connected and others' come on time."""
        late = {"edge": "LDN-BR-01", "since": iso(NORTHWIND_NOW), "release": iso(NORTHWIND_NOW + timedelta(hours=1))}
        client.vco.sim.change(late_edges=[late])
        client.vco.sim.advance(HOUR_S - 1)
        before = await series(client, LATENCY, NOW_MS, 9)
        others = await series(client, LATENCY, NOW_MS, 9, edgeId=20312, links=[51003])
        state = (await link_of(client))["state"]
        client.vco.sim.advance(1)

        assert (before, state) == ([None] * 9, "STABLE")
        assert None not in others
        assert None not in await series(client, LATENCY, NOW_MS, 10)

    async def test_quality_agrees(self, client: Client) -> None:
        """The events of quality miss the same buckets as the series."""
        client.vco.sim.inject(incident("idle", start_s=1800, duration_s=600))
        client.vco.sim.advance(2 * HOUR_S)
        interval = {"start": NOW_MS, "end": NOW_MS + HOUR_S * 1000}
        asked = {"edgeId": 20311, "interval": interval, "minutesPerSample": 5}
        quality = await client.result("linkQualityEvent/getLinkQualityEvents", asked)
        stamps = [row["timestamp"] for row in quality["00000001-6c1e-4d0a-9f3b-2b7a5d1e0a11"]["timeseries"]]
        data = await series(client, LATENCY, NOW_MS, 12)

        assert [NOW_MS + number * 300_000 for number, value in enumerate(data) if value is not None] == stamps
        assert len(stamps) == 10
