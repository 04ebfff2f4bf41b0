from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from satark.poller.errors import TooLargeError, WrongShapeError
from satark.poller.inventory import Enterprise
from satark.poller.mapped import driver as mapped_driver
from satark.poller.mapped.driver import build, mistakes, read
from satark.poller.readings import VendorEvents
from satark.poller.schedule import Window
from satark.runtime.settings import Secret, SettingsError
from tests.unit.poller.mapped.manager import EXAMPLES, NOON, orchestrator_at, running

TOKEN = "a-token-of-the-tests"
WINDOW = Window(NOON, NOON + timedelta(minutes=10))
NOON_S = 1_773_144_000
DEVICES = {
    "devices": [
        {
            "id": "d1",
            "name": "Oslo",
            "status": "up",
            "uplinks": [{"id": "u1", "label": "Fibre", "port": "wan1", "provider": "Example Telecom"}],
        },
        {"id": "d2", "name": "Turku", "status": "down", "uplinks": []},
    ]
}
VALUES = {"values": [{"device": "d1", "uplink": "u1", "at": NOON_S + 60, "rtt_s": 0.025, "lost_fraction": 0.01}]}
DETAIL = """
version: 1
vendor: Paged
enterprise: {id: acme, name: Acme}
auth: {kind: header, header: {X-Auth-Token: "{token}"}}
edges:
  request: {path: "/{enterprise}/sites", paging: {kind: page, parameter: page, size: 2, most: 3}}
  rows: "@"
  fields: {id: id}
detail:
  request: {path: "/sites/{edge}/values", query: {since: "{start}"}, times: iso}
  samples: 6
  rows: "@"
  fields: {link: link, time: at}
  time: iso
  metrics: {latency_ms_rx: ms}
"""


def small(asked: list[web.Request], answers: dict[str, Any]) -> web.Application:
    """Return an orchestrator that answers by path, and remembers the requests."""

    async def handle(request: web.Request) -> web.Response:
        asked.append(request)
        body = answers.get(request.path)
        return web.json_response(body(request) if callable(body) else body, status=404 if body is None else 200)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    return app


class TestSmall:
    async def test_everything(self) -> None:
        """The smallest example gives edges with links, and samples in our units, with its token sent as a bearer."""
        asked: list[web.Request] = []
        async with running(small(asked, {"/devices": DEVICES, "/metrics": VALUES})) as url:
            driver = build(orchestrator_at(url, EXAMPLES / "small.yaml", token=Secret(TOKEN)), version="0")
            driver.begin_cycle()
            assert await driver.probe() == "Small Orchestrator"
            (enterprise,) = (await driver.enterprises()).rows
            pages = [page async for page in driver.edges(enterprise)]
            bulk = await driver.bulk(driver.scopes([enterprise])[0], WINDOW)
            detail = await driver.detail(enterprise, pages[0].edges[1], WINDOW)
            events = await driver.events(enterprise, NOON)
            await driver.close()

        assert enterprise == Enterprise("sdwan.example.net", "sdwan.example.net")
        assert [(edge.name, edge.state) for edge in pages[0].edges] == [("Oslo", "CONNECTED"), ("Turku", "OFFLINE")]
        assert pages[0].edges[0].links["u1"].isp == "Example Telecom"
        assert dict(bulk.rows[0].metrics) == {"latency_ms_rx": 25.0, "loss_pct_rx": 1.0}
        assert detail.rows == ()
        assert events == VendorEvents()
        assert driver.detail_buckets == 1
        assert {request.headers["Authorization"] for request in asked} == {f"Bearer {TOKEN}"}

    async def test_wrong_shape(self) -> None:
        """Another answer than the mapping expects is told with its body, without the token."""
        async with running(small([], {"/devices": {"error": TOKEN}})) as url:
            driver = build(orchestrator_at(url, EXAMPLES / "small.yaml", token=Secret(TOKEN)), version="0")
            with pytest.raises(WrongShapeError) as caught:
                await driver.probe()
            await driver.close()

        assert caught.value.body == b'{"error": "***"}'


class TestDetailOnly:
    async def test_pages_and_detail(self, tmp_path: Path) -> None:
        """Without a call for all edges there are no scopes; edges are read one by one; pages end at their limit."""
        path = tmp_path / "paged.yaml"
        path.write_text(DETAIL)
        asked: list[web.Request] = []
        answers = {
            "/acme/sites": lambda request: [{"id": f"s{request.query['page']}{n}"} for n in range(2)],
            "/sites/s10/values": [{"link": "l", "at": "2026-03-10T12:00:30Z", "ms": 7}],
        }
        async with running(small(asked, answers)) as url:
            driver = build(orchestrator_at(url, path, token=Secret(TOKEN)), version="0")
            await driver.probe()
            asked.clear()
            (enterprise,) = (await driver.enterprises()).rows
            pages = [page async for page in driver.edges(enterprise)]
            assert driver.scopes([enterprise]) == ()
            found = await driver.detail(enterprise, pages[0].edges[0], WINDOW)
            again = [page async for page in driver.edges(enterprise)]
            await driver.close()

        assert [edge.key for page in pages for edge in page.edges] == ["s10", "s11", "s20", "s21", "s30", "s31"]
        assert (found.rows[0].edge.key, dict(found.rows[0].metrics)) == ("s10", {"latency_ms_rx": 7.0})
        assert asked[3].query["since"] == "2026-03-10T12:00:00.000Z"
        assert set(again[0].edges[0].links) <= {"l"}
        assert driver.detail_buckets == 6


