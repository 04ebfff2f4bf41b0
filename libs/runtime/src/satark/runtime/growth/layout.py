"""How many partitions the detectors go by, and what the next step towards more of them is. Pure.

Topics come to their new number in this order: what services write (`WRITTEN`), the detectors' state (`STATE`), and `LAST`,
which says that the state is where it belongs. Whatever has more than the fewest of them waits unread.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from satark.schemas.topics import ACCEPTANCES, ALARM_COMMANDS, DETECTOR_CHANGELOG, METRICS, TOPICS, UVE_CHANGELOG, UVES

STATE = (DETECTOR_CHANGELOG, UVE_CHANGELOG)
"""The first of them says that the state is being moved, until `LAST` has as many."""

LAST = ACCEPTANCES
"""People's commands write it, each with a producer of its own, so nobody writes by an old number."""

GROWING = tuple(topic.name for topic in TOPICS if topic.grows)
WRITTEN = tuple(name for name in GROWING if name not in {*STATE, LAST})
IN_ORDER = (METRICS, UVES, ALARM_COMMANDS)
"""What detectors judge in the order of each key: all of the old partitions comes before the new ones."""

Counts = Mapping[str, int]
"""Numbers of partitions by topic."""

Position = tuple[str, int]


class GrowthError(Exception):
    """It cannot be done, or not now; the message says why and what to do."""


class Step(Enum):
    """What is to be done next."""

    ADD = auto()
    NOTE = auto()
    MOVE = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class Standing:
    """How it is: partitions by topic, offsets noted and offsets read by partition, and how many detectors there are.

    `ends` has the next offsets of `LAST`. What was removed before it was read counts as read.
    """

    counts: Counts
    cut: Mapping[Position, int] = field(default_factory=dict)
    read: Mapping[Position, int] = field(default_factory=dict)
    ends: Mapping[Position, int] = field(default_factory=dict)
    members: int = 0


def judged(counts: Counts) -> int:
    """Return how many partitions of each growing topic are read: as many as all of them have that are seen."""
    return min(counts[name] for name in GROWING if name in counts)


def is_moving(counts: Counts) -> bool:
    """Return whether the state is on its way to its new places, so that nobody may begin with it."""
    return counts[LAST] < counts[STATE[0]] <= counts[METRICS]


def differing(counts: Counts) -> list[str]:
    """Return the growing topics that have more partitions than are read."""
    return [name for name in GROWING if counts.get(name, 0) > judged(counts)]


def check(counts: Counts, wanted: int) -> None:
    """Raise GrowthError where these topics cannot come to have so many partitions."""
    missing = [name for name in GROWING if name not in counts]
    if missing:
        raise GrowthError(f"missing: {', '.join(missing)}; run satark topics apply first")
    have = judged(counts)
    if wanted % have:
        raise GrowthError(
            f"{wanted} partitions are wanted and there are {have}: it must be a multiple, or keys move between"
            " partitions that are read"
        )
    others = {counts[name] for name in GROWING} - {have, wanted}
    if others:
        raise GrowthError(
            f"some topics have {max(others)} partitions already: finish that first (SATARK_KAFKA_PARTITIONS={max(others)})"
        )


def next_step(standing: Standing, wanted: int) -> Step:
    """Return what is to be done. Raises GrowthError where something must happen before."""
    counts = standing.counts
    check(counts, wanted)
    have = judged(counts)
    if any(counts[name] < wanted for name in WRITTEN):
        return Step.ADD
    if have == wanted:
        return Step.NOTHING
    if is_moving(counts):
        _nobody(standing)
        return Step.MOVE
    if not is_noted(standing.cut, have):
        return Step.NOTE
    left = sum(max(0, end - standing.read.get(place, 0)) for place, end in standing.cut.items())
    left += sum(max(0, end - standing.read.get(place, 0)) for place, end in standing.ends.items())
    if left:
        todo = "let them go on" if standing.members else "start the detectors again"
        raise GrowthError(f"{left} records of before are not judged yet: {todo}, and repeat this in a moment")
    _nobody(standing)
    return Step.MOVE


def is_noted(cut: Mapping[Position, int], have: int) -> bool:
    """Return whether the end of every old partition is noted. What was noted for fewer of them was another time."""
    return {(name, number) for name in IN_ORDER for number in range(have)} == set(cut)


def to_add(counts: Counts, names: Sequence[str], wanted: int) -> dict[str, int]:
    """Return which of these topics are to get how many partitions."""
    return {name: wanted for name in names if counts[name] < wanted}


def _nobody(standing: Standing) -> None:
    if standing.members:
        raise GrowthError(
            f"all is judged; {standing.members} detectors run: stop them all, and repeat this (who was just stopped may count for some seconds)"
        )
