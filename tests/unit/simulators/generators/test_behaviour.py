"""What daemons do: the way from state to state is told completely, whatever happens."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.sandesh.types import UveMessage
from satark.sandesh.wire.generic import decode_tree
from satark.sandesh.wire.writer import encode_message
from satark.simulators.generators.actions import Action, Connect, Disconnect, Keep, Load, Restart, Tell, TellTraces
from satark.simulators.generators.behaviour import behaviour, is_connected, load_message
from satark.simulators.generators.kinds import Kind
from satark.simulators.generators.messages.nodes import LoadLog
from satark.simulators.generators.moment import Moment
from satark.simulators.generators.scenario import SCENARIOS, Anomaly, Fault, Scenario
from satark.simulators.generators.shares import attributes_of
from satark.simulators.generators.states import state_at
from tests.unit.simulators.generators.held import Shares, take

INDEX = {Kind.VROUTER: 0, Kind.CONTROL: 1, Kind.CONFIG: 2, Kind.NODE: 3}
STORM = replace(SCENARIOS["storm"], anomalies=(Anomaly(Fault.CPU, 0, 50, 60), Anomaly(Fault.PEER, 1, 70, 60)))


def does(kind: Kind, tick: int, scenario: Scenario = STORM, seed: int = 1) -> list[Action]:
    """Return what the first daemon of a kind does."""
    return behaviour(scenario, kind, INDEX[kind], tick, seed)


def messages(actions: list[Action]) -> list[Any]:
    """Return what is told."""
    return [each.message for each in actions if isinstance(each, Tell)]


class TestBehaviour:
    @pytest.mark.parametrize("kind", Kind)
    def test_deterministic(self, kind: Kind) -> None:
        """The same question has the same answer; another seed gives another."""
        assert does(kind, 17) == does(kind, 17)
        assert does(kind, 17) != does(kind, 17, seed=2)

    @pytest.mark.parametrize("kind", Kind)
    def test_told_completely(self, kind: Kind) -> None:
        """Whoever applies what is told, and forgets all at a restart, holds the whole state after every tick."""
        held: Shares = {}
        for tick in range(60):
            actions = does(kind, tick)
            if any(isinstance(each, Restart) for each in actions):
                held = {}
            for each in messages(actions):
                if isinstance(each, UveMessage):
                    take(held, decode_tree(encode_message(each)))

            state = state_at(Moment(STORM, kind, INDEX[kind], tick, 1))
            assert {name: attributes_of(message) for name, message in state.items()} == held

    @settings(max_examples=40, deadline=None)
    @given(
        st.sampled_from(sorted(SCENARIOS)),
        st.integers(0, 40),
        st.integers(0, 5000),
        st.integers(0, 2**32),
        st.integers(0, 12),
    )
    def test_always_sound(self, name: str, index: int, tick: int, seed: int, objects: int) -> None:
        """Everything that is ever told can be sent."""
        scenario = replace(SCENARIOS[name], objects=objects, generators=41)

        for each in messages(behaviour(scenario, scenario.kind_of(index), index, tick, seed)):
            assert decode_tree(encode_message(each)).name == each.__sandesh__.name

    def test_only_news(self) -> None:
        """A UVE that was told before is told again with what changed, no more."""
        first, second = (messages(does(Kind.VROUTER, tick, SCENARIOS["steady"])) for tick in (0, 1))
        sizes = [sum(len(encode_message(each)) for each in told) for told in (first, second)]

        assert sizes[1] < sizes[0] * 0.8

    def test_restart(self) -> None:
        """A process that begins has a number of its own and tells everything from the start."""
        scenario = replace(SCENARIOS["restarts"], restart_ticks=10)
        at = next(t for t in range(1, 30) if Restart in map(type, does(Kind.VROUTER, t, scenario)))
        actions = does(Kind.VROUTER, at, scenario)

        assert isinstance(actions[0], Restart)
        assert actions[0].life == 1
        assert len(state_at(Moment(scenario, Kind.VROUTER, 0, at, 1))) == sum(
            isinstance(each, UveMessage) for each in messages(actions)
        )

    def test_flapping(self) -> None:
        """A daemon that is cut off leaves its collector for a tick, and connects in all others."""
        scenario = SCENARIOS["flapping"]
        kinds = [type(does(Kind.VROUTER, tick, scenario)[0]) for tick in range(1, 13)]

        assert {Connect, Disconnect} == set(kinds)
        assert 2 == kinds.count(Disconnect)
        assert [is_connected(Moment(scenario, Kind.VROUTER, 0, tick, 1)) for tick in range(1, 13)] == [
            each is Connect for each in kinds
        ]

    def test_traces(self) -> None:
        """Traces are kept at every tick and sent now and then."""
        ticks = [does(Kind.VROUTER, tick, SCENARIOS["steady"]) for tick in range(12)]

        assert 12 == sum(isinstance(each, Keep) for actions in ticks for each in actions)
        assert 2 == sum(isinstance(each, TellTraces) for actions in ticks for each in actions)


class TestLoad:
    def test_numbers(self) -> None:
        """The messages of load are numbered on from tick to tick, and as many as are wanted."""
        scenario = replace(SCENARIOS["steady"], load_per_s=0.25, tick_s=10)
        loads = [each for tick in range(8) for each in does(Kind.NODE, tick, scenario) if isinstance(each, Load)]

        assert [(0, 2), (2, 3), (5, 2), (7, 3), (10, 2), (12, 3), (15, 2), (17, 3)] == [
            (each.first, each.count) for each in loads
        ]

    def test_size(self) -> None:
        """A log of load has the wanted size."""
        log = load_message(replace(STORM, load_bytes=1234), 7, {}).message

        assert isinstance(log, LoadLog)
        assert log.padding is not None
        assert 1234 == len(log.padding)

    def test_uves(self) -> None:
        """Every so manieth message is a UVE as it is already, so that the truth does not change."""
        scenario = replace(SCENARIOS["load"], load_uve_every=4)
        state = state_at(Moment(scenario, Kind.VROUTER, 0, 5, 1))
        told = [load_message(scenario, number, state).message for number in range(400)]

        assert 100 == sum(isinstance(each, UveMessage) for each in told)
        assert all(each in state.values() for each in told if isinstance(each, UveMessage))
        assert len(state) <= 100
        assert all(each in told for each in state.values())
