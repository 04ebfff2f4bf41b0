from typing import Any

import pytest

from satark.simulators.vco.clock import VirtualClock
from tests.unit.simulators.vco.portal_client import Client


async def send(client: Client, path: str, body: Any) -> Any:
    """Send a change to the control interface and return the state it answers with."""
    response = await client.post(f"/__sim/{path}", body)
    answer = response.json()

    assert response.status == 200, answer
    return answer


class TestState:
    async def test_shows(self, client: Client) -> None:
        """The state tells clock, counters, incidents and knobs, and needs no credential."""
        await client.result("system/getVersionInfo")
        client.headers = {}
        await client.error("system/getVersionInfo")
        async with client.http.get(f"{client.vco.url}/__sim/state") as response:
            state = await response.json()

        assert tuple(state[key] for key in ("now", "frozen", "world", "seed")) == (
            "2026-03-10T12:10:00.000Z",
            True,
            "northwind",
            1,
        )
        assert state["calls"] == {"system/getVersionInfo": 2}
        assert state["refused"] == {"credentials": 1, "rate_limit": 0, "rate_limit_in_penalty": 0}
        assert [tuple(one[key] for key in ("kind", "state", "begins", "ends")) for one in state["incidents"]] == [
            ("step", "over", "2026-03-10T11:50:00.000Z", "2026-03-10T12:00:00.000Z")
        ]
        assert state["faults"]["lag_s"] == 600.0

    async def test_tells_no_secret(self, client: Client) -> None:
        """No token or password is in the state."""
        async with client.http.get(f"{client.vco.url}/__sim/state") as response:
            text = await response.text()

        for account in client.vco.accounts.values():
            assert account.token is not None
            assert account.password is not None
            assert account.token.reveal() not in text
            assert account.password.reveal() not in text


class TestClock:
    async def test_set(self, client: Client) -> None:
        """A time stops the clock there, the future included."""
        state = await send(client, "clock", {"now": "2030-01-01T01:00:00+01:00"})

        assert (state["now"], state["frozen"]) == ("2030-01-01T00:00:00.000Z", True)

    async def test_advance(self, client: Client) -> None:
        """Seconds move it on; whole numbers are as good as others."""
        await send(client, "clock", {"advance_s": 60})
        state = await send(client, "clock", {"advance_s": 0.5})

        assert state["now"] == "2026-03-10T12:11:00.500Z"

    async def test_rate(self, client: Client) -> None:
        """A rate lets it run."""
        state = await send(client, "clock", {"rate": 120})

        assert (state["rate"], state["frozen"]) == (120.0, False)

    @pytest.mark.parametrize(
        "body",
        [{}, {"now": "soon"}, {"now": "2030-01-01T00:00:00"}, {"advance_s": 1, "rate": 2}, {"rate": 0}, {"x": 1}, []],
    )
    async def test_refused(self, client: Client, body: Any) -> None:
        """Anything else is refused with a reason and changes nothing."""
        before: VirtualClock = client.vco.sim.clock
        response = await client.post("/__sim/clock", body)

        assert response.status == 400
        assert response.json()["error"]
        assert before == client.vco.sim.clock


class TestFaults:
    async def test_change_and_heal(self, client: Client) -> None:
        """Knobs change over HTTP, and go back to where they were."""
        fail = [{"method": "system/getVersionInfo", "kind": "privilege"}]
        await send(client, "faults", {"lag_s": 0, "fail": fail})

        assert "privilege" in (await client.error("system/getVersionInfo"))["message"]
        assert client.vco.sim.faults.lag_s == 0.0
        async with client.http.delete(f"{client.vco.url}/__sim/faults") as response:
            assert (await response.json())["faults"]["lag_s"] == 600.0

    @pytest.mark.parametrize("body", [{"colour": 1}, {"lag_s": "x"}, [], "x"])
    async def test_refused(self, client: Client, body: Any) -> None:
        """A wrong knob is refused with a reason."""
        response = await client.post("/__sim/faults", body)

        assert response.status == 400
        assert response.json()["error"]

    async def test_not_limited(self, client: Client) -> None:
        """The control interface is never rate limited."""
        await send(client, "faults", {"rate": {"limit": 1, "penalty_s": 60}})
        for _ in range(3):
            await client.post("/portal/", {})

        assert (await send(client, "faults", {"rate": None}))["refused"]["rate_limit"] == 2


