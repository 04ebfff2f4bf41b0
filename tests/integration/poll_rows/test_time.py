"""Poll rows 9 to 14 of the feature table: when data is read, and what its absence means."""

from collections import Counter
from datetime import timedelta

import pytest

from satark.schemas.states import State
from satark.simulators.vco.faults import LateBucket
from satark.simulators.vco.grid import grid
from satark.simulators.vco.scenario import Incident, Kind, Script
from satark.simulators.vco.server import running_vco
from tests.integration.poll_rows.estate import (
    STEP,
    assert_each_once,
    collecting,
    links_of,
    looks,
    seen_by,
    starts,
)
from tests.unit.poller.doubles import BROADBAND_B, FIBRE_A, NOON, CrashError, MemoryJournal

NORTHWIND = "wan-link/vco.example.net/5d6c1b7e-2f0a-4a55-9a1d-6f0d6a7c4101"


async def test_row_09_lag_aware_aligned_windows() -> None:
    """A day at an orchestrator that is ten minutes behind gives every sample, and not one finding of missing data."""
    async with running_vco() as vco:
        journal = MemoryJournal()
        async with collecting(seen_by(vco, "customer"), journal) as collector:
            await collector.cycle()
            reports = await looks(collector, vco, 288)
    first = NOON - 13 * STEP

    assert starts(journal, f"{NORTHWIND}/{FIBRE_A}") == [first + number * STEP for number in range(13 + 288)]
    assert {report.awaited for report in reports} == {0}
    assert {report.late for report in reports} == {False}
    assert Counter(s.state for s in journal.states) == {State.OK: 3, State.EDGE_OFFLINE: 1, State.GONE: 1}


async def test_row_10_late_data_accepted_and_put_in_place() -> None:
    """A sample that is released 25 minutes late is published at its own time, once."""
    async with running_vco() as vco:
        vco.sim.change(late_buckets=(LateBucket(link=BROADBAND_B, at=NOON, delay_s=1_500),))
        journal = MemoryJournal()
        async with collecting(seen_by(vco, "customer", max_data_delay_s=2_700), journal) as collector:
            await collector.cycle()
            reports = await looks(collector, vco, 9)
    entity = f"{NORTHWIND}/{BROADBAND_B}"
    order = starts(journal, entity)

    assert order.count(NOON) == 1
    assert order.index(NOON) > order.index(NOON + 3 * STEP)
    assert sum(report.samples["late"] for report in reports) == 1
    assert_each_once(journal)


async def test_row_11_gap_backfill_after_collector_outage() -> None:
    """After two hours without a poller 24 samples of every link are filled in, in order, marked as the past."""
    async with running_vco() as vco:
        journal, orchestrator = MemoryJournal(), seen_by(vco, "customer")
        async with collecting(orchestrator, journal) as before:
            await before.cycle()
        count = len(journal.samples)
        vco.sim.advance(7_200)
        async with collecting(orchestrator, journal) as after:
            await after.cycle()
    filled = journal.samples[count:]
    by_link = Counter(sample.entity for sample in filled)

    assert set(by_link.values()) == {24}
    assert len(by_link) == 3
    assert {sample.backfilled for sample in filled if sample.time < NOON + 16 * STEP} == {True}
    assert {sample.backfilled for sample in filled if sample.time >= NOON + 18 * STEP} == {False}
    assert starts(journal, f"{NORTHWIND}/{FIBRE_A}") == [NOON + number * STEP for number in range(-13, 24)]
    assert_each_once(journal)


async def test_row_11_present_before_a_slow_past() -> None:
    """A past that takes too long is filled behind the present: the newest sample does not wait for all of it."""
    async with running_vco() as vco:
        vco.sim.fail("metrics/getEdgeLinkSeries", "slow", times=None, delay_s=0.3)
        journal = MemoryJournal()
        async with collecting(seen_by(vco, "customer", concurrency=1, interval_s=0.4), journal) as collector:
            first = await collector.cycle()
            present = {sample.entity for sample in journal.samples if sample.time == NOON - STEP}
            reports = [await collector.cycle() for _ in range(3)]

    assert first.left > 0
    assert len(present) == 3
    assert reports[-1].left == 0
    assert sorted(starts(journal, f"{NORTHWIND}/{FIBRE_A}")) == [NOON - number * STEP for number in range(13, 0, -1)]
    assert_each_once(journal)


