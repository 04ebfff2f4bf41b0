"""Collector against the simulated orchestrator, in bulk: nothing is missed, nothing is published twice."""

from collections import Counter
from datetime import timedelta

import pytest

from satark.poller import errors, metrics
from satark.schemas.states import State
from satark.simulators.vco.faults import LateBucket
from satark.simulators.vco.server import RunningVco
from tests.unit.poller.collecting import (
    AGGREGATE,
    ALDER,
    LINKS,
    NAME,
    NORTHWIND,
    SERIES,
    STEP,
    VERSION,
    _quick,
    assert_each_once,
    customer,
    hours,
    operator,
    skipped_windows,
    times_of,
    vco,
)
from tests.unit.poller.doubles import BROADBAND_B, NOON, MemoryJournal, collector_for

__all__ = ["_quick", "vco"]


class TestFirstLook:
    async def test_the_hour_before(self, vco: RunningVco) -> None:
        """A cold start reads 65 minutes of every link up to the newest complete sample, oldest first."""
        journal = MemoryJournal()
        report = await collector_for(customer(vco), journal).cycle()

        assert report.goal == NOON
        assert times_of(journal) == hours(-13, 0)
        assert {sample.labels["link_id"] for sample in journal.samples} > LINKS
        assert report.samples["published"] == len(journal.samples) == len(set(journal.ids))
        assert report.problem is None
        assert journal.checkpoints[-1].window_end == NOON

    async def test_history_is_marked(self, vco: RunningVco) -> None:
        """What a cold start reads of the past is marked as backfilled, the last half hour is not."""
        journal = MemoryJournal()
        await collector_for(customer(vco), journal).cycle()
        live = {sample.time for sample in journal.samples if not sample.backfilled}

        assert set(hours(-6, 0)) <= live
        assert live.isdisjoint(hours(-13, -7))

    async def test_fewest_calls(self, vco: RunningVco) -> None:
        """The past is read by edge where that takes fewer calls, the newest sample in bulk."""
        await collector_for(customer(vco), MemoryJournal()).cycle()

        assert vco.sim.calls[AGGREGATE] == 1
        assert vco.sim.calls[SERIES] == 3

    async def test_patterns(self, vco: RunningVco) -> None:
        """Only wanted enterprises are read, by name or id; all of an operator's but the unwanted without a pattern."""
        alder, all_, but_one = MemoryJournal(), MemoryJournal(), MemoryJournal()
        await collector_for(operator(vco, enterprises=("alder*",)), alder).cycle()
        await collector_for(operator(vco), all_).cycle()
        await collector_for(operator(vco, exclude_enterprises=("4102",)), but_one).cycle()

        assert {sample.labels["enterprise_id"] for sample in alder.samples} == {ALDER}
        assert {sample.labels["enterprise_id"] for sample in all_.samples} == {NORTHWIND, ALDER}
        assert {sample.labels["enterprise_id"] for sample in but_one.samples} == {NORTHWIND}

    async def test_states(self, vco: RunningVco) -> None:
        """Every link of the inventory is in a state, also the one of an edge that is offline."""
        journal = MemoryJournal()
        await collector_for(customer(vco), journal).cycle()

        assert Counter(state.state for state in journal.states) == {State.OK: 3, State.EDGE_OFFLINE: 1}


