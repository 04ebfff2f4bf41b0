"""An estate of fifty daemons with everything that can happen to them, and one collector that must hold the truth."""

import asyncio
from dataclasses import replace

from satark.sandesh.session.states import Timers
from satark.simulators.generators.actor import Wiring
from satark.simulators.generators.estate import Estate
from satark.simulators.generators.hostile import ATTACKS, Target, attack
from satark.simulators.generators.scenario import SCENARIOS, Anomaly, Fault
from tests.support.waiting import eventually
from tests.unit.simulators.generators.held import Held

QUICK = Timers(first_hold_s=0.05, longest_hold_s=0.2)
PATIENCE_S = 60.0
ANOMALIES = (Anomaly(Fault.CPU, 0, 50, 500), Anomaly(Fault.DROPS, 4, 50, 500), Anomaly(Fault.PEER, 1, 50, 500))
STORM = replace(SCENARIOS["storm"], generators=50, objects=6, anomalies=ANOMALIES)


class TestEstate:
    async def test_complete(self) -> None:
        """After churn, restarts, lost sessions and disagreement a collector holds exactly the truth, share by share."""
        held = Held()
        async with held.collector:
            wiring = Wiring((held.collector.address,), timers=QUICK)
            async with Estate(STORM, seed=1, wiring=wiring) as estate:
                for _ in range(3):
                    await estate.play(5)
                    assert await estate.settle(PATIENCE_S)
                    await eventually(lambda: estate.truth() == held.present, PATIENCE_S)

                truth, progress = estate.truth(), estate.progress
        assert sum(len(shares) for shares in truth.values()) > 500
        assert progress.restarts >= 40
        assert not {"ValidationFailed", "QueueLevel", "NoQueue"} & progress.books.dropped.keys()

    async def test_with_bad_peers(self) -> None:
        """Bad peers beside them change nothing of it."""
        held = Held()
        async with held.collector:
            wiring = Wiring((held.collector.address,), timers=QUICK)
            target = Target("127.0.0.1", held.collector.port)
            kinds = [kind for name, kind in ATTACKS.items() if name not in {"collision", "connect-flood"}]
            async with Estate(replace(STORM, generators=10), seed=2, wiring=wiring) as estate:
                peers = [asyncio.create_task(attack(kind, target, 3)) for kind in kinds]
                for _ in range(4):
                    await estate.play(3)
                    assert await estate.settle(PATIENCE_S)
                outcomes = await asyncio.gather(*peers)

                mine = {actor.identity for actor in estate.actors}
                await eventually(
                    lambda: estate.truth() == {who: held.present[who] for who in held.present.keys() & mine}, PATIENCE_S
                )
        assert all(outcome.connections for outcome in outcomes)
