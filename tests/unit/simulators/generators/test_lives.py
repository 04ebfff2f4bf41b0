from dataclasses import replace
from itertools import pairwise

import pytest

from satark.simulators.generators import lives
from satark.simulators.generators.lives import Process
from satark.simulators.generators.scenario import SCENARIOS, Scenario

CHURN = Scenario(name="test", objects=8, life_ticks=(4, 9))


class TestResidents:
    def test_for_ever(self) -> None:
        """Without lives every place has one object from the start on."""
        steady = replace(CHURN, life_ticks=None)

        assert [0] * 8 == [each.life for each in lives.residents(steady, 3, 1000, 1)]
        assert [0] * 8 == [each.since for each in lives.residents(steady, 3, 1000, 1)]

    @pytest.mark.parametrize("place", range(8))
    def test_one_after_the_other(self, place: int) -> None:
        """Objects of a place follow each other with a pause; one is there since the tick when it first is."""
        seen: dict[int, list[int]] = {}
        for tick in range(60):
            for each in lives.residents(CHURN, 3, tick, 1):
                if each.place == place:
                    seen.setdefault(each.life, []).append(tick)
                    assert each.since == seen[each.life][0]

        spans = list(seen.values())
        assert len(spans) >= 5
        assert [list(range(span[0], span[-1] + 1)) for span in spans] == spans
        assert all(after[0] - before[-1] > 1 for before, after in pairwise(spans))
        assert all(3 <= len(span) <= 8 for span in spans[1:-1])


class TestProcess:
    def test_never_restarts(self) -> None:
        """Without restarts one process lives for ever."""
        assert Process(0, 0) == lives.process(CHURN, 3, 10_000, 1)

    def test_restarts(self) -> None:
        """A process lives from its first tick to that of the next, each as long as the scenario says."""
        scenario = replace(CHURN, restart_ticks=7)
        processes = [lives.process(scenario, 3, tick, 1) for tick in range(50)]

        firsts = [tick for tick, each in enumerate(processes) if each.since == tick]
        assert firsts == sorted({each.since for each in processes})
        assert {7} == {after - before for before, after in pairwise(firsts[1:])}
        assert [each.life for each in processes] == sorted(each.life for each in processes)
        assert processes[0] == Process(0, 0)

    def test_not_all_at_once(self) -> None:
        """The daemons of an estate restart at different ticks."""
        scenario = replace(CHURN, restart_ticks=50)

        assert len({lives.process(scenario, index, 49, 1).since for index in range(20)}) > 5


class TestSessions:
    def test_cut_off(self) -> None:
        """A session is lost for one tick of every so many, never at the start."""
        scenario = replace(SCENARIOS["flapping"], flap_ticks=5)
        for index in range(10):
            lost = [tick for tick in range(100) if lives.is_cut_off(scenario, index, tick, 1)]

            assert 0 not in lost
            assert {5} == {after - before for before, after in pairwise(lost)}

    def test_never_cut_off(self) -> None:
        """Without flapping sessions stay."""
        assert not any(lives.is_cut_off(CHURN, 1, tick, 1) for tick in range(100))

    def test_collectors(self) -> None:
        """Daemons are spread over collectors, and move on by one every so many ticks."""
        scenario = replace(CHURN, move_ticks=10)

        assert [0, 1, 2] == [lives.collector(CHURN, index, 77, 1) for index in range(3)]
        at = [lives.collector(scenario, 0, tick, 1) for tick in range(40)]
        assert {0, 1} == {after - before for before, after in pairwise(at)}
        assert at[0] + 4 == lives.collector(scenario, 0, 40, 1)
