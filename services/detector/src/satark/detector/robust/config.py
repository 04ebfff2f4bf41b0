"""The one frozen configuration: what is known of each kind of metric, and the constants of the method.

Values of a kind are in its own unit (ms, ms, %); *stabilised* values are ms for latency and square roots for jitter and
loss, whose noise grows with their level. Only `limit`, `material` and `floor` say what matters to a network; all else is
statistics and is the same for every kind.
"""

from dataclasses import dataclass
from enum import IntEnum


class Kind(IntEnum):
    """What a series measures."""

    LATENCY = 0
    JITTER = 1
    LOSS = 2
    GENERIC = 3


@dataclass(frozen=True, slots=True)
class KindConfig:
    """What is known of a kind beforehand.

    material: the least rise worth a page, in the kind's unit.
    floor: the least spread, stabilised, so that whole-millisecond and all-zero series have one.
    limit: what is wrong whatever was usual, in the kind's unit; used while there is no baseline.
    rooted: whether values are stabilised by a square root.
    """

    material: float
    floor: float
    limit: float
    rooted: bool = False


KINDS = {
    Kind.LATENCY: KindConfig(material=8.0, floor=1.0, limit=400.0),
    Kind.JITTER: KindConfig(material=6.0, floor=0.3, limit=100.0, rooted=True),
    Kind.LOSS: KindConfig(material=0.5, floor=0.15, limit=5.0, rooted=True),
    Kind.GENERIC: KindConfig(material=0.0, floor=1e-9, limit=float("inf")),
}


@dataclass(frozen=True, slots=True)
class ShiftRule:
    """When a run of deviations is a change of level.

    A run is of samples on one side, each further than max(distance x spread, floor) from the level, with at most `misses`
    others between; it is a change when it has `confirm` of them. Level and spread follow with the given memories (samples).
    """

    confirm: int
    misses: int
    distance: float = 4.0
    level_memory: float = 30.0
    spread_memory: float = 60.0
    ready: int = 5


@dataclass(frozen=True, slots=True, eq=False)
class Config:
    """The constants of the method; times in seconds, the rest in samples or without unit.

    Equal only to itself: much is cached by it, and to hash all numbers at each step costs more than a small step itself.
    """

    warmup: int = 36
    young: int = 144
    limit_samples: int = 3
    slot_s: int = 1800
    day_s: int = 86_400
    gap_s: int = 900
    level_memory: float = 576.0
    slot_memory_days: float = 8.0
    spread_memory_days: float = 4.0
    shrink: float = 3.0
    clip_level: float = 3.0
    clip_spread: float = 6.0
    volatility_memory: float = 18.0
    averages: tuple[float, ...] = (1.0, 3.0, 6.0, 15.0)
    reference: ShiftRule = ShiftRule(confirm=8, misses=2)
    change: ShiftRule = ShiftRule(confirm=8, misses=2)
    page: ShiftRule = ShiftRule(confirm=4, misses=1)
    page_gate: float = 6.0
    repeat_s: int = 3600
    steady: int = 20
    present: float = 0.7
    suspicion: float = 3.0
    frozen: int = 288
    frozen_rate: float = 0.05
    absorb: int = 288
    release: float = 2.0
    close_samples: int = 3


DEFAULT = Config()
