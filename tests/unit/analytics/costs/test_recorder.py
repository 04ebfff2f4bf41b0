"""What reads and queries cost, kept as statistics."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from prometheus_client import REGISTRY

from satark.analytics.costs import recorder
from satark.analytics.costs.recorder import CostRecorder
from satark.analytics.desk.stats import QueryStats
from satark.analytics.store.client import Store
from satark.analytics.store.statement import Statement, StoreError
from satark.analytics.uves.usage import ApiRead

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
READ = ApiRead(
    operation="GET",
    remote_address="127.0.0.1",
    object_type="vrouter",
    url="/analytics/uves/vrouter/a?flat",
    duration_us=1_250,
    objects=1,
    size_bytes=900,
    status=200,
    user_agent="curl",
)
QUERY = QueryStats(
    qid="q1",
    table="MessageTable",
    where="[]",
    select="[]",
    post="{}",
    rows=5,
    lines=1,
    time_span_s=600,
    waiting_ms=1,
    first_row_ms=2,
    reading_ms=3,
    total_ms=6,
)
KEPT = Statement(
    "SELECT stat, source, texts['api_stats.object_type'], integers['api_stats.response_time_in_usec'],"
    " integers['query_stats.rows'] FROM statistics ORDER BY stat"
)


def test_costs_become_samples_of_statistics(store: Store) -> None:
    """Costs become samples of statistics, under their source's name."""
    costs = CostRecorder(store, source="node1", now=lambda: NOW)
    costs.tell(READ)
    costs.tell(QUERY)

    costs.flush()

    expected = [
        ("AnalyticsApiStats.api_stats", "node1", "vrouter", 1_250, 0),
        ("QueryPerfInfo.query_stats", "node1", "", 0, 5),
    ]
    assert expected == store.rows(KEPT)


def test_columns_are_told_to_the_catalogue_once(store: Store) -> None:
    """Columns are told to the catalogue once; those of an index are marked."""
    costs = CostRecorder(store, source="node1", now=lambda: NOW)
    for _ in range(2):
        costs.tell(READ)
        costs.flush()

    found = store.rows(Statement("SELECT column FROM stat_columns WHERE indexed"))

    assert [("api_stats.object_type",)] == found


def test_equal_costs_at_one_time_are_two_samples(store: Store) -> None:
    """Equal costs at one time are two samples."""
    costs = CostRecorder(store, source="node1", now=lambda: NOW)
    costs.tell(READ)
    costs.tell(READ)

    costs.flush()

    assert [(2,)] == store.rows(Statement("SELECT count() FROM statistics FINAL"))


async def test_what_waits_at_the_end_is_written(store: Store) -> None:
    """What waits at the end is written."""
    costs = CostRecorder(store, source="node1", now=lambda: NOW)
    stop = asyncio.Event()
    costs.tell(READ)
    stop.set()

    await costs.run(stop)
    costs.tell(QUERY)
    costs.flush()

    assert [(2,)] == store.rows(Statement("SELECT count() FROM statistics"))


class _Broken:
    """A store that takes nothing."""

    def insert(self, *_: Any) -> None:
        raise StoreError("down", "it is down")


def test_a_store_that_is_down_holds_nobody_up() -> None:
    """A store that is down holds nobody up: what was told is dropped, and counted."""
    before = _dropped()
    costs = CostRecorder(_Broken(), source="node1", now=lambda: NOW)  # type: ignore[arg-type]
    costs.tell(READ)

    costs.flush()

    assert before + 1 == _dropped()


def test_too_many_are_dropped_and_counted(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    """What is too much is dropped, and counted."""
    monkeypatch.setattr(recorder, "MOST_WAITING", 2)
    before = _dropped()
    costs = CostRecorder(store, source="node1", now=lambda: NOW)
    for _ in range(5):
        costs.tell(READ)

    costs.flush()

    assert (before + 3, [(2,)]) == (_dropped(), store.rows(Statement("SELECT count() FROM statistics")))


def _dropped() -> float:
    return REGISTRY.get_sample_value("satark_analytics_costs_dropped_total") or 0.0
