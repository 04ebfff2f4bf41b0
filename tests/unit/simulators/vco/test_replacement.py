from datetime import timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.simulators.vco.replacement import with_replacements
from satark.simulators.vco.scenario import Incident
from satark.simulators.vco.server import running_vco
from satark.simulators.vco.worlds import NORTHWIND_NOW, northwind
from tests.unit.simulators.vco.portal_client import END_MS, portal_client

SERIES = "metrics/getEdgeLinkSeries"
WORLD = northwind(NORTHWIND_NOW)


def swap(name: str = "Fibre A") -> Incident:
    """Return the replacement of a link."""
    return Incident(kind="link_replaced", edge="LDN-BR-01", link=name)


class TestWithReplacements:
    @settings(deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(["Fibre A", "Broadband B"]), st.integers(0, 1000)), max_size=6))
    def test_lives(self, swaps: list[tuple[str, int]]) -> None:
        """However often links are replaced, at any moment there is one of each name, and no id is used twice."""
        plan = [(swap(name), NORTHWIND_NOW + timedelta(minutes=minute)) for name, minute in swaps]
        links = with_replacements(WORLD, plan).enterprises[0].edges[0].links

        assert (
            len(links) == 2 + len(swaps) == len({link.internal_id for link in links}) == len({one.id for one in links})
        )
        for minute in range(-1, 1002, 50):
            when = NORTHWIND_NOW + timedelta(minutes=minute)
            alive = [
                link.name
                for link in links
                if (link.since is None or link.since <= when) and (link.until is None or when < link.until)
            ]
            assert ["Broadband B", "Fibre A"] == sorted(alive)


class TestInjected:
    async def test_story(self) -> None:
        """A swap at run time: the old link ends, the new one goes on; numbers, events and incidents follow."""
        async with running_vco() as vco, portal_client(vco) as client:
            vco.sim.inject(swap())
            vco.sim.inject(msgspec.structs.replace(swap(), kind="step", start_s=1800, add={"latency_ms_rx": 500}))
            before = await client.result("enterprise/getEnterpriseEdges", {"with": ["recentLinks"]})
            vco.sim.advance(3600)
            asked = {"edgeId": 20311, "interval": {"start": END_MS}, "metrics": ["bestLatencyMsRx"]}
            rows = await client.result(SERIES, asked)
            events = await client.result("event/getEnterpriseEvents", {"interval": {"start": END_MS}})
        values = {row["link"]["id"]: row["series"][0]["data"] for row in rows}

        assert [51_001, 51_002] == [link["id"] for link in before[0]["recentLinks"]][:2]
        assert values.keys() == {51_001, 51_002, 1_000_001}
        assert [None] * 12 == values[51_001][2:]
        assert [None, None] == values[1_000_001][:2]
        assert max(values[1_000_001][2:8]) < 100
        assert min(values[1_000_001][8:13]) > 500
        assert ["LINK_ALIVE", "LINK_DETECTED", "LINK_DEAD"] == [row["event"] for row in events["data"]]
