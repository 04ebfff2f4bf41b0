"""The examples of docs/how-to/add-a-vendor.md: what is shown there is what runs here."""

import importlib.util
import re
import sys
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from satark.poller import registry
from satark.poller.driver import Driver
from satark.poller.errors import WrongShapeError
from satark.poller.mapped import parts, sections
from satark.poller.mapped.driver import build
from satark.poller.schedule import Window
from satark.runtime.settings import Secret
from tests.support.environment import REPOSITORY
from tests.unit.poller.mapped.manager import NOON, orchestrator_at, running

PAGE = (REPOSITORY / "docs" / "how-to" / "add-a-vendor.md").read_text()
WINDOW = Window(NOON, NOON + timedelta(minutes=10))
TOKEN = "a-token-of-the-tests"
ANSWERS: dict[str, Any] = {
    "/v1/about": {"release": "3.1"},
    "/v1/sites": {
        "sites": [
            {
                "id": "s1",
                "name": "Oslo",
                "state": "online",
                "circuits": [{"id": "c1", "carrier": "Fibre", "port": "w1"}],
            },
            {"id": "s2", "name": "Turku", "state": "offline", "circuits": []},
            {"name": "nowhere"},
        ]
    },
    "/v1/quality": {
        "quality": [
            {
                "site": "s1",
                "circuit": "c1",
                "at": 1_773_144_000_000,
                "delay_s": 0.02,
                "lost": 0.5,
                "received_bytes": 7_500,
            },
            {"site": "s2", "circuit": "c2", "at": 1_773_144_000_000, "delay_s": None},
            {"site": "s3"},
        ]
    },
}


def block(language: str) -> str:
    """Return the page's only block of a language."""
    (text,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return str(text)


def acme() -> web.Application:
    """Return Acme's orchestrator."""

    async def handle(request: web.Request) -> web.Response:
        if request.headers.get("X-Auth-Token") != TOKEN:
            return web.json_response({}, status=401)
        return web.json_response(ANSWERS.get(request.path, {}))

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    return app


class TestMapping:
    async def test_example(self, tmp_path: Path) -> None:
        """The complete mapping reads Acme."""
        path = tmp_path / "acme.yaml"
        path.write_text(block("yaml"))
        async with running(acme()) as url:
            driver = build(orchestrator_at(url, path, token=Secret(TOKEN)), version="0")
            (enterprise,) = (await driver.enterprises()).rows
            edges = [edge async for page in driver.edges(enterprise) for edge in page.edges]
            found = await driver.bulk(driver.scopes([enterprise])[0], WINDOW)
            await driver.close()

        assert [(edge.name, edge.state, set(edge.links)) for edge in edges] == [
            ("Oslo", "CONNECTED", {"c1"}),
            ("Turku", "OFFLINE", set()),
        ]
        assert [dict(row.metrics) for row in found.rows] == [
            {"latency_ms_rx": 20.0, "loss_pct_rx": 50.0, "throughput_bps_rx": 100.0},
            {},
        ]

    def test_everything_is_explained(self) -> None:
        """Every key, kind, field and place of a mapping is in the page."""
        words = {
            *sections.SECTIONS,
            *sections.ENTERPRISE,
            *sections.EDGE,
            *sections.LINK,
            *sections.SAMPLE,
            *sections.EVENT,
            *sections.SAMPLES,
            *sections.METRIC,
            *sections.COMBINE,
            *sections.AUTH,
            *sections.KINDS,
            *sections.STEP,
            *parts.REQUEST,
            *parts.PAGING,
            *(f"{{{name}}}" for name in (*parts.TIMES, *sections.CREDENTIAL, "enterprise", "edge")),
        }

        assert sorted(word for word in words if f"`{word}`" not in PAGE) == []


class TestDriver:
    async def test_example(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The driver of the page, registered as it says, has all that a driver must have and reads Acme."""
        monkeypatch.delitem(sys.modules, "acme_satark", raising=False)
        (tmp_path / "acme_satark.py").write_text(block("python"))
        group = tomllib.loads(block("toml"))["project"]["entry-points"][registry.GROUP]
        information = tmp_path / "acme_satark-1.dist-info"
        information.mkdir()
        (information / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-satark\nVersion: 1\n")
        lines = [f"{name} = {target}" for name, target in group.items()]
        (information / "entry_points.txt").write_text("\n".join([f"[{registry.GROUP}]", *lines]))
        monkeypatch.syspath_prepend(str(tmp_path))
        async with running(acme()) as url:
            driver = registry.build(orchestrator_at(url, None, driver="acme", token=Secret(TOKEN)), version="0")
            assert await driver.probe() == "Acme 3.1"
            (enterprise,) = (await driver.enterprises()).rows
            edges = [edge async for page in driver.edges(enterprise) for edge in page.edges]
            found = await driver.bulk(driver.scopes([enterprise])[0], WINDOW)
            one = await driver.detail(enterprise, edges[0], WINDOW)
            assert (await driver.events(enterprise, NOON)).rows == ()
            await driver.close()

        assert [(edge.name, edge.state) for edge in edges] == [("Oslo", "CONNECTED"), ("Turku", "OFFLINE")]
        assert [dict(row.metrics) for row in found.rows] == [{"latency_ms_rx": 20.0}, {}]
        assert [skipped.where for skipped in found.skipped] == ["row 2"]
        assert [row.edge.key for row in one.rows] == ["s1"]
        assert {name for name in vars(Driver) | Driver.__annotations__ if not name.startswith("_")} <= set(dir(driver))

    async def test_wrong_shape(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The page's driver tells an answer of another shape, as the page says."""
        path = tmp_path / "acme_example.py"
        path.write_text(block("python"))
        spec = importlib.util.spec_from_file_location("acme_example", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        monkeypatch.setitem(ANSWERS, "/v1/about", [])
        async with running(acme()) as url:
            driver = module.build(orchestrator_at(url, None, driver="acme", token=Secret(TOKEN)), version="0")
            with pytest.raises(WrongShapeError):
                await driver.probe()
            await driver.close()