CUSTOMERS = """
version: 1
vendor: Many
headers: {Accept-Language: en}
enterprises: {request: {path: /customers}, rows: customers, fields: {id: id, name: name}}
edges: {request: {path: "/{enterprise}/sites"}, rows: "@", fields: {id: id}}
samples:
  request: {path: "/{enterprise}/values", paging: {kind: offset, parameter: skip, size: 2}}
  rows: "@"
  fields: {edge: e, link: l}
  metrics: {latency_ms_rx: v}
detail: {request: {path: "/{edge}/values"}, rows: "@", fields: {link: l}, metrics: {latency_ms_rx: v}}
events: {request: {path: "/{enterprise}/log", query: {since: "{start_s}"}}, rows: "@", fields: {time: t, name: n}, time: s}
"""


class TestEnterprises:
    async def test_one_scope_each(self, tmp_path: Path) -> None:
        """Several enterprises are listed and read one by one, their events too; links in samples are remembered."""
        path = tmp_path / "many.yaml"
        path.write_text(CUSTOMERS)
        asked: list[web.Request] = []
        values = [{"e": "s", "l": f"l{n}", "v": n} for n in range(3)]

        def page(request: web.Request) -> Any:
            skip = int(request.query["skip"])
            return values[skip : skip + 2]

        answers = {
            "/customers": {"customers": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}]},
            "/a/sites": [{"id": "s"}],
            "/a/values": page,
            "/b/values": lambda _: [],
            "/s/values": [{"l": "l9", "v": 9}],
            "/a/log": [{"t": NOON_S, "n": "down"}],
        }
        async with running(small(asked, answers)) as url:
            driver = build(orchestrator_at(url, path), version="0")
            assert await driver.probe() == "Many"
            found = (await driver.enterprises()).rows
            window = Window(driver.now(datetime.now(UTC)) - timedelta(minutes=10), driver.now(datetime.now(UTC)))
            scopes = driver.scopes(found)
            rows = [(await driver.bulk(scope, window)).rows for scope in scopes]
            (edges,) = [page.edges async for page in driver.edges(found[0])]
            detail = await driver.detail(found[0], edges[0], window)
            events = await driver.events(found[0], NOON)
            await driver.close()

        assert [enterprise.name for enterprise in found] == ["A", "B"]
        assert [[row.link.internal_id for row in some] for some in rows] == [["l0", "l1", "l2"], []]
        assert set(edges[0].links) == {"l0", "l1", "l2"}
        assert [row.link.internal_id for row in detail.rows] == ["l9"]
        assert [event.name for event in events.rows] == ["down"]
        assert {request.headers["Accept-Language"] for request in asked} == {"en"}

    async def test_too_many_rows(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Rows without end are not read to their end."""
        monkeypatch.setattr(mapped_driver, "MAX_ROWS", 5)
        path = tmp_path / "many.yaml"
        path.write_text(CUSTOMERS)
        endless = {"/a/values": [{"e": "s", "l": "l", "v": 1}] * 2}
        async with running(small([], endless)) as url:
            driver = build(orchestrator_at(url, path), version="0")
            with pytest.raises(TooLargeError):
                await driver.bulk(driver.scopes([Enterprise("a")])[0], WINDOW)
            await driver.close()


class TestFile:
    def test_mistakes(self, tmp_path: Path) -> None:
        """A file that is missing, too large or wrong is told with its name before anything starts."""
        wrong = tmp_path / "wrong.yaml"
        wrong.write_text("version: 2")

        for path, text in ((tmp_path / "none.yaml", "No such file"), (wrong, "line 1: version: expected 1")):
            told = list(mistakes(orchestrator_at("https://sdwan.example.net", path)))
            assert [mistake for mistake in told if text in mistake and str(path) in mistake] != []
            with pytest.raises(SettingsError):
                build(orchestrator_at("https://sdwan.example.net", path), version="0")

    def test_no_file(self) -> None:
        """Without a file the driver cannot be made."""
        orchestrator = orchestrator_at("https://sdwan.example.net", None)

        assert list(mistakes(orchestrator)) == []
        with pytest.raises(SettingsError, match="MAPPING_FILE"):
            build(orchestrator, version="0")

    def test_too_large(self, tmp_path: Path) -> None:
        """A file without end is not read to its end."""
        path = tmp_path / "large.yaml"
        path.write_bytes(b" " * 300_000)

        with pytest.raises(SettingsError, match="larger than"):
            read(path)
