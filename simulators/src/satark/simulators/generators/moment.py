"""One daemon at one tick: what all that it knows and says is asked of."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from satark.simulators.generators import lives
from satark.simulators.generators.draws import busy_seconds, busyness, draw, number
from satark.simulators.generators.kinds import Kind, host
from satark.simulators.generators.lives import Process, Resident
from satark.simulators.generators.scenario import Fault, Scenario

NOISE = 0.1


@dataclass(frozen=True)
class Moment:
    """A daemon, of a kind and an index, at a tick of a scenario; `seed` decides everything that is left to chance."""

    scenario: Scenario
    kind: Kind
    index: int
    tick: int
    seed: int

    @property
    def host(self) -> str:
        """Return the name of the daemon's host."""
        return host(self.kind, self.index)

    @property
    def time_us(self) -> int:
        """Return the virtual time in microseconds since 1970 UTC."""
        return round(self.scenario.clock_s(self.tick) * 1_000_000)

    @cached_property
    def process(self) -> Process:
        """Return the process that runs."""
        return lives.process(self.scenario, self.index, self.tick, self.seed)

    @cached_property
    def residents(self) -> list[Resident]:
        """Return the objects that are there."""
        return lives.residents(self.scenario, self.index, self.tick, self.seed)

    @cached_property
    def faults(self) -> frozenset[Fault]:
        """Return what is wrong with the daemon."""
        return self.scenario.faults_of(self.index, self.tick)

    @property
    def before(self) -> Self:
        """Return the same daemon a tick earlier."""
        return replace(self, tick=self.tick - 1)

    def draw(self, *what: object) -> float:
        """Return a number of [0, 1) that is this daemon's own."""
        return draw(self.seed, self.index, *what)

    def number(self, low: int, high: int, *what: object) -> int:
        """Return an integer that is this daemon's own."""
        return number(low, high, self.seed, self.index, *what)

    def gauge(self, mean: float, *what: object) -> float:
        """Return a measurement that follows the day, with some noise; three decimals."""
        noise = 1 + NOISE * (2 * self.draw("noise", self.tick, *what) - 1)
        return round(mean * busyness(self.scenario.clock_s(self.tick)) * noise, 3)

    def counter(self, a_second: float, since: int = 0) -> int:
        """Return what a counter of a process has reached that grew by so much since a tick, following the day."""
        start = max(since, self.process.since)
        return int(a_second * busy_seconds(self.scenario.clock_s(start), self.scenario.clock_s(self.tick)))

    def faulty_s(self, fault: Fault) -> float:
        """Return the virtual seconds that a fault has lasted in the life of the process."""
        now_s, begin_s = self.scenario.time_s(self.tick), self.scenario.time_s(self.process.since)
        mine = (each for each in self.scenario.anomalies if each.index == self.index and each.fault is fault)
        return sum(max(0.0, min(now_s, a.start_s + a.duration_s) - max(begin_s, a.start_s)) for a in mine)
