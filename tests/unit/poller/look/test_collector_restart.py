"""Collector through crashes and restarts: Kafka remembers what this process forgot."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satark.poller.errors import OrchestratorError
from satark.simulators.vco.faults import LateBucket
from satark.simulators.vco.server import RunningVco, running_vco
from tests.unit.poller.collecting import (
    AGGREGATE,
    LINKS,
    SERIES,
    STEP,
    _quick,
    assert_each_once,
    customer,
    hours,
    times_of,
    vco,
)
from tests.unit.poller.doubles import BROADBAND_B, NOON, CrashError, MemoryJournal, collector_for

__all__ = ["_quick", "vco"]


async def test_after_save(vco: RunningVco) -> None:
    """A restart goes on where the checkpoint is."""
    journal = MemoryJournal()
    await collector_for(customer(vco), journal).cycle()
    vco.sim.advance(900)
    await collector_for(customer(vco), journal).cycle()

    assert times_of(journal) == hours(-13, 3)
    assert_each_once(journal)


async def test_between_publication_and_checkpoint(vco: RunningVco) -> None:
    """A crash after publishing and before the checkpoint publishes no id again."""
    journal = MemoryJournal()
    await collector_for(customer(vco), journal).cycle()
    vco.sim.advance(300)
    journal.crash_before_save = 0
    with pytest.raises(CrashError):
        await collector_for(customer(vco), journal).cycle()
    published = len(journal.ids)
    report = await collector_for(customer(vco), journal).cycle()

    assert journal.ids[published:] == []
    assert report.samples["duplicate"] > 0


async def test_first_look_crashes(vco: RunningVco) -> None:
    """A crash in the very first look publishes no id again either."""
    journal = MemoryJournal(crash_before_save=1)
    with pytest.raises(CrashError):
        await collector_for(customer(vco), journal).cycle()
    await collector_for(customer(vco), journal).cycle()

    assert_each_once(journal)
    assert set(times_of(journal)) >= set(hours(-13, 0))


async def test_late_across_a_restart(vco: RunningVco) -> None:
    """A sample that was late before a restart is still found after it."""
    vco.sim.change(late_buckets=(LateBucket(link=BROADBAND_B, at=NOON - STEP, delay_s=900),))
    journal = MemoryJournal()
    await collector_for(customer(vco), journal).cycle()
    vco.sim.advance(300)
    collector = collector_for(customer(vco), journal)
    for _ in range(7):
        await collector.cycle()
        vco.sim.advance(240)

    assert times_of(journal, BROADBAND_B).count(NOON - STEP) == 1


async def test_states_are_remembered(vco: RunningVco) -> None:
    """A restart tells no state again."""
    journal = MemoryJournal()
    await collector_for(customer(vco), journal).cycle()
    told = len(journal.states)
    vco.sim.advance(300)
    await collector_for(customer(vco), journal).cycle()

    assert journal.states[told:] == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(
            st.integers(0, 40),
            st.sampled_from(["ok", "one fails", "all fail", "crash publish", "crash save", "restart", "late"]),
        ),
        min_size=1,
        max_size=8,
    ),
    latest=st.integers(0, 2),
)
async def test_whatever_happens(steps: list[tuple[int, str]], latest: int) -> None:
    """Through crashes, failures and delays every sample of every link is published exactly once."""
    async with running_vco() as vco:
        journal = MemoryJournal()
        wanted = customer(vco, concurrency=1)
        collector = collector_for(wanted, journal)
        await collector.cycle()
        for ahead, what in [*steps, (1, "ok"), (1, "restart"), *[(2, "ok")] * 9]:
            vco.sim.advance(ahead * 300 / 2)
            if what == "late":
                at = NOON + (vco.sim.now - NOON) // STEP * STEP - 3 * STEP
                one = LateBucket(link=BROADBAND_B, at=at, delay_s=60 + latest * 270)
                vco.sim.change(late_buckets=(*vco.sim.faults.late_buckets, one))
            if what == "restart":
                collector = collector_for(wanted, journal)
            if what in {"one fails", "all fail"}:
                for method in (AGGREGATE, SERIES):
                    vco.sim.fail(method, "error_500", times=1 if what == "one fails" else 30)
            journal.crash_before_publish = latest if what == "crash publish" else -1
            journal.crash_before_save = 0 if what == "crash save" else -1
            try:
                await collector.cycle()
            except CrashError:
                collector = collector_for(wanted, journal)
            except OrchestratorError:
                pass
            vco.sim.change(fail=())
        goal = journal.checkpoints[-1].window_end

    assert_each_once(journal)
    expected = set(hours(-13, (goal - NOON) // STEP - 7))
    for link in LINKS:
        assert expected <= set(times_of(journal, link))
