import json
from collections.abc import Mapping
from typing import Any

import pytest
from aiohttp import web

from satark.poller.errors import AuthError, LoginRefusedError, MethodError, OrchestratorError, ServerError
from satark.poller.schedule import Window
from satark.poller.velocloud.auto import Auto, build
from satark.runtime.settings import Secret
from tests.unit.poller.velocloud.v2_server import (
    ELEVEN,
    NOON,
    NORTHWIND,
    Scripted,
    answer,
    northwind,
    orchestrator_at,
    sample,
    serving,
)

LIST = "/api/sdwan/v2/enterprises/"
HOUR = Window(ELEVEN, NOON)
UNKNOWN = {"error": {"code": -32601, "message": "methodError: no such method"}}
FORBIDDEN = {"error": {"code": -32000, "message": "user does not have privilege [READ:EDGE]"}}
EXPIRED = {"error": {"code": -32000, "message": "tokenError [expired session cookie]"}}
GOOD: Mapping[str, Any] = {
    "system/getVersionInfo": {"result": {"version": "6.4.0"}},
    "enterprise/getEnterprise": {"result": {"id": 4101, "logicalId": NORTHWIND.key, "name": "Northwind"}},
    "monitoring/getAggregateEdgeLinkMetrics": {"result": []},
}


class Both(Scripted):
    """An orchestrator with both APIs; what v1 answers by method may be changed."""

    def __init__(self, v1: Mapping[str, Any] | None, *, v2: bool = True) -> None:
        super().__init__()
        self.v1 = None if v1 is None else dict(v1)
        self.paths["/portal/"] = self.portal
        if v2:
            self.says(LIST, sample("v2_enterprises.response"))
            self.says(northwind("linkStats"), [])

    def portal(self, _: web.Request) -> web.Response:
        """Answer by the method in the body; without v1 there is no such path."""
        if self.v1 is None:
            return web.Response(status=404, text="Not Found")
        method = json.loads(self.bodies[-1])["method"]
        return answer({"jsonrpc": "2.0", "id": 1} | self.v1.get(method, UNKNOWN))

    @property
    def apis(self) -> list[str]:
        """The APIs that were asked, without repetitions."""
        names = ["v1" if request.path == "/portal/" else "v2" for request in self.asked]
        return [name for number, name in enumerate(names) if not number or names[number - 1] != name]


async def look(driver: Auto) -> list[str]:
    """List enterprises and read the newest sample once; return the enterprises' keys."""
    found = await driver.enterprises()
    for scope in driver.scopes(found.rows):
        await driver.bulk(scope, HOUR)
    return [enterprise.key for enterprise in found.rows]


class TestChoice:
    async def test_v1_where_it_works(self) -> None:
        """The portal API is preferred, and v2 is never asked then."""
        both = Both(GOOD)
        async with serving(both) as url:
            driver = build(orchestrator_at(url), version="0")
            assert await driver.probe() == "6.4.0"
            assert await look(driver) == ["4101"]
            assert await look(driver) == ["4101"]
            await driver.close()

        assert both.apis == ["v1"]

    @pytest.mark.parametrize(
        "v1",
        [
            None,
            {},
            dict.fromkeys(GOOD, FORBIDDEN),
            {**GOOD, "monitoring/getAggregateEdgeLinkMetrics": UNKNOWN},
            {**GOOD, "monitoring/getAggregateEdgeLinkMetrics": FORBIDDEN},
        ],
        ids=["no portal", "unknown", "forbidden", "bulk unknown", "bulk forbidden"],
    )
    async def test_v2_where_v1_does_not(self, v1: Mapping[str, Any] | None) -> None:
        """Where v1 is missing or forbidden, wholly or in its bulk call, v2 is used, and v1 not asked again."""
        both = Both(v1)
        async with serving(both) as url:
            driver = build(orchestrator_at(url), version="0")
            await driver.probe()
            assert await look(driver) == [NORTHWIND.key]
            asked = len(both.asked)
            assert await look(driver) == [NORTHWIND.key]
            await driver.probe()
            await driver.close()

        assert {request.path for request in both.asked[asked:]}.isdisjoint({"/portal/"})

    async def test_neither(self) -> None:
        """Where neither works the refusal of the preferred one is told, and the next look tries again."""
        both = Both({"enterprise/getEnterprise": EXPIRED}, v2=False)
        async with serving(both) as url:
            driver = build(orchestrator_at(url), version="0")
            with pytest.raises(AuthError):
                await look(driver)
            both.v1 = dict(GOOD)
            assert await look(driver) == ["4101"]
            await driver.close()

    async def test_what_passes_decides_nothing(self) -> None:
        """A failing server is no reason for the other API."""
        both = Both(GOOD)
        both.paths["/portal/"] = lambda _: web.Response(status=502, text="<html>")
        async with serving(both) as url:
            driver = build(orchestrator_at(url), version="0")
            with pytest.raises(ServerError):
                await look(driver)
            await driver.close()

        assert both.apis == ["v1"]

    async def test_a_bulk_call_that_fails_otherwise(self) -> None:
        """A bulk call that fails for another reason than the method does not cost the preferred API its place."""
        both = Both({**GOOD, "monitoring/getAggregateEdgeLinkMetrics": {"error": {"code": -32603, "message": "oops"}}})
        async with serving(both) as url:
            driver = build(orchestrator_at(url), version="0")
            found = await driver.enterprises()
            await driver.close()

        assert [row.key for row in found.rows] == ["4101"]


