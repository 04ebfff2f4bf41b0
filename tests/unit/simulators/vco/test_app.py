import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import msgspec

from satark.runtime.groups import KafkaSettings, OpsSettings
from satark.runtime.health import Health
from satark.runtime.service import ServiceContext
from satark.runtime.settings import Secret
from satark.simulators.vco.app import VcoApp, simulator_of
from satark.simulators.vco.command import command
from satark.simulators.vco.settings import VcoSettings
from satark.simulators.vco.worlds import NORTHWIND_NOW
from tests.support.certificates import Authority
from tests.support.waiting import eventually

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
SETTINGS = VcoSettings(listen="127.0.0.1:0", token=Secret("a-token"))


def context() -> ServiceContext:
    """Return what the runtime would hand over."""
    return ServiceContext(
        name="simulate-vco", version="0", kafka=KafkaSettings(brokers="none:1"), ops=OpsSettings(), health=Health()
    )


class TestSimulatorOf:
    def test_demo_timing(self) -> None:
        """The clock starts before the present and the script with it."""
        simulator = simulator_of(SETTINGS, NOW)
        (incident,) = simulator.timeline.scheduled
        start = NOW - timedelta(hours=6)

        assert simulator.clock.now(NOW) == start
        assert simulator.clock.now(NOW + timedelta(minutes=1)) == start + timedelta(hours=1)
        assert incident.ends is not None
        assert (incident.begins - start, incident.ends - start) == (timedelta(minutes=25), timedelta(minutes=65))

    def test_given_start(self) -> None:
        """A given start wins over the offset."""
        settings = msgspec.structs.replace(SETTINGS, world="northwind", start_at=NORTHWIND_NOW)

        assert simulator_of(settings, NOW).clock.now(NOW) == NORTHWIND_NOW

    def test_principals(self) -> None:
        """A customer sees one enterprise, an operator all; a token may be given with its prefix."""
        settings = msgspec.structs.replace(SETTINGS, principal="customer", token=Secret("Token a-token"))
        (customer,) = simulator_of(settings, NOW).accounts
        (operator,) = simulator_of(SETTINGS, NOW).accounts

        assert (customer.enterprise_ids, operator.enterprise_ids) == ((5101,), (5101, 5102))
        assert customer.token == operator.token == Secret("a-token")


class TestApp:
    async def test_serves_until_stopped(self, tmp_path: Path) -> None:
        """The app serves, writes its port, says it is ready, and ends when it is told to."""
        port_file = tmp_path / "port"
        settings = msgspec.structs.replace(SETTINGS, port_file=port_file)
        given, stop = context(), asyncio.Event()
        running = asyncio.create_task(VcoApp(settings, given).run(stop))
        await eventually(given.health.report)
        url = f"http://127.0.0.1:{port_file.read_text().strip()}"
        async with (
            aiohttp.ClientSession(headers={"Authorization": "Token a-token"}) as http,
            http.post(f"{url}/portal/rest/network/getNetworkEnterprises") as answer,
        ):
            names = [row["name"] for row in await answer.json()]
        stop.set()
        await running

        assert names == ["Meridian Retail Group", "Alder & Finch Clinics"]
        assert given.health.ready

    async def test_https(self, tmp_path: Path) -> None:
        """With a certificate the app speaks TLS only."""
        authority = Authority(tmp_path / "ca")
        identity = authority.issue("vco")
        port_file = tmp_path / "port"
        settings = msgspec.structs.replace(
            SETTINGS, port_file=port_file, tls_cert_file=identity.cert_file, tls_key_file=identity.key_file
        )
        stop = asyncio.Event()
        running = asyncio.create_task(VcoApp(settings, context()).run(stop))
        await eventually(port_file.exists)
        trust = ssl.create_default_context(cafile=str(authority.ca_file))
        url = f"https://127.0.0.1:{port_file.read_text().strip()}/login"
        async with aiohttp.ClientSession() as http, http.get(url, ssl=trust) as answer:
            status = answer.status
        stop.set()
        await running

        assert status == 200


def test_command() -> None:
    """The command has the name its settings go by, and needs no Kafka."""
    assert (command.name, command.settings, command.uses_kafka) == ("simulate-vco", VcoSettings, False)
    assert command.help
