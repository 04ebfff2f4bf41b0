"""What the tests of the poll rows share: a simulated orchestrator over real HTTP, and a collector without Kafka."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from satark.poller import registry
from satark.poller.look.collector import Collector
from satark.poller.orchestrator import Orchestrator
from satark.poller.telling.missing import is_missing
from satark.schemas.metrics import MetricSample
from satark.simulators.vco.auth import Kind
from satark.simulators.vco.server import RunningVco
from tests.unit.poller.doubles import MemoryJournal

STEP = timedelta(minutes=5)
AGGREGATE = "monitoring/getAggregateEdgeLinkMetrics"
LOGIN = "login/enterpriseLogin"


def seen_by(vco: RunningVco, kind: Kind = "operator", **changes: Any) -> Orchestrator:
    """Return the orchestrator as an account of a kind sees it with its token."""
    given: dict[str, Any] = {
        "name": "vco.example.net",
        "token": vco.accounts[kind].token,
        "driver": "velocloud-v1",
        "retries": 0,
        "requests_per_s": 1_000.0,
        "events": False,
    }
    return Orchestrator(url=vco.url, **(given | changes))


@asynccontextmanager
async def collecting(orchestrator: Orchestrator, journal: MemoryJournal) -> AsyncIterator[Collector]:
    """Yield a collector as a new process would have it; log out at the end."""
    driver = registry.build(orchestrator, version="0")
    try:
        yield Collector(orchestrator, driver, journal)
    finally:
        await driver.close()


async def looks(collector: Collector, vco: RunningVco, count: int, *, step_s: float = 300.0) -> list[Any]:
    """Let the clock go on and look, so many times; return the reports."""
    reports = []
    for _ in range(count):
        vco.sim.advance(step_s)
        reports.append(await collector.cycle())
    return reports


def links_of(journal: MemoryJournal) -> list[MetricSample]:
    """Return the samples of links that hold values."""
    return [sample for sample in journal.samples if sample.kind == "wan-link" and not is_missing(sample)]


def starts(journal: MemoryJournal, entity: str) -> list[datetime]:
    """Return the starts of a link's samples that hold values, in order of publication."""
    return [sample.time for sample in links_of(journal) if sample.entity == entity]


def assert_each_once(journal: MemoryJournal) -> None:
    """No id was published twice."""
    ids = journal.ids
    assert len(ids) == len(set(ids))
