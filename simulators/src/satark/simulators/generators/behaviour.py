"""What a daemon does at a tick: a pure function of the scenario, its kind and index, the tick and the seed."""

from collections.abc import Iterator
from itertools import chain

from satark.simulators.generators import lives
from satark.simulators.generators.actions import Action, Connect, Disconnect, Load, Restart, Tell
from satark.simulators.generators.events import events
from satark.simulators.generators.kinds import Kind
from satark.simulators.generators.messages.nodes import LoadLog
from satark.simulators.generators.moment import Moment
from satark.simulators.generators.scenario import Scenario
from satark.simulators.generators.shares import State, changes
from satark.simulators.generators.states import state_at

NOTHING: State = {}


def behaviour(scenario: Scenario, kind: Kind, index: int, tick: int, seed: int) -> list[Action]:
    """Return what the daemon does, in order."""
    moment = Moment(scenario, kind, index, tick, seed)
    before = NOTHING if begins(moment) else state_at(moment.before)
    return list(steps(moment, before, state_at(moment)))


def begins(moment: Moment) -> bool:
    """Return whether a process begins at this tick, which knows nothing of what was."""
    return moment.tick in {0, moment.process.since}


def steps(moment: Moment, before: State, after: State) -> Iterator[Action]:
    """Yield what `behaviour` returns, for who has the states already."""
    told = (Tell(each) for each in changes(before, after))
    yield from chain(_sessions(moment), told, events(moment, before, after), _load(moment))


def is_connected(moment: Moment) -> bool:
    """Return whether the daemon has a session, or at least should have one, after this tick."""
    return not lives.is_cut_off(moment.scenario, moment.index, moment.tick, moment.seed)


def load_message(scenario: Scenario, number: int, state: State) -> Tell:
    """Return the message of load of a number: a log of the size that is wanted, or one of the UVEs once more."""
    every = scenario.load_uve_every
    if every and number % every == every - 1 and state:
        names = list(state)
        return Tell(state[names[number // every % len(names)]])
    return Tell(LoadLog(number=number, padding="x" * scenario.load_bytes), category="load")


def _sessions(moment: Moment) -> Iterator[Action]:
    if moment.tick and begins(moment):
        yield Restart(moment.process.life)
    if not is_connected(moment):
        yield Disconnect()
        return
    yield Connect(lives.collector(moment.scenario, moment.index, moment.tick, moment.seed))


def _load(moment: Moment) -> Iterator[Action]:
    a_tick = moment.scenario.load_per_s * moment.scenario.tick_s
    first, following = int(moment.tick * a_tick), int((moment.tick + 1) * a_tick)
    if following > first:
        yield Load(first, following - first)
