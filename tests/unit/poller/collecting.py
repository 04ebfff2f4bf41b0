"""What the tests of the collector share: the simulated orchestrator at noon, and questions to the journal."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from satark.poller import metrics
from satark.poller.http import caller
from satark.poller.orchestrator import Orchestrator
from satark.runtime.backoff import Backoff
from satark.simulators.vco.server import RunningVco, running_vco
from tests.unit.poller.doubles import BROADBAND_B, FIBRE_A, NOON, MemoryJournal, settings_for

STEP = timedelta(minutes=5)
AGGREGATE = "monitoring/getAggregateEdgeLinkMetrics"
SERIES = "metrics/getEdgeLinkSeries"
QUALITY = "linkQualityEvent/getLinkQualityEvents"
EDGES = "enterprise/getEnterpriseEdges"
VERSION = "system/getVersionInfo"
LINKS = {FIBRE_A, BROADBAND_B}
NAME = "vco.example.net"
NORTHWIND = "5d6c1b7e-2f0a-4a55-9a1d-6f0d6a7c4101"
ALDER = "8a1f33d2-70c4-4a0e-8d55-0b3f8a904102"


@pytest.fixture
async def vco() -> AsyncIterator[RunningVco]:
    """A simulator at 2026-03-10T12:10Z."""
    async with running_vco() as running:
        yield running


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller, "RETRY_BACKOFF", Backoff(first_s=0.01, max_s=0.01))


def customer(vco: RunningVco, **changes: Any) -> Orchestrator:
    """Return the orchestrator as the customer with a token sees it."""
    return settings_for(vco.url, token=vco.accounts["customer"].token, **changes)


def operator(vco: RunningVco, **changes: Any) -> Orchestrator:
    """Return the orchestrator as the operator with a token sees it."""
    return settings_for(vco.url, token=vco.accounts["operator"].token, **changes)


def times_of(journal: MemoryJournal, link: str = FIBRE_A) -> list[datetime]:
    """Return the starts of a link's published samples in the order of publication."""
    return [sample.time for sample in journal.samples if sample.labels["link_id"] == link]


def hours(first: int, last: int) -> list[datetime]:
    """Return the starts of samples, counted from noon, from the first up to but not including the last."""
    return [NOON + number * STEP for number in range(first, last)]


def skipped_windows(cause: str) -> float:
    """Return how many samples of edges were given up so far."""
    return float(metrics.WINDOWS_SKIPPED.labels(NAME, cause)._value.get())


def assert_each_once(journal: MemoryJournal) -> None:
    """No id was published twice."""
    assert len(journal.ids) == len(set(journal.ids))
