from typing import Any

from satark.simulators.vco.scenario import Incident, Script
from satark.simulators.vco.server import running_vco
from tests.unit.simulators.vco.portal_client import END_MS, START_MS, portal_client

ALERTS = "enterprise/getEnterpriseAlerts"
DAY = {"start": END_MS - 86_400_000}


class TestAlerts:
    async def test_life(self) -> None:
        """An alert is pending for two minutes, active until its outage ends, and closed then."""
        script = Script(incidents=(Incident(edge="NYC-BR-02", kind="edge_offline", start_s=0, duration_s=600),))
        states: list[Any] = []
        async with running_vco(script=script) as vco, portal_client(vco) as client:
            for seconds in (59, 2, 120, 420):
                vco.sim.advance(seconds)
                rows = (await client.result(ALERTS, {"interval": {"start": END_MS}}))["data"]
                states.append([row["state"] for row in rows])

        assert states == [[], ["PENDING"], ["ACTIVE"], ["CLOSED"]]

    async def test_link(self) -> None:
        """A link that goes down alone has an alert of its own; one that goes with its edge has none."""
        down = {"edge": "LDN-BR-01", "link": "Fibre A", "kind": "link_down", "start_s": -600, "duration_s": 300}
        script = Script(
            incidents=(
                Incident(**down),  # type: ignore[arg-type]
                Incident(edge="NYC-BR-02", kind="edge_offline", start_s=-600, duration_s=600),
                Incident(edge="NYC-BR-02", link="Cable C", kind="link_down", start_s=-500, duration_s=100),
            )
        )
        async with running_vco(script=script) as vco, portal_client(vco) as client:
            rows = (await client.result(ALERTS, {"interval": {"start": START_MS}}))["data"]
            one = (await client.result(ALERTS, {"interval": {"start": START_MS}, "edgeId": [20311]}))["data"]

        assert [("EDGE_DOWN", None), ("LINK_DOWN", "Fibre A")] == [(row["name"], row["linkName"]) for row in rows]
        assert one == rows[1:]

    async def test_too_short(self) -> None:
        """An edge that is silent for less than a minute is not called down."""
        script = Script(incidents=(Incident(edge="NYC-BR-02", kind="edge_offline", start_s=-300, duration_s=50),))
        async with running_vco(script=script) as vco, portal_client(vco) as client:
            assert (await client.result(ALERTS, {"interval": {"start": END_MS}}))["data"] == []
            assert (await client.result("event/getEnterpriseEvents", {"interval": {"start": END_MS}}))["data"] == []
