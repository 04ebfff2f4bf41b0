import json
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from satark.poller.errors import (
    AuthError,
    MethodError,
    RateLimitedError,
    ServerError,
    ValidationError,
    WrongShapeError,
)
from satark.poller.inventory import Edge
from satark.poller.readings import Coverage, EdgePage
from satark.poller.schedule import Window
from satark.poller.velocloud.v2 import RestV2, build
from satark.poller.velocloud.v2_answers import MovedError, NotFoundError
from tests.unit.poller.velocloud.v2_server import (
    ELEVEN,
    FIBRE_A,
    LONDON,
    NOON,
    NORTHWIND,
    TOKEN,
    Scripted,
    answer,
    northwind,
    orchestrator_at,
    sample,
    serving,
)

LIST = "/api/sdwan/v2/enterprises/"
HOUR = Window(ELEVEN, NOON)
EDGE = Edge(id=LONDON, uid=LONDON)


def driver_at(url: str, **changes: Any) -> RestV2:
    """Return the driver of an orchestrator."""
    return build(orchestrator_at(url, **changes), version="0")


def sampled() -> Scripted:
    """Return an orchestrator that gives the sample payloads."""
    scripted = Scripted()
    scripted.says(LIST, sample("v2_enterprises.response"))
    scripted.says(northwind("linkStats"), sample("v2_enterprise_link_stats.response"))
    scripted.says(northwind(f"edges/{LONDON}/linkStats/timeSeries"), sample("v2_edge_link_stats_timeseries.response"))

    def edges(request: web.Request) -> web.Response:
        page = 2 if "nextPageLink" in request.query else 1
        return answer(sample(f"v2_edges_p{page}.response"))

    scripted.paths[northwind("edges/")] = edges
    return scripted


async def all_edges(driver: RestV2) -> list[EdgePage]:
    """Return all pages of the sample enterprise's edges."""
    return [page async for page in driver.edges(NORTHWIND)]


class TestInventory:
    async def test_enterprises(self) -> None:
        """Enterprises come with the token sent once, by GET."""
        scripted = sampled()
        async with serving(scripted) as url:
            driver = driver_at(url)
            found = await driver.enterprises()
            await driver.close()

        assert [row.name for row in found.rows] == ["Northwind Freight Ltd"]
        assert (scripted.asked[0].method, scripted.asked[0].headers["Authorization"]) == ("GET", f"Token {TOKEN}")

    async def test_edges_by_pages(self) -> None:
        """Pages are followed by their token; links that are only referred to are those of the last day's statistics."""
        scripted = sampled()
        async with serving(scripted) as url:
            driver = driver_at(url)
            pages = await all_edges(driver)
            await driver.close()

        assert [edge.name for page in pages for edge in page.edges] == ["LDN-BR-01", "NYC-BR-02", "São Paulo 03"]
        assert pages[0].edges[0].links[FIBRE_A].name == "Fibre A"
        assert scripted.asked[2].query["nextPageLink"] == "eyJzYW1wbGUiOiJ2Mi1wYWdlMiJ9"
        stats = scripted.asked[1].query
        assert [request.path for request in scripted.asked].count(northwind("linkStats")) == 1
        assert int(stats["end"]) - int(stats["start"]) == 86_400_000

    async def test_a_token_that_comes_again(self) -> None:
        """A server that names the same page for ever is asked for it once."""
        scripted = sampled()
        page = json.loads(sample("v2_edges_p1.response"))
        scripted.says(northwind("edges/"), page)
        async with serving(scripted) as url:
            driver = driver_at(url)
            pages = await all_edges(driver)
            await driver.close()

        assert len(pages) == 2

    @pytest.mark.parametrize(("refused", "asked"), [("links.", 2), ("site.", 3)])
    async def test_include_refused(self, refused: str, asked: int) -> None:
        """A release that refuses to include links, or sites, is asked for less, and not asked again in this way."""
        scripted = Scripted()
        scripted.says(northwind("linkStats"), [])

        def edges(request: web.Request) -> web.Response:
            if refused in request.query.get("include", ""):
                return answer({"code": "ValidationError", "message": "include"}, 400)
            return answer({"data": [{"logicalId": LONDON}]})

        scripted.paths[northwind("edges/")] = edges
        async with serving(scripted) as url:
            driver = driver_at(url)
            pages = await all_edges(driver)
            assert len(scripted.asked) == asked
            await all_edges(driver)
            await driver.close()

        assert [edge.key for edge in pages[0].edges] == [LONDON]
        assert len(scripted.asked) == asked + 1