async def test_expire_sessions(client: Client) -> None:
    """All sessions can be ended from outside."""
    client.vco.sim.sessions.login(client.vco.sim.accounts[0], client.vco.sim.now, 60)
    async with client.http.delete(f"{client.vco.url}/__sim/sessions") as response:
        assert (await response.json())["sessions"] == 0


class TestIncidents:
    async def test_one(self, client: Client) -> None:
        """One incident is injected from now on, shown, and taken back."""
        state = await send(client, "incidents", {"kind": "link_down", "edge": "LDN-BR-01", "link": "Fibre A"})
        client.vco.sim.advance(60)
        edges = await client.result("enterprise/getEnterpriseEdges", {"with": ["recentLinks"]})
        async with client.http.delete(f"{client.vco.url}/__sim/incidents") as response:
            after = await response.json()

        assert [("step", "over"), ("link_down", "active")] == [
            (one["kind"], one["state"]) for one in state["incidents"]
        ]
        assert state["incidents"][1]["begins"] == "2026-03-10T12:10:00.000Z"
        assert edges[0]["recentLinks"][0]["state"] == "DISCONNECTED"
        assert len(after["incidents"]) == 1

    async def test_several(self, client: Client) -> None:
        """A script of incidents is injected whole."""
        more = {"kind": "idle", "gateway": "GW-EU", "duration_s": 60, "start_s": 60}
        state = await send(client, "incidents", {"incidents": [more, more]})

        assert len(state["incidents"]) == 3
        assert state["incidents"][2]["state"] == "pending"

    @pytest.mark.parametrize(
        ("body", "text"),
        [
            ({"kind": "link_down", "edge": "Nowhere", "link": "x"}, "no edge of the world"),
            ({"kind": "earthquake"}, "earthquake"),
            ({"incidents": [{"kind": "step", "edge": "LDN-BR-01"}]}, "`add` is missing"),
            ([], "object"),
        ],
    )
    async def test_refused(self, client: Client, body: Any, text: str) -> None:
        """What contradicts itself or does not fit the world is refused and changes nothing."""
        response = await client.post("/__sim/incidents", body)

        assert (response.status, text in response.json()["error"]) == (400, True)
        assert len(client.vco.sim.timeline.scheduled) == 1

    async def test_bounded(self, client: Client) -> None:
        """There is an end to the number of incidents."""
        one = {"kind": "link_down", "edge": "LDN-BR-01", "link": "Fibre A", "duration_s": 1}
        response = await client.post("/__sim/incidents", {"incidents": [one] * 1000})

        assert (response.status, "at most 1000" in response.json()["error"]) == (400, True)


class TestTokens:
    @pytest.mark.parametrize("unit", ["ms", "s"])
    async def test_issued(self, client: Client, unit: str) -> None:
        """An issued token opens the portal until its own expiry, in either unit."""
        wish = {"kind": "operator", "expires": "2026-03-10T13:00:00Z", "unit": unit}
        answer = await client.post("/__sim/tokens", wish)
        token = answer.json()["token"]
        client.headers = {"Authorization": f"Token {token}"}
        inside = len(await client.result("network/getNetworkEnterprises"))
        client.vco.sim.advance(3000)

        assert inside == 2
        assert "expired token" in (await client.error("network/getNetworkEnterprises"))["message"]

    @pytest.mark.parametrize("wish", [{}, {"kind": "king", "expires": "2026-03-10T13:00:00Z"}, []])
    async def test_refused(self, client: Client, wish: Any) -> None:
        """A wish without a kind or a time is refused."""
        assert (await client.post("/__sim/tokens", wish)).status == 400


class TestLateEdges:
    async def test_unknown_edge(self, client: Client) -> None:
        """A late edge that does not exist is refused."""
        late = {"edge": "Nowhere", "since": "2026-03-10T12:00:00Z", "release": "2026-03-10T13:00:00Z"}
        response = await client.post("/__sim/faults", {"late_edges": [late]})

        assert (response.status, "'Nowhere'" in response.json()["error"]) == (400, True)
