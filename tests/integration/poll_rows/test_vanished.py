"""Detect row 38 of the feature table, the poller's half: a link without data is missed, and never taken for well."""

from msgspec.structs import replace

from satark.poller.telling.missing import MISSING_CYCLES, is_missing
from satark.schemas.metrics import MetricSample
from satark.schemas.states import State
from satark.simulators.vco.grid import grid
from satark.simulators.vco.scenario import Incident, Script
from satark.simulators.vco.server import running_vco
from satark.simulators.vco.topology import World
from tests.integration.poll_rows.estate import STEP, assert_each_once, collecting, links_of, looks, seen_by
from tests.unit.poller.doubles import MemoryJournal

LIMIT = 5
"""What the detector's built-in rules allow (`missing_cycles`)."""

NO_DATA_CYCLES = 6
"""So many cycles of five minutes are half an hour."""

WORLD = grid(1, 2, 3)
LOST = WORLD.enterprises[0].edges[0].links[0].internal_id


def without_lost() -> World:
    """Return the same world without a link that it had."""
    (enterprise,) = WORLD.enterprises
    first, second = enterprise.edges
    fewer = replace(first, links=tuple(link for link in first.links if link.internal_id != LOST))
    return replace(WORLD, enterprises=(replace(enterprise, edges=(fewer, second)),))


def missed(journal: MemoryJournal) -> list[MetricSample]:
    """Return the samples that say that a link was missed or is back."""
    return [sample for sample in journal.samples if is_missing(sample)]


def counts(journal: MemoryJournal) -> list[float]:
    """Return how often in a row the lost link was missed, each time that it was told; no other link was."""
    assert {sample.labels["link_id"] for sample in missed(journal)} <= {LOST}
    return [sample.metrics[MISSING_CYCLES] for sample in missed(journal)]


def states(journal: MemoryJournal) -> list[State]:
    """Return the states of the lost link, in order."""
    return [state.state for state in journal.states if state.labels["link_id"] == LOST]


async def test_row_38_link_removed_from_the_api() -> None:
    """A link that is no longer in any answer is told to be missing within half an hour; a restart counts on; it may return."""
    journal = MemoryJournal()
    async with running_vco(world=WORLD, script=Script()) as vco:
        async with collecting(seen_by(vco, "customer"), journal) as collector:
            await collector.cycle()
            await looks(collector, vco, 3)
        removed_at = vco.sim.now
    async with running_vco(world=without_lost(), script=Script(), clock=removed_at) as vco:
        for _ in range(2):  # the second time as after a restart
            async with collecting(seen_by(vco, "customer"), journal) as collector:
                await looks(collector, vco, NO_DATA_CYCLES // 2)
        half_an_hour_later, told, entered = vco.sim.now, counts(journal), states(journal)
    async with (
        running_vco(world=WORLD, script=Script(), clock=half_an_hour_later) as vco,
        collecting(seen_by(vco, "customer"), journal) as collector,
    ):
        await looks(collector, vco, 2)

    assert half_an_hour_later - removed_at == NO_DATA_CYCLES * STEP
    assert told == [float(count) for count in range(1, NO_DATA_CYCLES + 1)]
    assert told[-1] > LIMIT
    assert entered == [State.OK, State.GONE]
    assert counts(journal)[len(told) :] == [0.0]
    assert_each_once(journal)


async def test_row_38_silent_among_others() -> None:
    """A link that is listed and says nothing, while others do, is told to be missing within six cycles of its silence."""
    journal = MemoryJournal()
    async with running_vco(world=WORLD, script=Script()) as vco:
        edge = WORLD.enterprises[0].edges[0]
        async with collecting(seen_by(vco, "customer"), journal) as collector:
            await collector.cycle()
            vco.sim.inject(Incident(kind="idle", edge=edge.name, link=edge.links[0].name))
            await looks(collector, vco, 2)  # the orchestrator is two samples behind: it has data still
            await looks(collector, vco, NO_DATA_CYCLES)

    assert NO_DATA_CYCLES == max(counts(journal)) > LIMIT
    assert State.IDLE is states(journal)[-1]


async def test_blindness_misses_nobody() -> None:
    """While an orchestrator is late as a whole, and after hours in which nobody looked, no link is missed."""
    journal = MemoryJournal()
    async with (
        running_vco(world=WORLD, script=Script()) as vco,
        collecting(seen_by(vco, "customer"), journal) as collector,
    ):
        await collector.cycle()
        vco.sim.change(lag_s=1_500.0)
        await looks(collector, vco, 3)
        vco.sim.change(lag_s=600.0)
        vco.sim.advance(7_200)
        await looks(collector, vco, 3)

    assert [] == missed(journal)
    assert 6 == len({sample.entity for sample in links_of(journal)})