class TestBase:
    async def test_legacy(self) -> None:
        """Only where the present path is unknown the older one is tried, and remembered."""
        scripted = Scripted()
        scripted.says("/sdwan/enterprises/", sample("v2_enterprises.response"))
        scripted.says(northwind("linkStats", "/sdwan"), [])
        async with serving(scripted) as url:
            driver = driver_at(url)
            await driver.enterprises()
            await driver.bulk(driver.scopes([NORTHWIND])[0], HOUR)
            await driver.close()

        assert [request.path for request in scripted.asked] == [
            LIST,
            "/sdwan/enterprises/",
            northwind("linkStats", "/sdwan"),
        ]

    async def test_neither(self) -> None:
        """Without either path the API is missing, and the next question begins anew."""
        scripted = Scripted()
        async with serving(scripted) as url:
            driver = driver_at(url)
            for _ in range(2):
                with pytest.raises(MethodError):
                    await driver.enterprises()
            await driver.close()

        assert [request.path for request in scripted.asked] == [LIST, "/sdwan/enterprises/"] * 2

    async def test_redirect_on_the_same_host(self) -> None:
        """A redirect to another path of the same host is followed once and remembered."""
        scripted = Scripted()
        new = f"/new/base/enterprises/{NORTHWIND.key}/linkStats"
        scripted.says(northwind("linkStats"), b"", 308, Location=new)
        scripted.says(new, [])
        async with serving(scripted) as url:
            driver = driver_at(url)
            for _ in range(2):
                await driver.bulk(driver.scopes([NORTHWIND])[0], HOUR)
            await driver.close()

        assert [request.path for request in scripted.asked] == [northwind("linkStats"), new, new]
        assert scripted.asked[1].query["start"] == "1773140400000"

    @pytest.mark.parametrize(
        "location",
        ["", "https://elsewhere.example/api/sdwan/v2/enterprises/", "//elsewhere.example/enterprises", "/login", LIST],
    )
    async def test_redirect_elsewhere(self, location: str) -> None:
        """A redirect to another host, to no place of the API, or to itself is an error: the token stays here."""
        scripted = Scripted()
        scripted.says(LIST, b"", 308, **({"Location": location} if location else {}))
        async with serving(scripted) as url:
            driver = driver_at(url)
            with pytest.raises(MovedError):
                await driver.enterprises()
            await driver.close()

        assert len(scripted.asked) == 1


class TestProbe:
    async def test_all_then_one(self) -> None:
        """The probe asks for one enterprise once one is known, and for all where that one is gone."""
        scripted = sampled()
        scripted.says(northwind(""), {"logicalId": NORTHWIND.key})
        async with serving(scripted) as url:
            driver = driver_at(url)
            assert await driver.probe() == "API v2 at /api/sdwan/v2"
            await driver.enterprises()
            await driver.probe()
            del scripted.paths[northwind("")]
            await driver.probe()
            await driver.close()

        paths = [request.path for request in scripted.asked]
        assert paths == [LIST, LIST, northwind(""), northwind(""), LIST]


class TestBulk:
    async def test_a_scope_an_enterprise(self) -> None:
        """One call reads an enterprise over one window, its times in milliseconds of 13 digits."""
        scripted = sampled()
        async with serving(scripted) as url:
            driver = driver_at(url)
            (scope,) = driver.scopes([NORTHWIND])
            readings = await driver.bulk(scope, HOUR)
            await driver.close()

        assert scope.coverage is Coverage.ENTERPRISE
        assert [row.link.name for row in readings.rows] == ["Fibre A", "Broadband B", "Cable C"]
        query = scripted.asked[0].query
        assert (query["start"], query["end"]) == ("1773140400000", "1773144000000")
        assert "bestLatencyMsRx,bestLatencyMsTx" in query["metrics"]

    async def test_wrong_shape(self) -> None:
        """An answer of another shape is told with its body, without the token."""
        scripted = sampled()
        scripted.says(northwind("linkStats"), {"unexpected": TOKEN})
        async with serving(scripted) as url:
            driver = driver_at(url)
            with pytest.raises(WrongShapeError) as caught:
                await driver.bulk(driver.scopes([NORTHWIND])[0], HOUR)
            await driver.close()

        assert json.loads(caught.value.body) == {"unexpected": "***"}

    @pytest.mark.parametrize(
        ("file", "status", "kind"),
        [
            ("v2_error_400", 400, ValidationError),
            ("v2_error_401", 401, AuthError),
            ("v2_error_404", 404, NotFoundError),
            ("v2_error_429", 429, RateLimitedError),
            ("v2_error_500", 500, ServerError),
        ],
    )
    async def test_refusals(self, file: str, status: int, kind: type[Exception]) -> None:
        """Each documented refusal arrives as the kind that a caller can act on."""
        scripted = Scripted()
        scripted.says(northwind("linkStats"), sample(file), status)
        async with serving(scripted) as url:
            driver = driver_at(url)
            with pytest.raises(kind) as caught:
                await driver.bulk(driver.scopes([NORTHWIND])[0], HOUR)
            await driver.close()

        assert kind is type(caught.value)


