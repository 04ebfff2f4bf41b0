"""The mapping that is shipped for Cisco Catalyst SD-WAN Manager, against a server that speaks as the product does."""

import ssl
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from satark.poller.errors import AuthError, LoginRefusedError
from satark.poller.inventory import Edge
from satark.poller.mapped.driver import MappedDriver, build, mistakes
from satark.poller.readings import Reading
from satark.poller.schedule import Window
from satark.schemas.messages import Level, Message
from satark.schemas.states import State
from tests.support.certificates import Authority
from tests.unit.poller.doubles import MemoryJournal, collector_for
from tests.unit.poller.mapped.manager import EXAMPLES, NOON, Manager, orchestrator_at, running, with_login

MAPPING = EXAMPLES / "catalyst-sdwan-manager.yaml"
TEN_MINUTES = Window(NOON, NOON + timedelta(minutes=10))


def driver_at(url: str, **changes: Any) -> MappedDriver:
    """Return the driver with the manager's user."""
    return build(orchestrator_at(url, MAPPING, **(with_login() | changes)), version="0")


async def look(driver: MappedDriver) -> tuple[Reading, ...]:
    """Return the readings of ten minutes."""
    found = await driver.enterprises()
    (scope,) = driver.scopes(found.rows)
    return (await driver.bulk(scope, TEN_MINUTES)).rows


async def all_edges(driver: MappedDriver) -> list[Edge]:
    """Return the edges of the only enterprise."""
    (enterprise,) = (await driver.enterprises()).rows
    return [edge async for page in driver.edges(enterprise) for edge in page.edges]


class TestReadings:
    async def test_links_by_colour(self) -> None:
        """Tunnels of the same edge and colour are one link: qualities are averaged, octets are added up to a rate."""
        manager = Manager()
        async with running(manager.app()) as url:
            driver = driver_at(url)
            rows = await look(driver)
            await driver.close()

        assert [(row.edge.name, row.link.name) for row in rows] == [
            ("oslo-wan-1", "biz-internet"),
            ("oslo-wan-1", "mpls"),
            ("turku-wan-1", "lte"),
        ]
        assert dict(rows[1].metrics) == {
            "latency_ms_rx": 25.0,
            "jitter_ms_rx": 3.0,
            "loss_pct_rx": 1.0,
            "throughput_bps_rx": 1_500_000 * 8 / 600,
            "throughput_bps_tx": 600_000 * 8 / 600,
        }
        assert {row.start for row in rows} == {NOON}

    async def test_no_probes_no_values(self) -> None:
        """A tunnel over which no probe was sent has no values: its zeros are none."""
        async with running(Manager().app()) as url:
            driver = driver_at(url)
            rows = await look(driver)
            await driver.close()

        assert dict(rows[2].metrics) == {}

    async def test_query(self) -> None:
        """The window goes in the product's own form, and pages are followed by their scroll id."""
        manager = Manager()
        async with running(manager.app()) as url:
            driver = driver_at(url)
            await look(driver)
            await driver.close()

        assert manager.bodies[0]["query"]["rules"][0]["value"] == ["2026-03-10T12:00:00 UTC", "2026-03-10T12:10:00 UTC"]
        pages = [query for _, path, query in manager.asked if path == "/dataservice/statistics/approute/page"]
        assert pages == ["count=10000", "count=10000&scrollId=c2Nyb2xsLTE%3D"]


class TestInventory:
    async def test_edges(self) -> None:
        """Only WAN edges count, by their names and in our words."""
        async with running(Manager().app()) as url:
            driver = driver_at(url)
            edges = await all_edges(driver)
            await driver.close()

        assert [(edge.name, edge.state, edge.site) for edge in edges] == [
            ("oslo-wan-1", "CONNECTED", "110"),
            ("turku-wan-1", "OFFLINE", "120"),
        ]
        assert [dict(edge.links) for edge in edges] == [{}, {}]

    async def test_remembered_links(self) -> None:
        """An edge has the links that statistics named within the last day."""
        async with running(Manager().app()) as url:
            driver = driver_at(url)
            await look(driver)
            edges = await all_edges(driver)
            await driver.close()

        assert [sorted(edge.links) for edge in edges] == [
            ["10.10.1.11-biz-internet", "10.10.1.11-mpls"],
            ["10.10.1.12-lte"],
        ]

    async def test_release(self) -> None:
        """The probe tells vendor and release."""
        async with running(Manager().app()) as url:
            driver = driver_at(url)
            assert await driver.probe() == "Cisco Catalyst SD-WAN Manager 20.15.1"
            await driver.close()

    async def test_events(self) -> None:
        """The manager's events come oldest first, their severities in our words."""
        async with running(Manager().app()) as url:
            driver = driver_at(url)
            found = await driver.events((await driver.enterprises()).rows[0], NOON - timedelta(hours=1))
            await driver.close()

        assert [(event.id, event.level) for event in found.rows] == [("AZ-1", Level.WARNING), ("AZ-2", Level.ERROR)]
        assert found.rows[1].text == "new-state=down; local-color=mpls"


