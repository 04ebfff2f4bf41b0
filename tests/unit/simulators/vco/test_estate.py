from typing import Any

import pytest

from satark.simulators.vco.estate import estate
from satark.simulators.vco.server import RunningVco, running_vco
from satark.simulators.vco.worlds import NORTHWIND_NOW
from tests.unit.simulators.vco.portal_client import HOUR, portal_client

EDGES = "enterprise/getEnterpriseEdges"
AGGREGATE = "monitoring/getAggregateEdgeLinkMetrics"
ALL = {"with": ["recentLinks", "links"]}


async def edges_of(vco: RunningVco, enterprise_id: int) -> list[Any]:
    """Return an enterprise's edges with their links."""
    async with portal_client(vco, "operator") as client:
        rows: list[Any] = await client.result(EDGES, ALL | {"enterpriseId": enterprise_id})
    return rows


class TestEstate:
    def test_names_repeat(self) -> None:
        """Enterprises, edges and links share names, and only ids tell them apart."""
        world = estate(NORTHWIND_NOW)
        names = [enterprise.name for enterprise in world.enterprises]
        filials = [edge for edge in world.enterprises[0].edges if edge.name == "Filiale 01"]

        assert names[1] == names[2]
        assert len(filials) == 2
        assert ["Internet", "Internet"] == [link.name for link in filials[0].links]

    async def test_offline(self) -> None:
        """An edge that is offline for an hour keeps its link for a day; one for three days has none but in all links."""
        async with running_vco(world="estate") as vco:
            hour, days, spare = await edges_of(vco, 6102)
            vco.sim.advance(24 * 3600)
            later, *_ = await edges_of(vco, 6102)

        assert ["DISCONNECTED"] == [link["state"] for link in hour["recentLinks"]]
        assert ([], [], []) == (days["recentLinks"], spare["recentLinks"], later["recentLinks"])
        assert (1, 1, 0) == (len(days["links"]), len(later["links"]), len(spare["links"]))
        assert (spare["edgeState"], spare["lastContact"]) == ("NEVER_ACTIVATED", "0000-00-00 00:00:00")

    async def test_replaced(self) -> None:
        """A replaced link is disconnected and recent for a day; its successor has its place and other ids."""
        async with running_vco(world="estate") as vco:
            (edge,) = await edges_of(vco, 6103)
            vco.sim.advance(24 * 3600)
            (later,) = await edges_of(vco, 6103)
        old, other, new = edge["recentLinks"]

        assert ("DISCONNECTED", "HISTORICAL", "2026-03-10T11:40:00.000Z") == (
            old["state"],
            old["serviceState"],
            old["lastActive"],
        )
        assert (new["state"], new["created"]) == ("STABLE", "2026-03-10T11:40:00.000Z")
        assert (old["interface"], old["displayName"]) == (new["interface"], new["displayName"])
        assert all(old[name] != new[name] for name in ("id", "internalId", "logicalId"))
        assert [other["id"], new["id"]] == [link["id"] for link in later["recentLinks"]]
        assert len(later["links"]) == 3

    async def test_standby(self) -> None:
        """Backup and standby links are told as such and have no numbers."""
        async with running_vco(world="estate") as vco, portal_client(vco, "operator") as client:
            edge = (await edges_of(vco, 6101))[2]
            rows = await client.result(AGGREGATE, {"interval": HOUR, "enterprises": [6101]})

        assert [("STABLE", "ACTIVE"), ("STANDBY", "BACKUP"), ("STANDBY", "HOTSTANDBY")] == [
            (link["state"], link["linkMode"]) for link in edge["recentLinks"]
        ]
        assert {71_006, 71_007}.isdisjoint(row["linkId"] for row in rows)

    async def test_true_zeros(self) -> None:
        """A link nearby has latency 0 and bytes."""
        async with running_vco(world="estate") as vco, portal_client(vco, "operator") as client:
            rows = await client.result(AGGREGATE, {"interval": HOUR, "enterprises": [6101]})
        (row,) = [row for row in rows if row["linkId"] == 71_005]

        assert row["bestLatencyMsRx"] == 0
        assert row["totalBytes"] > 0

    @pytest.mark.parametrize(("kind", "count"), [("customer", 1), ("msp", 3), ("operator", 3)])
    async def test_principals(self, kind: Any, count: int) -> None:
        """A customer sees the first enterprise, partners and operators all."""
        async with running_vco(world="estate") as vco, portal_client(vco, kind) as client:
            assert count == len((await client.get("/api/sdwan/v2/enterprises/")).json()["data"])