async def test_row_12_idempotent_storage() -> None:
    """The same answers again, and one that holds a sample twice, publish nothing more."""
    async with running_vco() as vco:
        journal = MemoryJournal()
        vco.sim.fail("linkQualityEvent/getLinkQualityEvents", "dup_timestamps", times=None)
        journal.crash_before_save = 1
        async with collecting(seen_by(vco, "customer", source="quality"), journal) as collector:
            with pytest.raises(CrashError):
                await collector.cycle()
        async with collecting(seen_by(vco, "customer", source="quality"), journal) as collector:
            report = await collector.cycle()

    assert_each_once(journal)
    assert report.samples["published"] == 0
    assert report.samples["duplicate"] > 0
    assert report.left_out["duplicate_timestamp"] > 0


async def test_row_13_nine_states() -> None:
    """Each way in which data can be missing is a state of its own, and a true zero is a value."""
    world = grid(1, 6, 2)
    edges = world.enterprises[0].edges
    kinds: tuple[Kind, ...] = ("zeros", "idle", "standby", "link_down")
    incidents = [
        Incident(kind=kind, edge=edge.name, link=edge.links[0].name) for kind, edge in zip(kinds, edges, strict=False)
    ]
    async with running_vco(world=world, script=Script()) as vco:
        journal = MemoryJournal()
        async with collecting(seen_by(vco, "customer"), journal) as collector:
            await collector.cycle()
            vco.sim.inject(*incidents, Incident(kind="edge_offline", edge=edges[4].name))
            held = {"edge": edges[5].name, "since": vco.sim.now, "release": vco.sim.now + timedelta(days=3)}
            vco.sim.change(late_edges=[held])
            await looks(collector, vco, 12)
            first = _latest(journal)
            for _ in range(13):
                await looks(collector, vco, 2, step_s=3_600)
            then = _latest(journal)
            vco.sim.change(lag_s=5_000.0)
            (late,) = await looks(collector, vco, 1)
    zero = [s for s in links_of(journal) if s.labels["link_id"] == edges[0].links[0].internal_id][-1]

    assert [first[edge.links[0].internal_id] for edge in edges] == [
        State.OK,
        State.IDLE,
        State.STANDBY,
        State.LINK_DOWN,
        State.EDGE_OFFLINE,
        State.CATCHING_UP,
    ]
    assert {then[link.internal_id] for link in edges[4].links} == {State.GONE}
    assert late.late
    assert zero.metrics["latency_ms_rx"] == 0.0
    assert zero.metrics["throughput_bps_rx"] > 0


def _latest(journal: MemoryJournal) -> dict[str, State]:
    """Return the latest state by internal id."""
    return {state.labels["link_id"]: state.state for state in journal.states}


async def test_row_13_zero_null_standby_offline_told_apart() -> None:
    """Whatever an orchestrator sends for a link without data, it is in its state and never a zero."""
    down = Incident(kind="link_down", edge="LDN-BR-01", link="Fibre A", start_s=0, duration_s=7_200)
    for idle in ("absent", "zeros", "nulls"):
        async with running_vco(script=Script(incidents=(down,))) as vco:
            vco.sim.change(idle_rows=idle)
            journal = MemoryJournal()
            async with collecting(seen_by(vco, "customer"), journal) as collector:
                await collector.cycle()
                await looks(collector, vco, 3)
        latest = {state.entity: state.state for state in journal.states}

        assert latest[f"{NORTHWIND}/{FIBRE_A}"] is State.LINK_DOWN, idle
        assert latest[f"{NORTHWIND}/{BROADBAND_B}"] is State.OK
        assert sorted(latest.values()).count(State.EDGE_OFFLINE) == 1
        assert NOON + 2 * STEP not in starts(journal, f"{NORTHWIND}/{FIBRE_A}")


async def test_row_14_link_identity_survives_a_swap() -> None:
    """A new internal id on the same edge, interface and name continues the entity, with a note."""
    async with running_vco() as vco:
        journal = MemoryJournal()
        async with collecting(seen_by(vco, "customer"), journal) as collector:
            await collector.cycle()
            vco.sim.inject(Incident(kind="link_replaced", edge="LDN-BR-01", link="Broadband B"))
            await looks(collector, vco, 6)
    entity = f"{NORTHWIND}/{BROADBAND_B}"
    ids = {sample.labels["link_id"] for sample in journal.samples if sample.entity == entity}
    notes = [state.note for state in journal.states if state.note]

    assert starts(journal, entity) == [NOON + number * STEP for number in range(-13, 6)]
    assert len(ids) == 2
    assert len(notes) == 1
    assert notes[0].startswith(f"link replaced: {BROADBAND_B} is now ")
    assert len({sample.entity for sample in links_of(journal)}) == 3
