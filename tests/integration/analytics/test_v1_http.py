"""The routes below /v1 on a store over ClickHouse's HTTP interface: statements and their values are the same there."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from satark.analytics.store.address import address_of
from satark.analytics.store.client import Store
from satark.analytics.store.migrations import migrate
from tests.support.clickhouse_http import clickhouse_server
from tests.unit.analytics.v1.hostile import HOSTILE, found_by_name, put_hostile
from tests.unit.analytics.v1.scene import LINK, ago, get, incident, put_baselines, put_incidents, put_samples, sample

pytestmark = pytest.mark.e2e


@pytest.fixture
async def remote(tmp_path: Path) -> AsyncIterator[Store]:
    """A store with all tables on a server of the test's own."""
    async with clickhouse_server(tmp_path / "clickhouse") as server:
        store = Store(address_of(server.url), database="satark")
        await asyncio.to_thread(migrate, store)
        yield store
        store.close()


async def test_a_link_with_all_that_is_known_of_it(remote: Store) -> None:
    """A link's state, history, band and incidents come over HTTP as from the embedded engine."""
    await asyncio.to_thread(put_samples, remote, *(sample(LINK, ago(minutes=5 * at), float(at)) for at in range(1, 13)))
    await asyncio.to_thread(put_incidents, remote, *incident(1, opened_at=ago(minutes=20)))
    band = {"time": ago(minutes=30), "centre": 5.0, "low": 3.0, "high": 9.0, "limit_value": None}
    await asyncio.to_thread(put_baselines, remote, band)

    (link,) = (await get(remote, "/v1/links?state=incident&label=edge=Pune*"))["links"]
    series = await get(remote, f"/v1/series?entity={LINK}&metric=latency_ms_rx&last=1h&step=1800")

    assert link["last_sample"]["metrics"] == {"latency_ms_rx": 1.0}
    assert series["values"] == {"avg": [9.5, 3.5], "min": [7.0, 1.0], "max": [12.0, 6.0]}
    assert series["baseline"]["high"] == [None, 9.0]
    assert [one["incident"] for one in series["incidents"]] == ["incident-001"]


async def test_hostile_names_are_names(remote: Store) -> None:
    """Things whose names are hostile are found by their names over HTTP, too."""
    await asyncio.to_thread(put_hostile, remote)

    for text in HOSTILE:
        await found_by_name(remote, text)
