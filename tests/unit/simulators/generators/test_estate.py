"""The shells, against a real collector."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from satark.sandesh.generator import client_context, server_context
from satark.sandesh.session.states import Timers
from satark.simulators.generators.actor import Actor, Wiring
from satark.simulators.generators.estate import Estate
from satark.simulators.generators.kinds import identity
from satark.simulators.generators.scenario import SCENARIOS, Fault, Scenario
from tests.support.certificates import Authority
from tests.support.waiting import eventually
from tests.unit.simulators.generators.held import Held

QUICK = Timers(first_hold_s=0.05, longest_hold_s=0.2)
FOUR = replace(SCENARIOS["steady"], generators=4, objects=2)
PATIENCE_S = 20.0


@pytest.fixture
async def held() -> AsyncIterator[Held]:
    """Return what a running collector holds."""
    one = Held()
    async with one.collector:
        yield one


def estate(scenario: Scenario, *collectors: Held) -> Estate:
    """Return an estate for these collectors."""
    wiring = Wiring(tuple(each.collector.address for each in collectors), timers=QUICK)
    return Estate(scenario, seed=1, wiring=wiring)


class TestTruth:
    async def test_steady(self, held: Held) -> None:
        """After some ticks a collector holds the truth."""
        async with estate(FOUR, held) as daemons:
            await daemons.play(3)
            await daemons.settle(PATIENCE_S)

            await eventually(lambda: daemons.truth() == held.present, PATIENCE_S)
            assert 4 == daemons.progress.sessions
            assert 0 == daemons.progress.books.dropped.total()

    async def test_restarts(self, held: Held) -> None:
        """A restarted daemon has another process id; nothing of its former life is in the truth."""
        scenario = replace(FOUR, restart_ticks=3, life_ticks=(3, 5))
        async with estate(scenario, held) as daemons:
            for _ in range(7):
                await daemons.play(1)
                await daemons.settle(PATIENCE_S)

            await eventually(lambda: daemons.truth() == held.present, PATIENCE_S)
            assert daemons.progress.restarts >= 8
            assert all(len(pids) >= 2 for pids in held.pids.values())

    async def test_cut_off(self, held: Held) -> None:
        """A daemon that is cut off on purpose is no part of the truth, and loses its session."""
        scenario = replace(FOUR, flap_ticks=4)
        async with estate(scenario, held) as daemons:
            seen = set()
            for _ in range(5):
                await daemons.play(1)
                await daemons.settle(PATIENCE_S)
                await eventually(lambda: daemons.truth() == held.present, PATIENCE_S)
                seen.add(len(daemons.truth()))

            assert min(seen) < 4

    async def test_two_collectors(self, held: Held) -> None:
        """Daemons move; each collector holds the truth about those it has."""
        other = Held()
        async with other.collector, estate(replace(FOUR, move_ticks=2), held, other) as daemons:
            for _ in range(4):
                await daemons.play(1)
                await daemons.settle(PATIENCE_S)

            for each in (held, other):
                await eventually(
                    lambda each=each: daemons.truth(each.collector.address) == each.present,  # type: ignore[misc]
                    PATIENCE_S,
                )
            assert 4 == len(held.collector.generators) + len(other.collector.generators)
            assert all(held.sessions[actor.identity] and other.sessions[actor.identity] for actor in daemons.actors)

    async def test_failover(self, held: Held) -> None:
        """When a collector dies its daemons go to the other, though they were told to be there."""
        other = Held()
        async with other.collector, estate(FOUR, held, other) as daemons:
            await daemons.play(2)
            await daemons.settle(PATIENCE_S)
            await other.collector.close()

            await eventually(lambda: len(held.collector.generators) == 4, PATIENCE_S)
            await eventually(lambda: daemons.truth() == held.present, PATIENCE_S)


class TestRun:
    async def test_in_time(self, held: Held) -> None:
        """Daemons do their ticks on their own, faster than real, until they are stopped; the truth holds then."""
        stop = asyncio.Event()
        async with estate(replace(FOUR, life_ticks=(3, 5)), held) as daemons:
            running = asyncio.create_task(daemons.run(stop, speed=100))
            await eventually(lambda: daemons.progress.tick >= 5, PATIENCE_S)
            stop.set()
            await running
            await daemons.settle(PATIENCE_S)

            await eventually(lambda: daemons.truth() == held.present, PATIENCE_S)

    async def test_load(self, held: Held) -> None:
        """Load comes besides, as much as was asked for, and changes nothing of the truth."""
        scenario = replace(FOUR, load_per_s=5, load_bytes=50, load_uve_every=5)
        async with estate(scenario, held) as daemons:
            await daemons.play(2)
            await daemons.settle(PATIENCE_S)

            await eventually(lambda: held.names["LoadLog"] == 4 * 2 * 40, PATIENCE_S)
            await eventually(lambda: daemons.truth() == held.present, PATIENCE_S)

    async def test_load_stops_at_once(self, held: Held) -> None:
        """Who is busy with load stops when all shall."""
        stop = asyncio.Event()
        async with estate(replace(FOUR, load_per_s=1), held) as daemons:
            running = asyncio.create_task(daemons.run(stop, speed=1))
            await eventually(lambda: daemons.progress.sessions == 1, PATIENCE_S)
            stop.set()
            async with asyncio.timeout(5):
                await running

    async def test_collector_is_away(self) -> None:
        """Without a collector daemons live on, and say so."""
        wiring = Wiring(("127.0.0.1:1",), timers=QUICK)
        async with Estate(FOUR, seed=1, wiring=wiring) as daemons:
            await daemons.play(2)

            assert not await daemons.settle(0.1)
            assert 0 == daemons.progress.sessions
            assert daemons.progress.books.kept > 0


class TestTrigger:
    async def test_at_run_time(self, held: Held) -> None:
        """Something can be made to go wrong while it runs."""
        async with estate(FOUR, held) as daemons:
            await daemons.play(2)
            daemons.trigger(Fault.CPU, 0, 60)
            await daemons.play(1)
            await daemons.settle(PATIENCE_S)

            def load() -> float:
                shares = held.shares[daemons.actors[0].identity]
                (own,) = (each for name, each in shares.items() if name.struct == "VrouterStatsAgent")
                value = own["one_min_avg_cpuload"]
                assert isinstance(value, float)
                return value

            await eventually(lambda: load() > 5, PATIENCE_S)

    async def test_wrong_kind(self) -> None:
        """What cannot happen to a daemon is refused."""
        daemons = Estate(FOUR, seed=1, wiring=Wiring(("127.0.0.1:1",)))

        with pytest.raises(ValueError, match="cpu happens to a contrail-vrouter-agent, which number 1 is not"):
            daemons.trigger(Fault.CPU, 1, 60)
        with pytest.raises(ValueError, match="which number 4 is not"):
            daemons.trigger(Fault.CPU, 4, 60)


class TestTls:
    async def test_mutual(self, tmp_path: Path) -> None:
        """Daemons reach a collector that wants certificates."""
        authority = Authority(tmp_path)
        ours = authority.issue("ours")
        held = Held(tls=server_context(authority.ca_file, ours.cert_file, ours.key_file))
        tls = client_context(authority.ca_file, cert_file=ours.cert_file, key_file=ours.key_file)
        async with held.collector:
            wiring = Wiring((held.collector.address,), tls=tls, timers=QUICK)
            async with Estate(FOUR, seed=1, wiring=wiring) as daemons:
                await daemons.play(1)
                await daemons.settle(PATIENCE_S)

                await eventually(lambda: daemons.truth() == held.present, PATIENCE_S)


class TestActor:
    def test_inert(self) -> None:
        """A daemon is nobody's generator before it starts."""
        actor = Actor(FOUR, 2, seed=1, wiring=Wiring(("127.0.0.1:1",)))

        assert identity(FOUR.kind_of(2), 2) == actor.identity
        assert ("", False, True) == (actor.collector, actor.is_established, actor.is_cut_off)
        assert 0 == actor.books.sent
