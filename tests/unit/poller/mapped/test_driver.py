from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from satark.poller.errors import WrongShapeError
from satark.poller.inventory import Enterprise
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
