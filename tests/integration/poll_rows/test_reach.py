"""Poll rows 5 to 8, 15 and 16 of the feature table: what is read, at which cost, in which dialect."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from satark.simulators.vco.server import running_vco
from tests.integration.poll_rows.estate import (
    AGGREGATE,
    assert_each_once,
    collecting,
    links_of,
    looks,
    seen_by,
)
from tests.unit.poller.doubles import MemoryJournal


async def test_row_05_all_enterprises_include_exclude() -> None:
    """An operator's enterprises are all read, or those that are wanted; names and keys are never mixed."""
    async with running_vco() as vco:
        journals = {}
        for name, given in {
            "all": {},
            "wanted": {"enterprises": ("Alder*",)},
            "unwanted": {"exclude_enterprises": ("alder*",)},
        }.items():
            journals[name] = MemoryJournal()
            async with collecting(seen_by(vco, **given), journals[name]) as collector:  # type: ignore[arg-type]
                await collector.cycle()
    names = {name: {s.labels["enterprise"] for s in links_of(journal)} for name, journal in journals.items()}
    by_key = {s.entity.split("/")[2]: s.labels["enterprise"] for s in links_of(journals["all"])}

    assert names == {
        "all": {"Northwind Freight Ltd", "Alder & Finch Clinics"},
        "wanted": {"Alder & Finch Clinics"},
        "unwanted": {"Northwind Freight Ltd"},
    }
    assert len(by_key) == len(set(by_key.values())) == 2


async def test_row_06_several_orchestrators_in_one_process() -> None:
    """While one orchestrator answers nothing, the look at another ends on time."""
    async with running_vco() as slow, running_vco() as quick:
        slow.sim.fail("*", "slow", times=None, delay_s=30)
        journals = MemoryJournal(), MemoryJournal()
        async with (
            collecting(seen_by(slow, name="slow", read_timeout_s=5), journals[0]) as blind,
            collecting(seen_by(quick, name="quick"), journals[1]) as seeing,
        ):
            hanging = asyncio.create_task(blind.cycle())
            report = await asyncio.wait_for(seeing.cycle(), 5)
            still_hanging = not hanging.done()
            hanging.cancel()
            await asyncio.gather(hanging, return_exceptions=True)

    assert report.problem is None
    assert still_hanging
    assert len(links_of(journals[1])) > 0


async def test_row_07_bulk_call_first() -> None:
    """500 edges with 3 links cost at most 3 calls in a steady look, the orchestrator's own events included."""
    async with running_vco(world="grid") as vco:
        journal = MemoryJournal()
        async with collecting(seen_by(vco, events=True), journal) as collector:
            await collector.cycle()
            await looks(collector, vco, 3)
            costs = []
            for _ in range(6):
                before = vco.sim.calls.total()
                (report,) = await looks(collector, vco, 1)
                costs.append((vco.sim.calls.total() - before, report.samples["published"]))

    assert max(calls for calls, _ in costs) <= 3
    assert {published for _, published in costs} == {1500}


async def test_row_08_429_with_silent_cool_down() -> None:
    """After a 429 nothing is asked until the penalty is over, and the look is complete all the same."""
    async with running_vco() as vco:
        journal = MemoryJournal()
        async with collecting(seen_by(vco, retries=3, concurrency=1), journal) as collector:
            await collector.cycle()
            vco.sim.advance(300)
            vco.sim.change(rate={"limit": 1, "window_s": 5.0, "penalty_s": 5.0})
            (report,) = await asyncio.gather(collector.cycle())

    assert vco.sim.limiter.refused >= 1
    assert vco.sim.limiter.refused_in_penalty == 0
    assert report.failed == {}
    assert report.samples["published"] == 4


@pytest.mark.parametrize("era", ["4.0", "5.2", "6.4"])
async def test_row_15_tolerant_of_vco_era(era: str) -> None:
    """Old and new orchestrators, with other fields and other types of fields, give the same samples."""
    journals = MemoryJournal(), MemoryJournal()
    for journal, which in zip(journals, ("5.2", era), strict=True):
        async with running_vco() as vco:
            vco.sim.change(era=which)
            async with collecting(seen_by(vco), journal) as collector:
                await collector.cycle()
                await looks(collector, vco, 2)

    assert _facts(journals[0]) == _facts(journals[1])
    assert len(journals[0].samples) > 50


async def test_row_16_v1_and_v2_drivers_one_model() -> None:
    """The same world through either API gives identical samples: ids, times, values and names."""
    found: dict[str, MemoryJournal] = {}
    for driver in ("velocloud-v1", "velocloud-v2"):
        async with running_vco() as vco:
            found[driver] = MemoryJournal()
            async with collecting(seen_by(vco, driver=driver), found[driver]) as collector:
                await collector.cycle()
                await looks(collector, vco, 3)

    assert _facts(found["velocloud-v1"]) == _facts(found["velocloud-v2"])
    for journal in found.values():
        assert_each_once(journal)


async def test_row_16_auto_finds_out() -> None:
    """Nobody needs to know which API an orchestrator has."""
    async with running_vco() as vco:
        journal = MemoryJournal()
        async with collecting(seen_by(vco, driver="auto"), journal) as collector:
            report = await collector.cycle()

    assert report.problem is None
    assert vco.sim.calls[AGGREGATE] >= 1


def _facts(journal: MemoryJournal) -> Counter[tuple[Any, ...]]:
    """Return what samples say, whatever their order."""
    return Counter(
        (s.id, s.entity, s.time, tuple(sorted(s.metrics.items())), tuple(sorted(s.labels.items())), s.backfilled)
        for s in links_of(journal)
    )
