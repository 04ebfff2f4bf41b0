"""What an estate of daemons goes through, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from satark.simulators.generators.kinds import MIX, Kind

START_S = 1_767_254_400.0
"""2026-01-01, 8 o'clock UTC."""


class Fault(Enum):
    """What an anomaly does: a vrouter's processor is busy or drops packets, a control node's first peer goes down."""

    CPU = "cpu"
    DROPS = "drops"
    PEER = "peer"

    @property
    def kind(self) -> Kind:
        """Return the kind of daemon that it happens to."""
        return Kind.CONTROL if self is Fault.PEER else Kind.VROUTER


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A fault of the daemon of an index, from a virtual second of the run on and for some."""

    fault: Fault
    index: int
    start_s: float
    duration_s: float

    def is_on(self, time_s: float) -> bool:
        """Return whether it is there so many virtual seconds after the start."""
        return self.start_s <= time_s < self.start_s + self.duration_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """All that decides what `generators` daemons with `objects` objects each do; times are virtual.

    A tick is the interval at which state changes, as long as `tick_s`. `start_s`: when tick 0 is, since 1970 UTC.
    `life_ticks`: objects live at least and at most so long and are then followed by others; None: for ever.
    `disagreement`: the share of daemons that still see a network's previous policy. `policy_ticks`: a network's
    policy lasts so long. `restart_ticks`, `flap_ticks`, `move_ticks`: a daemon's process restarts, its session is
    lost for a tick, it moves to the next collector, every so many ticks; 0 for never. `load_per_s` messages of
    `load_bytes` bytes of text are sent beside, every `load_uve_every`-th a repeated UVE instead; 0 for none.
    """

    name: str
    generators: int = 10
    objects: int = 5
    mix: tuple[Kind, ...] = MIX
    tick_s: float = 10.0
    start_s: float = START_S
    life_ticks: tuple[int, int] | None = None
    policy_ticks: int = 60
    disagreement: float = 0.0
    restart_ticks: int = 0
    flap_ticks: int = 0
    move_ticks: int = 0
    load_per_s: float = 0.0
    load_bytes: int = 200
    load_uve_every: int = 0
    anomalies: tuple[Anomaly, ...] = ()

    def kind_of(self, index: int) -> Kind:
        """Return which kind the daemon of an index is."""
        return self.mix[index % len(self.mix)]

    def time_s(self, tick: int) -> float:
        """Return the virtual seconds from the start to a tick."""
        return tick * self.tick_s

    def clock_s(self, tick: int) -> float:
        """Return the virtual time of a tick in seconds since 1970 UTC."""
        return self.start_s + self.time_s(tick)

    def anomalies_at(self, tick: int) -> list[Anomaly]:
        """Return what is wrong at a tick, of daemons that there are and that it can happen to."""
        time_s, count = self.time_s(tick), self.generators
        possible = (a for a in self.anomalies if a.index < count and self.kind_of(a.index) is a.fault.kind)
        return [each for each in possible if each.is_on(time_s)]

    def faults_of(self, index: int, tick: int) -> frozenset[Fault]:
        """Return what is wrong with a daemon at a tick."""
        return frozenset(each.fault for each in self.anomalies_at(tick) if each.index == index)

    @property
    def networks(self) -> int:
        """Return how many virtual networks there are; few, so that many daemons tell of the same one."""
        return max(2, self.objects)


DEMO_ANOMALIES = (
    Anomaly(Fault.CPU, 4, 600, 300),
    Anomaly(Fault.PEER, 1, 900, 300),
    Anomaly(Fault.DROPS, 5, 1200, 300),
)

SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        each.name: each
        for each in (
            Scenario(name="steady"),
            Scenario(name="churn", life_ticks=(6, 30), disagreement=0.2, policy_ticks=12),
            Scenario(name="restarts", life_ticks=(12, 60), restart_ticks=20),
            Scenario(name="flapping", life_ticks=(12, 60), flap_ticks=6),
            Scenario(name="moving", life_ticks=(12, 60), move_ticks=8),
            Scenario(name="load", load_per_s=100.0, load_uve_every=4),
            Scenario(
                name="demo",
                life_ticks=(60, 360),
                disagreement=0.1,
                restart_ticks=720,
                move_ticks=540,
                anomalies=DEMO_ANOMALIES,
            ),
            Scenario(
                name="storm",
                life_ticks=(4, 12),
                disagreement=0.3,
                policy_ticks=6,
                restart_ticks=15,
                flap_ticks=9,
                move_ticks=12,
            ),
        )
    }
)
"""The scenarios that have names; sizes, load and anomalies are replaced as wanted."""
