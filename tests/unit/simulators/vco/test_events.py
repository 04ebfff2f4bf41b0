import json
from datetime import timedelta
from typing import Any

import pytest

from satark.simulators.vco.scenario import Incident, Script
from satark.simulators.vco.server import running_vco
from satark.simulators.vco.times import from_ms, iso
from satark.simulators.vco.worlds import NORTHWIND_NOW
from tests.unit.simulators.vco.portal_client import END_MS, START_MS, Client, portal_client

EVENTS = "event/getEnterpriseEvents"
DAY = {"start": END_MS - 86_400_000}
FLAP = Script(
    incidents=(
        Incident(edge="LDN-BR-01", link="Fibre A", kind="flap", start_s=-3600, duration_s=3600, period_s=600),
        Incident(edge="NYC-BR-02", kind="edge_offline", start_s=-1200, duration_s=600),
        Incident(edge="NYC-BR-02", link="Cable C", kind="link_down", start_s=-900, duration_s=840),
    )
)


def names(page: Any) -> list[tuple[str, str]]:
    """Return the events of a page, by time and name."""
    return [(row["eventTime"][11:19], row["event"]) for row in page["data"]]


class TestEvents:
    async def test_offline(self, client: Client) -> None:
        """An edge that went silent is down a minute later, its links a second after that; newest first."""
        page = await client.result(EVENTS, {"interval": DAY})

        assert [("09:42:31", "LINK_DEAD"), ("09:42:30", "EDGE_DOWN")] == names(page)
        assert page["metaData"] == {"limit": 2048, "more": False}
        assert json.loads(page["data"][0]["detail"])["internalId"] == "00000001-91bd-4b02-8d77-55c1e9a20a44"
        assert page["data"][1]["detail"] is None

    async def test_incidents(self) -> None:
        """What the script breaks and mends is told, and a link that falls with its edge is told once."""
        async with running_vco(script=FLAP) as vco, portal_client(vco) as client:
            page = await client.result(EVENTS, {"interval": {"start": START_MS}, "edgeId": [20312]})
            flap = await client.result(EVENTS, {"interval": {"start": START_MS}, "edgeId": 20311})

        assert [
            ("12:09:00", "LINK_ALIVE"),
            ("12:00:00", "EDGE_UP"),
            ("11:51:01", "LINK_DEAD"),
            ("11:51:00", "EDGE_DOWN"),
        ] == names(page)
        assert [event for _, event in names(flap)] == ["LINK_ALIVE", "LINK_DEAD"] * 6

    async def test_future(self) -> None:
        """An event is not told before it happens."""
        script = Script(incidents=(Incident(edge="NYC-BR-02", kind="edge_offline", start_s=60, duration_s=600),))
        later = {"start": iso(NORTHWIND_NOW), "end": iso(NORTHWIND_NOW + timedelta(hours=2))}
        async with running_vco(script=script) as vco, portal_client(vco) as client:
            before = await client.result(EVENTS, {"interval": later})
            vco.sim.advance(125)
            after = await client.result(EVENTS, {"interval": later})

        assert (before["data"], len(after["data"])) == ([], 2)

    async def test_ids(self) -> None:
        """No two events share an id, and an id stays with its event however it is asked for."""
        async with running_vco(script=FLAP) as vco, portal_client(vco) as client:
            all_rows = (await client.result(EVENTS, {"interval": DAY}))["data"]
            some = (await client.result(EVENTS, {"interval": DAY, "edgeId": [20312]}))["data"]

        assert len(all_rows) == len({row["id"] for row in all_rows}) == 18
        assert all(row in all_rows for row in some)
        assert all(row["id"] < 2**53 for row in all_rows)

    async def test_pages(self) -> None:
        """Following the links gives every event once, also when new ones happen meanwhile."""
        async with running_vco(script=FLAP, clock=from_ms(END_MS)) as vco, portal_client(vco) as client:
            whole = (await client.result(EVENTS, {"interval": DAY}))["data"]
            params: dict[str, Any] = {"interval": DAY, "filter": {"limit": 4}}
            rows: list[Any] = []
            while True:
                page = await client.result(EVENTS, params)
                rows += page["data"]
                assert len(page["data"]) <= 4
                if not page["metaData"]["more"]:
                    break
                vco.sim.advance(300)
                params = {"nextPageLink": page["metaData"]["nextPageLink"]}

        assert whole == rows

    @pytest.mark.parametrize(
        ("rule", "expected"),
        [
            ({"field": "event", "op": "=", "values": ["EDGE_DOWN"]}, ["EDGE_DOWN"]),
            ({"field": "event", "op": "!=", "values": ["EDGE_DOWN"]}, ["LINK_DEAD"]),
            ({"field": "severity", "op": "in", "values": ["INFO"]}, []),
            ({"field": "message", "op": "contains", "values": ["GE2"]}, ["LINK_DEAD"]),
        ],
    )
    async def test_rules(self, client: Client, rule: Any, expected: list[str]) -> None:
        """The rules of a filter are obeyed."""
        page = await client.result(EVENTS, {"interval": DAY, "filter": {"rules": [rule]}})

        assert expected == [row["event"] for row in page["data"]]

    @pytest.mark.parametrize(
        "rule", [{"field": "x", "op": "=", "values": []}, {"field": "event", "op": "~", "values": []}]
    )
    async def test_unknown_rules(self, client: Client, rule: Any) -> None:
        """A rule that this release does not know is refused."""
        answer = await client.error(EVENTS, {"interval": DAY, "filter": {"rules": [rule]}})

        assert "not supported" in answer["message"]

    async def test_default_interval(self, client: Client) -> None:
        """Without an interval the last twelve hours are told."""
        assert len((await client.result(EVENTS))["data"]) == 2
        client.vco.sim.advance(10 * 3600)
        assert (await client.result(EVENTS))["data"] == []

    async def test_rights(self, client: Client) -> None:
        """Another customer's events are nobody's business, nor is the token of another list."""
        alerts = await client.result("enterprise/getEnterpriseAlerts", {"interval": DAY, "filter": {"limit": 1}})
        edges = await client.result("enterprise/getEnterpriseEdges", {"limit": 1})
        link = edges["metaData"]["nextPageLink"]

        assert "privilege" in (await client.error(EVENTS, {"interval": DAY, "enterpriseId": 4102}))["message"]
        assert (await client.error(EVENTS, {"nextPageLink": link}))["message"] == "nextPageLink is invalid"
        assert alerts["metaData"] == {"limit": 1, "more": False}
