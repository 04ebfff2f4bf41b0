"""Whose turn it is: the heads of the queues by when they are due, and those that were never tried by where they go. Pure.

Nothing here looks at all that waits: there may be 50,000 notices that are kept back, and a mail server that puts off
10,000. A head is planned anew whenever something of it changes; what was planned before is skipped when it comes up.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from heapq import heapify, heappop, heappush

from satark.notifier.outbox.notices import Entry
from satark.notifier.outbox.pauses import Pauses
from satark.notifier.outbox.subjects import shared
from satark.notifier.routing.model import Key

SLACK = 1_000
"""Plans of a heap that may be out of date before it is made anew."""

Shared = tuple[tuple[str, str], ...]
Place = tuple[Key, str, Shared | None]
"""Where a notice goes: the target, and if its route has `group_by` the route and what is shared."""


def place_of(entry: Entry) -> Place:
    """Return with what else a notice may go."""
    key, policy = entry.notice.target.key, entry.notice.policy
    if policy.group_by is None:
        return key, "", None
    return key, policy.route, shared(entry.latest, policy.group_by)


class Heap:
    """Entries by when they are due; one counts if it was not planned anew since."""

    def __init__(self) -> None:
        self._plans: list[tuple[datetime, int, Entry]] = []
        self._limit = SLACK

    def __len__(self) -> int:
        return len(self._plans)

    def push(self, entry: Entry) -> None:
        """Take in an entry as it is planned by now."""
        heappush(self._plans, (entry.due, entry.turn, entry))
        if len(self._plans) > self._limit:
            self._plans = [plan for plan in self._plans if plan[2].turn == plan[1]]
            heapify(self._plans)
            self._limit = 2 * len(self._plans) + SLACK

    def first(self) -> Entry | None:
        """Return what is due first."""
        while self._plans:
            _, turn, entry = self._plans[0]
            if entry.turn == turn:
                return entry
            heappop(self._plans)
        return None

    def pop(self) -> Entry:
        """Take out what `first` returned."""
        return heappop(self._plans)[2]


class Turns:
    """The plan of all heads that are not in flight."""

    def __init__(self) -> None:
        self._turn = 0
        self._due: dict[str, Heap] = {}
        self._asleep = Heap()
        self._fresh: dict[Place, dict[str, Entry]] = {}
        self._places: dict[str, Place] = {}

    def plan(self, entry: Entry) -> None:
        """Let a head have its turn when it is due."""
        self._turn += 1
        entry.turn = self._turn
        self._due.setdefault(entry.notice.target.endpoint, Heap()).push(entry)
        if entry.attempts:
            self._unlist(entry)
        elif entry.stale or entry.is_held:
            self._unlist(entry)
            self._asleep.push(entry)
        else:
            self._list(entry)

    def cancel(self, entry: Entry) -> None:
        """Let an entry have no turn: it is in flight, or over."""
        entry.turn = 0
        self._unlist(entry)

    def wake(self, now: datetime) -> None:
        """Let what is kept back, or was old when it came, go with others from now on where it is due."""
        while (entry := self._asleep.first()) is not None and entry.due <= now:
            self._asleep.pop()
            self._list(entry)

    def taken(self, now: datetime, busy: Collection[str], pauses: Pauses) -> Iterator[Entry]:
        """Yield what is due, in order of time. It is out of the plan: plan it anew, unless it goes."""
        while heaps := [
            (entry.due, entry.turn, heap)
            for endpoint, entry, heap in self._first(busy)
            if pauses.after(endpoint, entry.due) <= now
        ]:
            _, _, heap = min(heaps, key=lambda each: each[:2])
            yield heap.pop()

    def next_due(self, busy: Collection[str], pauses: Pauses) -> datetime | None:
        """Return when the next turn is, None if there is none."""
        return min((pauses.after(endpoint, entry.due) for endpoint, entry, _ in self._first(busy)), default=None)

    def beside(self, entry: Entry) -> Collection[Entry]:
        """Return what may go with an entry that was never tried, with itself."""
        return self._fresh[place_of(entry)].values()

    def _first(self, busy: Collection[str]) -> Iterator[tuple[str, Entry, Heap]]:
        for endpoint, heap in self._due.items():
            if endpoint not in busy and (entry := heap.first()) is not None:
                yield endpoint, entry, heap

    def _list(self, entry: Entry) -> None:
        name, place = entry.notice.id, place_of(entry)
        if self._places.get(name) != place:
            self._unlist(entry)
            self._places[name] = place
            self._fresh.setdefault(place, {})[name] = entry

    def _unlist(self, entry: Entry) -> None:
        place = self._places.pop(entry.notice.id, None)
        if place is not None:
            del self._fresh[place][entry.notice.id]
            if not self._fresh[place]:
                del self._fresh[place]
