"""How long processes and objects live. A daemon has as many places for objects as the scenario says.

In each place objects follow each other, with a pause between them; each is another object, with another name.
"""

from dataclasses import dataclass

from satark.simulators.generators.draws import number
from satark.simulators.generators.scenario import Scenario

PAUSE = 5
"""A place is empty for a fifth of the time, for at least one tick."""


@dataclass(frozen=True, slots=True)
class Process:
    """Which process of a daemon runs, from 0, and since which tick."""

    life: int
    since: int


@dataclass(frozen=True, slots=True)
class Resident:
    """The object in a place: its number there, and since which tick it is there."""

    place: int
    life: int
    since: int


def process(scenario: Scenario, index: int, tick: int, seed: int) -> Process:
    """Return the process of a daemon at a tick."""
    every = scenario.restart_ticks
    if not every:
        return Process(0, 0)
    shift = number(1, every, seed, "restart", index)
    life = (tick + every - shift) // every
    return Process(life, max(0, shift + (life - 1) * every))


def is_cut_off(scenario: Scenario, index: int, tick: int, seed: int) -> bool:
    """Return whether a daemon has no session during a tick; never in the first, nor twice running."""
    every = scenario.flap_ticks
    if every < 2:  # noqa: PLR2004 - it needs a tick to come back
        return False
    return tick > 0 and (tick + number(0, every - 1, seed, "flap", index)) % every == 0


def collector(scenario: Scenario, index: int, tick: int, seed: int) -> int:
    """Return the number of the collector that a daemon should be at; to be taken modulo their count."""
    every = scenario.move_ticks
    moves = (tick + number(0, every - 1, seed, "move", index)) // every if every else 0
    return index + moves


def residents(scenario: Scenario, index: int, tick: int, seed: int) -> list[Resident]:
    """Return the objects of a daemon at a tick, by place."""
    found = (_resident(scenario, index, place, tick, seed) for place in range(scenario.objects))
    return [each for each in found if each is not None]


def _resident(scenario: Scenario, index: int, place: int, tick: int, seed: int) -> Resident | None:
    if scenario.life_ticks is None:
        return Resident(place, 0, 0)
    turn = number(*scenario.life_ticks, seed, "turn", index, place)
    life, age = divmod(tick + number(0, turn - 1, seed, "shift", index, place), turn)
    if age >= turn - max(1, turn // PAUSE):
        return None
    return Resident(place, life, max(0, tick - age))
