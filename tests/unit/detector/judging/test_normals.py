"""What is normal, told by the agent that judges."""

from pathlib import Path

from satark.schemas.baselines import BaselineState
from tests.unit.detector.judging.logs import Log, Process
from tests.unit.detector.judging.test_agent import LINKS, log_of_the_scene


async def run(folder: Path, *, kill_at: int = -1, batch: int = 8) -> Log:
    """Judge the scene, from the beginning after a crash; return what is left."""
    log = log_of_the_scene(kill_at=kill_at)
    while not await Process(log, folder, batch=batch).run():
        pass
    return log


async def test_normals_are_told_before_samples_are_acknowledged(tmp_path: Path) -> None:
    """Each link as learning and, in the half-hour in which it was learnt, as watching; its names are those of the sample."""
    log = await run(tmp_path)

    for link in range(LINKS):
        own = [each for each in log.normals if each.entity == f"wan-link/vco/1/{link}"]
        states = [each.state for each in own]
        assert sorted(states) == states
        assert {BaselineState.LEARNING, BaselineState.WATCHING} == set(states)
        assert len({each.id for each in own}) == len(own)
        assert {"edge": "LDN-BR-01", "link": "Broadband B"} == own[0].labels


async def test_a_crash_at_any_moment_loses_no_normal(tmp_path: Path) -> None:
    """Whenever it is killed, the last normal of each link is told; some are told twice, under the same id."""
    whole = await run(tmp_path)
    last = {each.entity: each.id for each in whole.normals}

    for kill_at in range(1, 2 * whole.moments, 7):
        log = await run(tmp_path, kill_at=kill_at)

        assert last == {each.entity: each.id for each in log.normals}, kill_at
