"""Samples that some links still owe: late data is asked for again, at its own time, until it is too late. Pure."""

from collections.abc import Iterable
from datetime import datetime

from satark.poller.schedule import Rules, Window


class Awaited:
    """The entities that owe a sample, by the sample's start; the sample that was asked for least lately is next.

    One that will be too late the next time goes before: with something new owed at every look, each is still asked for.
    """

    def __init__(self) -> None:
        self._owed: dict[datetime, set[str]] = {}
        self._asked: dict[datetime, tuple[int, datetime]] = {}
        self._turn = 0

    def __len__(self) -> int:
        """Return how many samples of links are owed."""
        return sum(len(entities) for entities in self._owed.values())

    def owe(self, start: datetime, entities: Iterable[str]) -> None:
        """Remember that entities had no value in the sample of that start."""
        owing = set(entities)
        if owing:
            self._owed.setdefault(start, set()).update(owing)
            if start not in self._asked:
                self._ask(start, start)

    def came(self, start: datetime, entity: str) -> None:
        """Remember that a value came after all."""
        owing = self._owed.get(start)
        if owing is not None:
            owing.discard(entity)
            if not owing:
                del self._owed[start]

    def next(self, goal: datetime, rules: Rules) -> Window | None:
        """Return the window to ask for again now, if any; the newest sample was only just asked for.

        What is older than `rules.late` is given up: its link is silent, not late.
        """
        oldest = goal - rules.step - rules.late
        self._owed = {start: owing for start, owing in self._owed.items() if start >= oldest}
        self._asked = {start: turn for start, turn in self._asked.items() if start in self._owed}
        open_ = [start for start in self._owed if start < goal - rules.step]
        if not open_:
            return None
        last_chance = oldest in open_ and self._asked[oldest][1] < goal
        start = oldest if last_chance else min(open_, key=self._asked.__getitem__)
        self._ask(start, goal)
        return Window(start, start + rules.step)

    def _ask(self, start: datetime, goal: datetime) -> None:
        self._turn += 1
        self._asked[start] = (self._turn, goal)