class TestSteady:
    async def test_sample_after_sample(self, vco: RunningVco) -> None:
        """Each look publishes the new sample and nothing twice."""
        journal = MemoryJournal()
        collector = collector_for(customer(vco), journal)
        for _ in range(4):
            await collector.cycle()
            vco.sim.advance(300)

        assert times_of(journal) == hours(-13, 3)
        assert_each_once(journal)

    async def test_one_call_for_all(self, vco: RunningVco) -> None:
        """A steady look costs a probe and one call for all links; one without a new sample costs the probe."""
        collector = collector_for(customer(vco), MemoryJournal())
        await collector.cycle()
        vco.sim.advance(300)
        before = vco.sim.calls.copy()
        await collector.cycle()
        await collector.cycle()

        assert vco.sim.calls - before == Counter({AGGREGATE: 1, VERSION: 2})

    async def test_late_sample(self, vco: RunningVco) -> None:
        """A sample that comes late is asked for again, and published at its own time."""
        vco.sim.change(late_buckets=(LateBucket(link=BROADBAND_B, at=NOON - STEP, delay_s=900),))
        journal = MemoryJournal()
        collector = collector_for(customer(vco), journal)
        first = await collector.cycle()
        missing = NOON - STEP not in times_of(journal, BROADBAND_B)
        late = 0
        for _ in range(4):
            vco.sim.advance(300)
            late += (await collector.cycle()).samples["late"]

        assert missing
        assert first.awaited == 1
        assert times_of(journal, BROADBAND_B).count(NOON - STEP) == 1
        assert late == 1
        assert {state.state for state in journal.states} == {State.OK, State.EDGE_OFFLINE}

    async def test_late_as_a_whole(self, vco: RunningVco) -> None:
        """A sample that is there for no link is waited for, and the delay is learnt."""
        journal = MemoryJournal()
        collector = collector_for(customer(vco), journal)
        await collector.cycle()
        vco.sim.change(lag_s=1000.0)
        vco.sim.advance(300)
        waiting = await collector.cycle()
        held = journal.checkpoints[-1].window_end
        vco.sim.advance(300)
        come = await collector.cycle()

        assert (waiting.late, waiting.samples["published"]) == (True, 0)
        assert held == NOON
        assert collector.delay_s == pytest.approx(660.0, abs=30)
        assert come.samples["published"] == 3
        assert times_of(journal) == hours(-13, 1)

    async def test_outage_is_filled(self, vco: RunningVco) -> None:
        """After two hours of silence every sample of them is published once, in order, and the old ones are marked."""
        journal = MemoryJournal()
        collector = collector_for(customer(vco), journal)
        await collector.cycle()
        vco.sim.fail("*", "bad_gateway", times=None)
        vco.sim.advance(7200)
        with pytest.raises(errors.ServerError):
            await collector.cycle()
        vco.sim.heal()
        await collector.cycle()
        live = {sample.time for sample in journal.samples if not sample.backfilled}

        assert times_of(journal) == hours(-13, 24)
        assert set(hours(0, 17)).isdisjoint(live)
        assert live >= set(hours(18, 24))

    async def test_gap_is_counted(self, vco: RunningVco) -> None:
        """What is older than the largest backfill is given up and counted for each edge."""
        journal = MemoryJournal()
        collector = collector_for(customer(vco, max_backfill_s=3900), journal)
        await collector.cycle()
        before = skipped_windows("gap")
        vco.sim.advance(7200)
        await collector.cycle()

        assert skipped_windows("gap") - before == 3 * (24 - 13)
        assert journal.checkpoints[-1].window_end == NOON + timedelta(hours=2)

    async def test_clock_set_back(self, vco: RunningVco) -> None:
        """An orchestrator whose clock is set back is read on, and no id is published again."""
        journal = MemoryJournal()
        collector = collector_for(customer(vco), journal)
        await collector.cycle()
        vco.sim.set_time(NOON - timedelta(minutes=50))
        await collector.cycle()
        vco.sim.set_time(NOON + timedelta(minutes=20))
        await collector.cycle()

        assert_each_once(journal)
        assert min(times_of(journal)) == NOON - timedelta(minutes=60 + 65)
        assert max(times_of(journal)) == NOON + STEP

    async def test_data_age(self, vco: RunningVco) -> None:
        """The age of the newest sample is told by the orchestrator's clock."""
        await collector_for(customer(vco), MemoryJournal()).cycle()

        assert metrics.DATA_AGE.labels(NAME, "Northwind Freight Ltd")._value.get() == pytest.approx(600.0, abs=30)