class TestPoller:
    async def test_a_look(self) -> None:
        """A whole poller publishes the manager's samples, states and events, each once, under keys of its own."""
        manager = Manager()
        journal = MemoryJournal()
        async with running(manager.app()) as url:
            orchestrator = orchestrator_at(url, MAPPING, **with_login(), data_delay_s=600.0)
            collector = collector_for(orchestrator, journal)
            first, second = await collector.cycle(), await collector.cycle()

        assert (first.problem, second.problem) == (None, None)
        assert first.goal == NOON + timedelta(minutes=10)
        assert {(sample.entity, sample.time, sample.interval_s) for sample in journal.samples} == {
            (f"wan-link/sdwan.example.net/sdwan.example.net/10.10.1.11-{colour}", NOON, 600)
            for colour in ("mpls", "biz-internet")
        }
        assert len(journal.ids) == len(set(journal.ids)) == 2
        assert journal.samples[0].labels["edge"] == "oslo-wan-1"
        assert {(state.labels["link"], state.state) for state in journal.states} == {
            ("mpls", State.OK),
            ("biz-internet", State.OK),
            ("lte", State.EDGE_OFFLINE),
        }
        assert {event.name for event in journal.told if isinstance(event, Message)} >= {"bfd-state-change"}
        assert manager.logins == 1


class TestLogin:
    async def test_one_login_for_all(self) -> None:
        """One login serves all requests, with cookie and token, and the end logs out."""
        manager = Manager()
        async with running(manager.app()) as url:
            driver = driver_at(url)
            await look(driver)
            await driver.probe()
            await driver.close()

        assert manager.logins == 1
        assert manager.sessions == set()

    async def test_older_releases(self) -> None:
        """A release that has no token is asked without."""
        manager = Manager(has_token=False)
        async with running(manager.app()) as url:
            driver = driver_at(url)
            assert len(await look(driver)) == 3
            await driver.close()

    @pytest.mark.parametrize("by_page", [True, False])
    async def test_expired(self, *, by_page: bool) -> None:
        """A session that ended, told by a page or by 403, is renewed by one login."""
        manager = Manager(tells_by_page=by_page)
        async with running(manager.app()) as url:
            driver = driver_at(url)
            await look(driver)
            manager.expire()
            assert len(await look(driver)) == 3
            await driver.close()

        assert manager.logins == 2

    async def test_one_renewal_a_look(self) -> None:
        """A session that ends again and again is not renewed again and again."""
        manager = Manager()
        async with running(manager.app()) as url:
            driver = driver_at(url)
            await look(driver)
            manager.expire()
            await look(driver)
            for _ in range(3):
                driver.begin_cycle()
                manager.expire()
                with pytest.raises(AuthError) as caught:
                    await look(driver)
            assert driver.hopeless(caught.value)
            await driver.close()

        assert manager.logins == 2

    async def test_wrong_password(self) -> None:
        """A refused password is told in the error, without the password, and not tried again soon."""
        manager = Manager()
        async with running(manager.app()) as url:
            driver = driver_at(url, **with_login("a wrong one"))
            for _ in range(3):
                driver.begin_cycle()
                with pytest.raises(LoginRefusedError) as caught:
                    await look(driver)
            await driver.close()

        assert manager.logins == 1
        assert "a wrong one" not in str(caught.value)

    async def test_over_tls(self, tmp_path: Path) -> None:
        """All of it works over HTTPS with the operator's own authority."""
        authority = Authority(tmp_path)
        server = authority.issue("manager")
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(server.cert_file, server.key_file)
        async with running(Manager().app(), tls) as url:
            driver = driver_at(url, ca_file=authority.ca_file)
            assert len(await look(driver)) == 3
            await driver.close()


class TestSettings:
    def test_credential(self) -> None:
        """The mapping's login needs a user name and a password, which is told at start."""
        orchestrator = orchestrator_at("https://sdwan.example.net", MAPPING)

        told = list(mistakes(orchestrator))

        assert [text.partition(" ")[0] for text in told] == ["VCO_PASSWORD", "VCO_USERNAME"]
        assert list(mistakes(orchestrator_at("https://sdwan.example.net", MAPPING, **with_login()))) == []
