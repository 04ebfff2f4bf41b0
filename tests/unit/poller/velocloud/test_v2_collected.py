"""A whole poller with v1, with v2 and with auto: what is published of one simulated world is the same."""

from datetime import timedelta
from typing import Any

import pytest

from satark.schemas.messages import Message
from satark.schemas.metrics import MetricSample
from satark.schemas.states import EntityState
from satark.simulators.vco.clock import VirtualClock
from satark.simulators.vco.grid import grid
from satark.simulators.vco.server import RunningVco, running_vco
from tests.unit.poller.collecting import operator
from tests.unit.poller.doubles import NOON, MemoryJournal, collector_for

LOOKS = tuple(NOON + timedelta(minutes=minutes) for minutes in (11, 16, 21, 36))


async def published(vco: RunningVco, driver: str) -> MemoryJournal:
    """Return what one poller publishes in some looks, the last of which comes after a pause."""
    journal = MemoryJournal()
    collector = collector_for(operator(vco, driver=driver, events=True), journal)
    for time in LOOKS:
        vco.sim.clock = vco.sim.clock.set(time)
        report = await collector.cycle()
        assert report.problem is None
    return journal


def samples_of(journal: MemoryJournal) -> dict[str, MetricSample]:
    """Return the samples by id; each was published once."""
    assert len(journal.ids) == len(set(journal.ids))
    return {sample.id: sample for sample in journal.samples}


def told_by(journal: MemoryJournal) -> dict[str, EntityState | Message]:
    """Return states and messages by id."""
    return {event.id: event for event in journal.told}


@pytest.mark.parametrize("world", ["northwind", "estate"])
async def test_same_world_through_v1_and_v2_gives_identical_samples(world: str) -> None:
    """Ids, values, labels, states and the orchestrator's own events do not depend on the API that was read."""
    journals: dict[str, Any] = {}
    for driver in ("velocloud-v1", "velocloud-v2", "auto"):
        async with running_vco(world=world, clock=VirtualClock.frozen_at(LOOKS[0])) as vco:
            journals[driver] = await published(vco, driver)
    v1 = journals["velocloud-v1"]

    assert len(samples_of(v1)) > 50
    assert max(sample.time for sample in v1.samples) == NOON + timedelta(minutes=20)
    assert told_by(v1) != {}
    for other in ("velocloud-v2", "auto"):
        assert samples_of(v1) == samples_of(journals[other])
        assert told_by(v1) == told_by(journals[other])


async def test_a_steady_look_takes_two_calls() -> None:
    """Once the inventory is known, a look of an enterprise asks for the time and for all links at once."""
    journal = MemoryJournal()
    async with running_vco(world=grid(1, 50, 3), clock=VirtualClock.frozen_at(LOOKS[0])) as vco:
        collector = collector_for(operator(vco, driver="velocloud-v2", backfill_s=300), journal)
        await collector.cycle()
        before = vco.sim.calls.copy()
        vco.sim.clock = vco.sim.clock.set(LOOKS[1])
        await collector.cycle()

    assert vco.sim.calls - before == {"GET enterprise": 1, "GET linkStats": 1}
    assert len(journal.samples) == 2 * 150