class TestDetail:
    async def test_series(self) -> None:
        """Series become samples of five minutes; where the edge said nothing there is no value, not a zero."""
        async with serving(sampled()) as url:
            driver = driver_at(url)
            readings = await driver.detail(NORTHWIND, EDGE, HOUR)
            await driver.close()

        fibre = [row for row in readings.rows if row.link.internal_id == FIBRE_A]
        assert [row.metrics.get("latency_ms_rx") for row in fibre] == [8, 9, 8, 9, None, None, None, 10, 9, 9, 9, 10]
        assert [row.start for row in fibre] == [ELEVEN + n * timedelta(minutes=5) for n in range(12)]

    async def test_texts_and_iso_times(self) -> None:
        """Values may be texts of numbers, and the start an ISO time."""
        series = [
            {
                "metric": metric,
                "startTime": "2026-03-10T11:00:00.000Z",
                "tickInterval": 300_000,
                "data": ["7.5", None, "x"],
            }
            for metric in ("bestLatencyMsRx", "bytesRx")
        ]
        scripted = Scripted()
        scripted.says(
            northwind(f"edges/{LONDON}/linkStats/timeSeries"), [{"link": {"internalId": FIBRE_A}, "series": series}]
        )
        async with serving(scripted) as url:
            driver = driver_at(url)
            readings = await driver.detail(NORTHWIND, EDGE, HOUR)
            await driver.close()

        assert [row.metrics.get("latency_ms_rx") for row in readings.rows] == [7.5, None, None]
        assert {one.reason for one in readings.skipped} == {"not_a_number"}

    async def test_too_coarse(self) -> None:
        """A day that comes in steps of 15 minutes is asked for in shorter parts until the steps are right."""
        scripted = Scripted()

        def coarse(request: web.Request) -> web.Response:
            start, end = int(request.query["start"]), int(request.query["end"])
            tick = 300_000 if end - start <= 21_600_000 else 900_000
            data = [9] * ((end - start) // tick)
            series = [
                {"metric": metric, "startTime": start, "tickInterval": tick, "data": data}
                for metric in ("bestLatencyMsRx", "bytesRx")
            ]
            return answer([{"link": {"internalId": FIBRE_A}, "series": series}])

        scripted.paths[northwind(f"edges/{LONDON}/linkStats/timeSeries")] = coarse
        async with serving(scripted) as url:
            driver = driver_at(url)
            readings = await driver.detail(NORTHWIND, EDGE, Window(NOON - timedelta(hours=24), NOON))
            await driver.close()

        assert len(readings.rows) == 288
        assert readings.rows == tuple(sorted(readings.rows, key=lambda row: row.start))
        assert driver.detail_buckets == 72
        assert readings.skipped == ()


class TestEvents:
    async def test_pages_oldest_first(self) -> None:
        """Events are read page by page since a time, and given oldest first."""
        scripted = Scripted()

        def events(request: web.Request) -> web.Response:
            older = "nextPageLink" in request.query
            row = {
                "id": 1 if older else 2,
                "event": "LINK_DEAD",
                "eventTime": f"2026-03-10T11:{10 if older else 50}:00.000Z",
                "severity": "ALERT",
            }
            return answer({"data": [row], "metaData": {} if older else {"more": True, "nextPageLink": "p2"}})

        scripted.paths[northwind("events")] = events
        async with serving(scripted) as url:
            driver = driver_at(url)
            found = await driver.events(NORTHWIND, ELEVEN)
            await driver.close()

        assert [event.id for event in found.rows] == ["1", "2"]
        assert scripted.asked[0].query["start"] == "1773140400000"