class TestLogin:
    async def test_refused(self) -> None:
        """A refused password is not tried with the other API: the account would be locked."""
        both = Both(GOOD)
        for path in ("/login/enterpriseLogin", "/login/operatorLogin"):
            both.says(path, b"", 302, **{"Set-Cookie": "velocloud.message=Invalid%20username"})
        login = {"token": None, "username": "ada", "password": Secret("wrong")}
        async with serving(both) as url:
            driver = build(orchestrator_at(url, **login), version="0")
            with pytest.raises(LoginRefusedError):
                await driver.probe()
            with pytest.raises(LoginRefusedError, match="Invalid username"):
                await driver.enterprises()
            await driver.close()

        assert [request.path for request in both.asked] == ["/login/enterpriseLogin", "/login/operatorLogin"]


class TestSecondThoughts:
    async def test_only_after_a_missing_method(self) -> None:
        """After an upgrade that removed a method the choice is made anew, when enterprises are listed again."""
        both = Both(GOOD)
        async with serving(both) as url:
            driver = build(orchestrator_at(url), version="0")
            await look(driver)
            assert both.v1 is not None
            both.v1["monitoring/getAggregateEdgeLinkMetrics"] = UNKNOWN
            found = await driver.enterprises()
            with pytest.raises(MethodError):
                await driver.bulk(driver.scopes(found.rows)[0], HOUR)
            assert await look(driver) == [NORTHWIND.key]
            await driver.close()

    async def test_enterprises_missing(self) -> None:
        """Where the list of enterprises itself is missing after an upgrade, the other API gives it at once."""
        both = Both(GOOD)
        async with serving(both) as url:
            driver = build(orchestrator_at(url), version="0")
            await look(driver)
            both.v1 = {}
            assert [row.key for row in (await driver.enterprises()).rows] == [NORTHWIND.key]
            await driver.close()

    async def test_edges_missing(self) -> None:
        """A missing method of edges makes the choice doubtful, too."""
        both = Both(GOOD)
        async with serving(both) as url:
            driver = build(orchestrator_at(url), version="0")
            (enterprise,) = (await driver.enterprises()).rows
            with pytest.raises(MethodError):
                [page async for page in driver.edges(enterprise)]
            both.v1 = {}
            assert await look(driver) == [NORTHWIND.key]
            await driver.close()

    @pytest.mark.parametrize("refusal", [FORBIDDEN, EXPIRED])
    async def test_not_after_other_errors(self, refusal: Mapping[str, Any]) -> None:
        """A lost privilege or an expired token is told; it does not change the API."""
        both = Both(GOOD)
        async with serving(both) as url:
            driver = build(orchestrator_at(url), version="0")
            await look(driver)
            assert both.v1 is not None
            both.v1["monitoring/getAggregateEdgeLinkMetrics"] = refusal
            with pytest.raises(OrchestratorError):
                await look(driver)
            assert [row.key for row in (await driver.enterprises()).rows] == ["4101"]
            await driver.close()

        assert both.apis == ["v1"]

    async def test_everything_else_is_delegated(self) -> None:
        """Edges, detail and events are asked of the chosen API; a missing method there makes the choice doubtful."""
        both = Both(None)
        both.says(northwind("edges/"), sample("v2_edges_p2.response"))
        both.says(northwind("events"), {"data": []})
        async with serving(both) as url:
            driver = build(orchestrator_at(url), version="0")
            (enterprise,) = (await driver.enterprises()).rows
            pages = [page async for page in driver.edges(enterprise)]
            assert (await driver.events(enterprise, ELEVEN)).rows == ()
            with pytest.raises(MethodError):
                await driver.detail(enterprise, pages[0].edges[0], HOUR)
            await driver.close()

        assert [edge.name for edge in pages[0].edges] == ["São Paulo 03"]
        assert driver.detail_buckets == 288
