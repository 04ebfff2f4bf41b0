"""One simulated world, read through v1 and through v2 over real HTTP: everything must be the same."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from satark.poller import registry
from satark.poller.driver import Driver
from satark.poller.inventory import Edge, Enterprise, Link, Place
from satark.poller.readings import Reading
from satark.poller.schedule import Window
from satark.simulators.vco.aggregate import IdleRows
from satark.simulators.vco.auth import Kind
from satark.simulators.vco.faults import Faults
from satark.simulators.vco.server import RunningVco, running_vco
from tests.unit.poller.velocloud.v2_server import NOON, orchestrator_at

STEP = timedelta(minutes=5)
WORLDS = ("northwind", "demo", "estate")

Inventory = dict[str, tuple[Enterprise, dict[str, Edge]]]


def driver_of(vco: RunningVco, name: str, kind: Kind = "operator") -> Driver:
    """Return a driver with the token of an account."""
    account = vco.accounts[kind]
    return registry.build(orchestrator_at(vco.url, driver=name, token=account.token), version="0")


async def inventory(driver: Driver) -> Inventory:
    """Return enterprises and edges by the ids that all dialects share."""
    found: Inventory = {}
    for enterprise in (await driver.enterprises()).rows:
        edges = [edge async for page in driver.edges(enterprise) for edge in page.edges]
        found[enterprise.stable_id] = (enterprise, {edge.stable_id: edge for edge in edges})
    return found


def told(found: Inventory) -> Any:
    """Return an inventory without what a dialect has of its own: the ids that it wants back.

    And without the enterprises' time zones, which v1's lists lack; they serve only where an edge's site has none.
    """
    return {
        uid: (replace(enterprise, id="", timezone=""), {key: replace(edge, id="") for key, edge in edges.items()})
        for uid, (enterprise, edges) in found.items()
    }


def samples(found: Inventory, rows: Iterable[Reading]) -> Any:
    """Return what is published: entity, time, labels, values; and the link as the answer describes it."""
    by_key = {enterprise.key: (enterprise, edges) for enterprise, edges in found.values()}
    published: dict[tuple[str, Any], tuple[dict[str, str], dict[str, float], Link]] = {}
    for row in rows:
        enterprise, edges = by_key[row.enterprise]
        edge = next((edge for edge in edges.values() if edge.key == row.edge.key), row.edge)
        place = Place("vco", enterprise, edge)
        key = (place.entity(row.link.internal_id), row.start)
        published[key] = (place.labels(row.link.internal_id, row.link), dict(row.metrics), row.link)
    return published


async def bulk(driver: Driver, found: Inventory, window: Window) -> Any:
    """Return all samples of a window by bulk calls."""
    scopes = driver.scopes([enterprise for enterprise, _ in found.values()])
    return samples(found, [row for scope in scopes for row in (await driver.bulk(scope, window)).rows])


@pytest.mark.parametrize("world", WORLDS)
class TestSameWorld:
    async def test_inventory(self, world: str) -> None:
        """Enterprises, edges and links are the same, and so are their names, sites, time zones and states."""
        async with running_vco(world=world) as vco:
            v1, v2 = driver_of(vco, "velocloud-v1"), driver_of(vco, "velocloud-v2")
            first, second = await inventory(v1), await inventory(v2)
            await v1.close()
            await v2.close()

        assert told(first) == told(second)
        assert first != {}

    @pytest.mark.parametrize("idle", ["absent", "zeros", "nulls"])
    async def test_bulk(self, world: str, idle: IdleRows) -> None:
        """Bulk samples have the same entity keys, times, labels and values, however silent links are shown."""
        async with running_vco(world=world, faults=Faults(idle_rows=idle)) as vco:
            v1, v2 = driver_of(vco, "velocloud-v1"), driver_of(vco, "velocloud-v2")
            first, second = await inventory(v1), await inventory(v2)
            for window in (Window(NOON - STEP, NOON), Window(NOON - 2 * STEP, NOON - STEP)):
                one, other = await bulk(v1, first, window), await bulk(v2, second, window)
                assert one == other
                assert one != {}
            await v1.close()
            await v2.close()

    async def test_detail(self, world: str) -> None:
        """Two hours of each edge's series give the same samples, also where the edge was silent."""
        window = Window(NOON - 24 * STEP, NOON)
        async with running_vco(world=world) as vco:
            v1, v2 = driver_of(vco, "velocloud-v1"), driver_of(vco, "velocloud-v2")
            first, second = await inventory(v1), await inventory(v2)
            count = 0
            for uid, (enterprise, edges) in first.items():
                for key, edge in edges.items():
                    one = await v1.detail(enterprise, edge, window)
                    other = await v2.detail(second[uid][0], second[uid][1][key], window)
                    assert samples(first, one.rows) == samples(second, other.rows)
                    count += len(one.rows)
            await v1.close()
            await v2.close()

        assert count >= 24

    async def test_events(self, world: str) -> None:
        """The orchestrator's own events are the same, with the same ids."""
        async with running_vco(world=world) as vco:
            v1, v2 = driver_of(vco, "velocloud-v1"), driver_of(vco, "velocloud-v2")
            first, second = await inventory(v1), await inventory(v2)
            since = NOON - timedelta(hours=12)
            for uid, (enterprise, _) in first.items():
                assert await v1.events(enterprise, since) == await v2.events(second[uid][0], since)
            await v1.close()
            await v2.close()


class TestReleases:
    async def test_legacy_base(self) -> None:
        """Release 4.2 has the API at its older path, which is found."""
        async with running_vco(faults=Faults(era="4.2")) as vco:
            driver = driver_of(vco, "velocloud-v2")
            found = await inventory(driver)
            assert await driver.probe() == "API v2 at /sdwan"
            await driver.close()

        assert found != {}

    async def test_auto_without_v2(self) -> None:
        """Release 4.0 has v1 only: auto uses it."""
        async with running_vco(faults=Faults(era="4.0")) as vco:
            driver = driver_of(vco, "auto")
            found = await inventory(driver)
            assert await bulk(driver, found, Window(NOON - STEP, NOON)) != {}
            await driver.close()

        assert vco.sim.calls["GET enterprises"] == 0

    @pytest.mark.parametrize("kind", ["customer", "msp", "operator"])
    async def test_auto_for_every_user(self, kind: Kind) -> None:
        """Whoever asks, auto settles on v1, and sees what v2 would show."""
        async with running_vco() as vco:
            auto, v2 = driver_of(vco, "auto", kind), driver_of(vco, "velocloud-v2", kind)
            first, second = await inventory(auto), await inventory(v2)
            await auto.close()
            await v2.close()

        assert told(first) == told(second)
