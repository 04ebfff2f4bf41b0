"""Collector with quality events as the source: one call an edge, no bulk."""

from collections import Counter
from typing import Any

import msgspec
import pytest
from aiohttp import web

from satark.poller import errors
from satark.simulators.vco.faults import LateBucket
from satark.simulators.vco.server import RunningVco
from tests.unit.poller.collecting import (
    QUALITY,
    STEP,
    VERSION,
    _quick,
    assert_each_once,
    customer,
    hours,
    skipped_windows,
    times_of,
    vco,
)
from tests.unit.poller.doubles import (
    BROADBAND_B,
    NOON,
    SAMPLES,
    MemoryJournal,
    collector_for,
    scripted_vco,
    settings_for,
)

__all__ = ["_quick", "vco"]


async def test_replays_the_sample_hour() -> None:
    """The sample payload comes out as 24 samples, whatever clock the machine has."""
    hour = msgspec.json.decode((SAMPLES / "v1_link_quality_events_1h_2links.response.json").read_bytes())["result"]
    edges = msgspec.json.decode((SAMPLES / "v1_enterprise_edges.response.json").read_bytes())["result"]
    answers = {
        VERSION: {"version": "5.2"},
        "enterprise/getEnterprise": {"id": 4101, "name": "Northwind Freight Ltd"},
        "enterprise/getEnterpriseEdges": edges[:1],
        QUALITY: hour,
    }

    def reply(method: str, _: Any) -> web.Response:
        body = {"jsonrpc": "2.0", "result": answers[method], "id": 1}
        return web.json_response(body, headers={"Date": "Tue, 10 Mar 2026 12:10:00 GMT"})

    journal = MemoryJournal()
    async with scripted_vco(reply) as vco:
        await collector_for(settings_for(vco.url, source="quality"), journal).cycle()

    assert len(journal.samples) == 24
    assert {sample.labels["link"] for sample in journal.samples} == {"Fibre A", "Broadband B"}


async def test_one_call_an_edge(vco: RunningVco) -> None:
    """A steady look costs a probe and one call an edge; one without a new sample costs a probe."""
    journal = MemoryJournal()
    collector = collector_for(customer(vco, source="quality"), journal)
    await collector.cycle()
    vco.sim.advance(300)
    before = vco.sim.calls.copy()
    await collector.cycle()
    await collector.cycle()

    assert vco.sim.calls - before == Counter({QUALITY: 3, VERSION: 2})
    assert times_of(journal) == hours(-13, 1)


async def test_late_sample(vco: RunningVco) -> None:
    """A sample that comes late is found by the next calls, which reach back at no cost."""
    vco.sim.change(late_buckets=(LateBucket(link=BROADBAND_B, at=NOON - STEP, delay_s=900),))
    journal = MemoryJournal()
    collector = collector_for(customer(vco, source="quality"), journal)
    await collector.cycle()
    missing = NOON - STEP not in times_of(journal, BROADBAND_B)
    vco.sim.advance(600)
    report = await collector.cycle()

    assert missing
    assert times_of(journal, BROADBAND_B).count(NOON - STEP) == 1
    assert report.samples["late"] == 1
    assert_each_once(journal)


async def test_one_edge_fails(vco: RunningVco) -> None:
    """A failing edge blinds no other, holds the checkpoint, and is read whole in the next look."""
    journal = MemoryJournal()
    collector = collector_for(customer(vco, source="quality", concurrency=1), journal)
    await collector.cycle()
    vco.sim.advance(300)
    vco.sim.fail(QUALITY, "error_500", times=1)
    report = await collector.cycle()
    held = journal.checkpoints[-1].window_end
    vco.sim.advance(300)
    await collector.cycle()

    assert report.failed == {"server_error": 1}
    assert report.problem is None
    assert held == NOON
    assert journal.checkpoints[-1].window_end == NOON + 2 * STEP
    assert times_of(journal) == hours(-13, 2)
    assert_each_once(journal)


async def test_forbidden_edges(vco: RunningVco) -> None:
    """Edges that may not be read are given up, and hold nothing back."""
    vco.sim.fail(QUALITY, "privilege", times=None)
    journal = MemoryJournal()
    before = skipped_windows("privilege")
    report = await collector_for(customer(vco, source="quality"), journal).cycle()

    assert isinstance(report.problem, errors.PrivilegeError)
    assert skipped_windows("privilege") - before == 3 * 13
    assert journal.checkpoints[-1].window_end == NOON


@pytest.mark.parametrize(
    ("kind", "reason"), [("detail_missing", "no_detail"), ("dup_timestamps", "duplicate_timestamp")]
)
async def test_quirks(vco: RunningVco, kind: Any, reason: str) -> None:
    """The known quirks of answers are counted and publish nothing twice."""
    vco.sim.fail(QUALITY, kind, times=None)
    journal = MemoryJournal()
    report = await collector_for(customer(vco, source="quality"), journal).cycle()

    assert report.left_out[reason] > 0
    assert_each_once(journal)
