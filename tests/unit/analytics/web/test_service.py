import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
from structlog.testing import capture_logs

from satark.analytics.web.service import Web
from satark.analytics.web.settings import WebSettings
from satark.runtime.health import Health
from tests.unit.analytics.web.asking import route


@asynccontextmanager
async def running(settings: WebSettings, health: Health | None = None) -> AsyncIterator[Web]:
    """Yield a web part that listens."""
    web, stop = Web(settings, [route()], health or Health()), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(web.run(stop))
        await web.listening.wait()
        try:
            yield web
        finally:
            stop.set()


class TestWeb:
    async def test_serves_and_says_where(self, tmp_path: Path) -> None:
        """It is ready when it listens, and writes its port to the file that was asked for."""
        health = Health()
        settings = WebSettings(listen="127.0.0.1:0", port_file=tmp_path / "port")

        async with running(settings, health) as web, httpx2.AsyncClient() as client:
            response = await client.get(f"http://127.0.0.1:{web.ports[0]}/v1/things")

            assert response.status_code == 200
            assert health.ready
            assert (tmp_path / "port").read_text() == f"{web.ports[0]}\n"

    async def test_two_addresses(self) -> None:
        """Contrail's tools find the same on a port of their own."""
        settings = WebSettings(listen="127.0.0.1:0", loopback_listen="127.0.0.1:0")

        async with running(settings) as web, httpx2.AsyncClient() as client:
            answers = [await client.get(f"http://127.0.0.1:{port}/v1/things") for port in web.ports]

        assert [answer.status_code for answer in answers] == [200, 200]

    async def test_credentials_count(self, tmp_path: Path) -> None:
        """Who may ask is in the file, and who asks too often waits."""
        path = tmp_path / "credentials"
        path.write_text("read viewer hunter2hunter2")
        settings = WebSettings(listen="127.0.0.1:0", credentials_file=path, requests_per_s=0.001, requests_burst=2)

        async with running(settings) as web, httpx2.AsyncClient(base_url=f"http://127.0.0.1:{web.ports[0]}") as client:
            headers = {"Authorization": "Bearer hunter2hunter2"}
            statuses = [(await client.get("/v1/things", headers=headers)).status_code for _ in range(3)]
            unknown = (await client.get("/v1/things")).status_code

        assert statuses == [200, 200, 429]
        assert unknown == 401

    async def test_credentials_in_the_clear_are_warned_of(self, tmp_path: Path) -> None:
        """Listening to the network without TLS is told in the log."""
        path = tmp_path / "credentials"
        path.write_text("read viewer hunter2hunter2")

        with capture_logs() as logs:
            async with running(WebSettings(listen="0.0.0.0:0", credentials_file=path, requests_per_s=0)):
                pass

        assert "web_without_tls" in [line["event"] for line in logs]
