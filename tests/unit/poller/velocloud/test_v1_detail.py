"""v1 over real HTTP, edge by edge: series, quality events, and the orchestrator's own events."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from satark.poller import errors
from satark.poller.inventory import Edge
from satark.poller.readings import Readings
from satark.poller.schedule import Window
from satark.poller.velocloud import v1
from satark.poller.velocloud.v1 import EVENTS, QUALITY, SERIES
from satark.schemas.messages import Level
from satark.simulators.vco.server import RunningVco, running_vco
from tests.unit.poller.doubles import BROADBAND_B, ELEVEN, FIBRE_A, NOON, scripted_vco, settings_for
from tests.unit.poller.velocloud.payloads import HOUR, minute, reasons, values
from tests.unit.poller.velocloud.test_v1 import HOUR_MS, NORTHWIND, as_kind, driver_for, edge_of, sampled

LONDON = Edge(20311)


@pytest.fixture
async def vco() -> AsyncIterator[RunningVco]:
    """A simulator at 2026-03-10T12:10Z."""
    async with running_vco() as running:
        yield running


class TestSeries:
    async def test_hour(self, vco: RunningVco) -> None:
        """The simulated hour gives twelve samples of each link; the degradation is in the last two."""
        driver = as_kind(vco, "customer")
        found = await driver.detail(NORTHWIND, await edge_of(driver, "LDN-BR-01"), HOUR)
        slow = values(found, "latency_ms_rx", BROADBAND_B)

        assert found.skipped == ()
        assert list(slow) == list(range(0, 60, 5))
        assert min(slow[50], slow[55]) > 60 > max(list(slow.values())[:10])
        assert {row.link.name for row in found.rows} == {"Fibre A", "Broadband B"}
        assert vco.sim.calls[SERIES] == 1

    async def test_same_as_bulk(self, vco: RunningVco) -> None:
        """A sample has the same numbers whether it comes by the bulk call or by series."""
        driver = as_kind(vco, "customer")
        (scope,) = driver.scopes([NORTHWIND])
        window = Window(NOON - timedelta(minutes=5), NOON)
        by_bulk = {row.link.internal_id: row.metrics for row in (await driver.bulk(scope, window)).rows}
        found = await driver.detail(NORTHWIND, await edge_of(driver, "LDN-BR-01"), window)

        for row in found.rows:
            assert row.metrics == pytest.approx(by_bulk[row.link.internal_id])
        assert len(found.rows) == 2

    async def test_request(self) -> None:
        """The window travels in milliseconds, with as many samples as it has, lest they be made coarser."""
        async with scripted_vco(lambda *_: sampled("v1_edge_link_series.response.json")) as vco:
            found = await driver_for(settings_for(vco.url)).detail(NORTHWIND, LONDON, HOUR)
        params = vco.params[0]

        assert params.pop("metrics")[0] == "bestLatencyMsRx"
        assert params == {"enterpriseId": 4101, "edgeId": 20311, "interval": HOUR_MS, "maxSamples": 12}
        assert vco.calls == {SERIES: 1}
        assert len(found.rows) == 24

    @pytest.mark.parametrize("result", [None, [], {}])
    async def test_empty(self, result: object) -> None:
        """An edge without data has no samples, which is no error."""
        async with scripted_vco(lambda *_: result) as vco:
            assert await driver_for(settings_for(vco.url)).detail(NORTHWIND, LONDON, HOUR) == Readings()

    @pytest.mark.parametrize("result", ["x", 5, {"data": []}])
    async def test_wrong_shape(self, result: object) -> None:
        """What is no list of links is a wrong shape."""
        async with scripted_vco(lambda *_: result) as vco:
            with pytest.raises(errors.WrongShapeError, match=SERIES):
                await driver_for(settings_for(vco.url)).detail(NORTHWIND, LONDON, HOUR)


class TestQuality:
    async def test_hour(self, vco: RunningVco) -> None:
        """With quality events as the source the same hour comes as sampled events."""
        driver = as_kind(vco, "customer", source="quality")
        found = await driver.detail(NORTHWIND, await edge_of(driver, "LDN-BR-01"), HOUR)

        assert len(values(found, "latency_ms_rx", FIBRE_A)) == 12
        assert values(found, "latency_ms_rx", BROADBAND_B)[55] > 60
        assert (vco.sim.calls[QUALITY], vco.sim.calls[SERIES]) == (1, 0)

    @pytest.mark.parametrize(
        ("fault", "reason"), [("detail_missing", "no_detail"), ("dup_timestamps", "duplicate_timestamp")]
    )
    async def test_quirks(self, vco: RunningVco, fault: Any, reason: str) -> None:
        """Samples without detail and duplicates are told, and each time counts once."""
        driver = as_kind(vco, "customer", source="quality")
        edge = await edge_of(driver, "LDN-BR-01")
        vco.sim.fail(QUALITY, fault)
        found = await driver.detail(NORTHWIND, edge, HOUR)
        times = [(row.link.internal_id, row.start) for row in found.rows]

        assert reasons(found.skipped).keys() == {reason}
        assert len(set(times)) == len(times)

    async def test_request(self) -> None:
        """Samples of five minutes are asked for, and no largest number, which would exclude them."""
        async with scripted_vco(lambda *_: sampled("v1_link_quality_events_gaps.response.json")) as vco:
            driver = driver_for(settings_for(vco.url, source="quality"))
            found = await driver.detail(NORTHWIND, LONDON, HOUR)

        assert vco.params == [{"enterpriseId": 4101, "edgeId": 20311, "interval": HOUR_MS, "minutesPerSample": 5}]
        assert [minute(row.start) for row in found.rows] == [0, 5, 10, 15, 40, 45, 50, 55]


class TestEvents:
    async def test_simulated(self, vco: RunningVco) -> None:
        """The simulated outage in São Paulo is among the events, oldest first."""
        found = await as_kind(vco, "customer").events(NORTHWIND, NOON - timedelta(hours=4))
        down = [event for event in found.rows if event.name == "EDGE_DOWN"]

        assert [event.edge_name for event in down] == ["São Paulo 03"]
        assert [event.time for event in found.rows] == sorted(event.time for event in found.rows)
        assert found.skipped == ()

    async def test_sample(self) -> None:
        """The sample's events come oldest first, and only the beginning of the time travels."""
        async with scripted_vco(lambda *_: sampled("v1_enterprise_events.response.json")) as vco:
            found = await driver_for(settings_for(vco.url)).events(NORTHWIND, ELEVEN)

        assert [(event.name, event.level) for event in found.rows] == [
            ("EDGE_DOWN", Level.ALERT),
            ("LINK_DEAD", Level.ALERT),
        ]
        assert vco.params == [{"enterpriseId": 4101, "interval": {"start": HOUR_MS["start"]}}]
        assert vco.calls == {EVENTS: 1}

    async def test_pages(self) -> None:
        """Pages are followed to older events, and what was left out of each is told."""

        def reply(_method: str, params: dict[str, Any]) -> Any:
            number = int(params.get("nextPageLink", 0))
            rows = [{"id": 9 - number, "eventTime": "2026-03-10T11:00:00Z", "event": "X"}, {}]
            return {"data": rows, "metaData": {"more": number < 3, "nextPageLink": str(number + 1)}}

        async with scripted_vco(reply) as vco:
            found = await driver_for(settings_for(vco.url)).events(NORTHWIND, ELEVEN)

        assert [event.id for event in found.rows] == ["6", "7", "8", "9"]
        assert reasons(found.skipped) == {"bad_event": 4}

    async def test_without_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Pages without end are left at some point, and that is told; so is a page that names itself."""
        monkeypatch.setattr(v1, "MAX_EVENT_PAGES", 3)

        def endless(_method: str, params: dict[str, Any]) -> Any:
            number = int(params.get("nextPageLink", 0))
            return {"data": [], "metaData": {"more": True, "nextPageLink": str(number + 1)}}

        for reply in (endless, lambda *_: {"data": [], "metaData": {"more": True, "nextPageLink": "same"}}):
            async with scripted_vco(reply) as vco:
                found = await driver_for(settings_for(vco.url)).events(NORTHWIND, ELEVEN)

            assert reasons(found.skipped) == {"too_many_events": 1}
            assert vco.calls[EVENTS] <= 4

    @pytest.mark.parametrize("result", [None, [], {}])
    async def test_empty(self, result: object) -> None:
        """No result is no events, which is no error."""
        async with scripted_vco(lambda *_: result) as vco:
            assert (await driver_for(settings_for(vco.url)).events(NORTHWIND, ELEVEN)).rows == ()

    async def test_privilege(self) -> None:
        """A credential that may not read events says so."""
        async with scripted_vco(lambda *_: sampled("v1_error_privilege.json")) as vco:
            with pytest.raises(errors.PrivilegeError, match=EVENTS):
                await driver_for(settings_for(vco.url, retries=3)).events(NORTHWIND, ELEVEN)

        assert vco.calls == {EVENTS: 1}
