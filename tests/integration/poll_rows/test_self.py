"""Poll rows 17 and 18 of the feature table: the poller tells of itself and of the links."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from satark.poller import registry
from satark.poller.orchestrator import Orchestrator
from satark.poller.telling.heartbeat import Heartbeat
from satark.poller.telling.link_gauges import LinkGauges
from satark.poller.telling.watch import FAILED_CYCLES
from satark.poller.worker import Surroundings, Worker
from satark.runtime.health import Health
from satark.runtime.settings import Secret
from satark.schemas.states import ORCHESTRATOR, State
from satark.simulators.vco.server import RunningVco, running_vco
from tests.integration.poll_rows.estate import collecting, seen_by
from tests.support.waiting import eventually
from tests.unit.poller.doubles import MemoryJournal

HURRY = 3_000
"""Virtual seconds that pass in a real one."""


class HurriedDriver:
    """A driver of an orchestrator whose clock runs fast, also while it does not answer."""

    def __init__(self, orchestrator: Orchestrator, start: datetime) -> None:
        self._driver = registry.build(orchestrator, version="0")
        self._start = start
        self._began = datetime.now(UTC)

    def now(self, local: datetime) -> datetime:
        """Return the fast clock's time, a little behind the orchestrator's: what is due by it is there."""
        return self._start - timedelta(seconds=60) + (local - self._began) * HURRY

    def __getattr__(self, name: str) -> Any:
        return getattr(self._driver, name)


@asynccontextmanager
async def counting() -> AsyncIterator[tuple[str, list[float]]]:
    """Yield a URL that counts how often it is asked, with the times."""
    asked: list[float] = []

    async def ask(_: web.Request) -> web.Response:
        asked.append(asyncio.get_running_loop().time())
        return web.Response()

    app = web.Application()
    app.router.add_get("/ping", ask)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/ping", asked
    finally:
        await runner.cleanup()


async def _failing_until(vco: RunningVco, journal: MemoryJournal, url: str, asked: list[float]) -> list[float]:
    """Poll until the orchestrator was killed and unreadable for three periods; return the heartbeats up to the kill."""
    heartbeat = Heartbeat(Secret(url), version="0")
    heartbeat.own(["vco.example.net"])
    orchestrator = seen_by(vco, "customer", interval_s=0.02)
    driver: Any = HurriedDriver(orchestrator, vco.sim.now)

    vco.sim.run_clock(HURRY)

    async def on_look(name: str, good: bool) -> None:
        heartbeat.look(name, good)

    worker = Worker(orchestrator, driver, journal, Surroundings(Health(), lambda _: None, on_look))
    working = asyncio.create_task(worker.run())
    await eventually(lambda: len(asked) >= 2, what="two heartbeats")
    vco.sim.fail("*", "reset", times=None)
    await eventually(lambda: _failed(journal)[-1:] >= [1.0], what="a failed look")
    before = list(asked)
    await eventually(lambda: _failed(journal)[-1:] >= [3.0], what="three failed periods")
    during = list(asked)
    vco.sim.heal()
    await eventually(lambda: _failed(journal)[-1:] == [0.0], what="a good period")
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    await heartbeat.close()
    await driver.close()

    assert before == during
    return before


def _failed(journal: MemoryJournal) -> list[float]:
    return [sample.metrics[FAILED_CYCLES] for sample in journal.samples if sample.kind == ORCHESTRATOR]


async def test_row_17_self_monitoring_and_dead_mans_switch() -> None:
    """An orchestrator that is killed is told period after period, blind from the third on; the heartbeat stops."""
    journal = MemoryJournal()
    async with counting() as (url, asked), running_vco() as vco:
        beats = await _failing_until(vco, journal, url, asked)
    counts = _failed(journal)
    states = [state.state for state in journal.states if state.kind == ORCHESTRATOR]

    assert len(beats) >= 2
    assert [3.0 in counts, counts[-1]] == [True, 0.0]
    assert states == [State.OK, State.BLIND, State.OK]
    assert len(journal.ids) == len(set(journal.ids))


async def test_row_18_metrics_endpoint_for_links() -> None:
    """The links' newest samples are valid OpenMetrics, labelled by orchestrator, enterprise, edge, link, direction."""
    gauges = LinkGauges()
    async with running_vco() as vco:
        journal = MemoryJournal()
        async with collecting(seen_by(vco), journal) as collector:
            await collector.cycle()
    gauges.update([sample for sample in journal.samples if sample.kind == "wan-link"])
    own = CollectorRegistry()
    own.register(gauges)
    text = generate_latest(own).decode()  # type: ignore[no-untyped-call]
    families = {f.name: f for f in text_string_to_metric_families(text)}  # type: ignore[no-untyped-call]
    labels = [set(sample.labels) for sample in families["satark_wan_link_latency_milliseconds"].samples]

    assert len(labels) == 2 * 4
    assert all(one >= {"orchestrator", "enterprise", "edge", "link", "direction"} for one in labels)
