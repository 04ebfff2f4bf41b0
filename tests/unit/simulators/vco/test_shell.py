import asyncio

import pytest

from tests.unit.simulators.vco.portal_client import Client

EDGES = "enterprise/getEnterpriseEdges"
VERSION = "system/getVersionInfo"
CALL = {"jsonrpc": "2.0", "id": 1, "method": VERSION, "params": {}}


class TestFailures:
    async def test_method_error(self, client: Client) -> None:
        """A release may lack a method."""
        client.vco.sim.fail(VERSION, "method_error")

        assert (await client.error(VERSION))["message"] == "methodError"

    async def test_redirect(self, client: Client) -> None:
        """A permanent redirect leads to the same place, which then answers."""
        client.vco.sim.fail(VERSION, "redirect")
        first, second = await client.post("/portal/", CALL), await client.post("/portal/", CALL)

        assert (308, "/portal/", 200) == (first.status, first.headers["Location"], second.status)

    async def test_login_page(self, client: Client) -> None:
        """HTTP 200 with a page is what a client meets after an auth redirect."""
        client.vco.sim.fail(VERSION, "login_page")
        answer = await client.post("/portal/", CALL)

        assert (answer.status, answer.content_type) == (200, "text/html")

    async def test_part_refused(self, client: Client) -> None:
        """A release may refuse a part of an object that others know."""
        client.vco.sim.change(refused_with=["recentLinks"])
        answer = await client.error(EDGES, {"with": ["site", "recentLinks"]})

        assert answer["data"]["error"][0]["message"] == "No enum match for: recentLinks"
        assert len(await client.result(EDGES, {"with": ["site"]})) == 3


class TestLimits:
    async def test_penalty(self, client: Client) -> None:
        """Only requests that arrive while the penalty runs are counted as such; the first refusal is not one."""
        client.vco.sim.change(rate={"limit": 1, "window_s": 600, "penalty_s": 600})
        statuses = [(await client.post("/portal/", CALL)).status for _ in range(4)]
        refused = client.vco.sim.state()["refused"]

        assert statuses == [200, 429, 429, 429]
        assert (refused["rate_limit"], refused["rate_limit_in_penalty"]) == (3, 2)
        assert client.vco.sim.calls == {VERSION: 1}

    async def test_concurrency(self, client: Client) -> None:
        """More requests at a time than are allowed start the penalty."""
        client.vco.sim.change(
            rate={"limit": 100, "max_concurrency": 2}, fail=[{"kind": "slow", "times": None, "delay_s": 0.3}]
        )
        answers = await asyncio.gather(*(client.post("/portal/", CALL) for _ in range(3)))

        assert sorted(answer.status for answer in answers) == [200, 200, 429]


@pytest.mark.parametrize(
    ("era", "version", "state", "internal", "mode"),
    [
        ("4.0", "4.0.", 0, False, False),
        ("4.2", "4.2.", 0, False, False),
        ("5.2", "5.2.", "STABLE", True, True),
        ("6.4", "6.4.", "STABLE", True, True),
    ],
)
async def test_eras(client: Client, era: str, version: str, state: object, internal: bool, mode: bool) -> None:
    """Releases differ in version, state type, linkLogicalId and link mode."""
    client.vco.sim.change(era=era)
    row = (await client.result("monitoring/getAggregateEdgeLinkMetrics", {"interval": {"start": 1773140400000}}))[0]
    told = (await client.result(VERSION))["version"]

    assert (told.startswith(version), row["state"]) == (True, state)
    assert ("linkLogicalId" in row, "linkMode" in row["link"]) == (internal, mode)
