"""Two versions' incidents side by side: which are the same, changed, gained and lost. Pure.

One version's incidents of one link never overlap each other, and groups of one cause hardly do, so a walk along both finds
all pairs that do. The pair with
the longest overlap belongs together; what has no partner left is gained or lost.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter

from satark.detector.explain.words import duration
from satark.detector.replay.backtest.episodes import Episode


class Change(StrEnum):
    """What became of an incident."""

    SAME = "same"
    CHANGED = "changed"
    GAINED = "gained"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Difference:
    """An incident in the running version and in the new one; None where that has none."""

    running: Episode | None
    new: Episode | None

    @property
    def either(self) -> Episode:
        """The running version's, or else the new one's. Raises ValueError where there is neither."""
        found = self.running or self.new
        if found is None:
            raise ValueError("a difference of nothing")
        return found

    @property
    def change(self) -> Change:
        """What became of it."""
        if self.running is None:
            return Change.GAINED
        if self.new is None:
            return Change.LOST
        return Change.CHANGED if self.notes() else Change.SAME

    def notes(self) -> list[str]:
        """Return what is different about an incident that both have, in words."""
        if self.running is None or self.new is None:
            return []
        notes = [f"told {note}" for note in _shift(self.running.told, self.new.told)]
        if self.running.severity is not self.new.severity:
            notes.append(f"{self.new.severity.value}, was {self.running.severity.value}")
        if self.running.members != self.new.members:
            notes.append(f"{self.new.members} members, were {self.running.members}")
        if self.running.ended and self.new.ended:
            notes += [f"ended {note}" for note in _shift(self.running.ended, self.new.ended)]
        elif self.running.ended or self.new.ended:
            notes.append("does not end" if self.running.ended else "ends")
        return notes

    @property
    def earlier_s(self) -> float:
        """How many seconds earlier the new version tells; 0 where one of them does not."""
        return (self.running.told - self.new.told).total_seconds() if self.running and self.new else 0.0


def compared(running: Iterable[Episode], new: Iterable[Episode], now: datetime) -> list[Difference]:
    """Return all incidents of two versions in order of their beginning. What is open lasts until `now`."""
    before, after = _by_entity(running), _by_entity(new)
    found = [
        difference
        for entity in sorted(before.keys() | after.keys())
        for difference in _of_entity(before[entity], after[entity], now)
    ]
    return sorted(found, key=lambda difference: (difference.either.began, difference.either.entity))


def _by_entity(episodes: Iterable[Episode]) -> defaultdict[str, list[Episode]]:
    found: defaultdict[str, list[Episode]] = defaultdict(list)
    for episode in sorted(episodes, key=attrgetter("began")):
        found[episode.entity].append(episode)
    return found


def _of_entity(running: Sequence[Episode], new: Sequence[Episode], now: datetime) -> Iterator[Difference]:
    partner_of: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in sorted(_overlaps(running, new, now), reverse=True):
        if i not in partner_of and j not in taken:
            partner_of[i] = j
            taken.add(j)
    for i, episode in enumerate(running):
        yield Difference(episode, new[partner_of[i]] if i in partner_of else None)
    for j, episode in enumerate(new):
        if j not in taken:
            yield Difference(None, episode)


def _overlaps(running: Sequence[Episode], new: Sequence[Episode], now: datetime) -> Iterator[tuple[float, int, int]]:
    """Yield seconds of overlap and both places of every pair that overlaps."""
    i = j = 0
    while i < len(running) and j < len(new):
        ends = running[i].until(now), new[j].until(now)
        shared = (min(ends) - max(running[i].began, new[j].began)).total_seconds()
        if shared >= 0:
            yield shared, i, j
        if ends[0] <= ends[1]:
            i += 1
        else:
            j += 1


def _shift(running: datetime, new: datetime) -> list[str]:
    if running == new:
        return []
    length = duration(abs((new - running).total_seconds()))
    return [f"{length} {'earlier' if new < running else 'later'}"]
