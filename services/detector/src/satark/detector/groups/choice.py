"""Which shared value explains troubled entities best. Pure.

Incidents that opened within a window of each other and share a value may have their cause there. The value that
explains the most of the troubled entities is preferred; where the sizes are known, a value that few of its entities
suffer from explains little. Of equals the most specific wins: a site before a provider before a gateway. What is
explained once needs no second explanation: the rest is looked at without it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from operator import itemgetter

from satark.detector.groups.model import DIMENSIONS, GroupRules, Key

Entry = tuple[float, str]
"""When an incident opened, in epoch seconds, and its id."""

Sizes = Mapping[Key, int]
"""How many entities have a value, troubled or not, as far as that is known."""


_opened = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Choice:
    """Incidents that share a value, oldest first."""

    key: Key
    incidents: tuple[str, ...]


def choices(troubled: Mapping[Key, Sequence[Entry]], rules: GroupRules, sizes: Sizes | None = None) -> Iterator[Choice]:
    """Yield the groups that troubled entities make, the best explanation first; no incident is in two.

    `troubled` holds, by what they share, the open incidents without a group, oldest first.
    """
    taken: set[str] = set()
    heap = [found for key, entries in troubled.items() if (found := _rated(key, entries, taken, rules, sizes or {}))]
    heapify(heap)
    while heap:
        _, key, choice = heappop(heap)
        if taken.isdisjoint(choice.incidents):
            taken.update(choice.incidents)
            yield choice
        # What others took makes an explanation weaker, never stronger: rate it again, and it takes its new place.
        again = _rated(key, troubled[key], taken, rules, sizes or {})
        if again is not None:
            heappush(heap, again)


def is_ripe(entries: Sequence[Entry], opened: float, rules: GroupRules) -> bool:
    """Return whether an incident that opened then makes enough with others of the same value. Entries are in order."""
    first = bisect_left(entries, opened - rules.window_s, key=_opened)
    last = bisect_right(entries, opened + rules.window_s, key=_opened)
    return len(_densest(entries[first:last], rules.window_s)) >= rules.least_members


_Rated = tuple[tuple[float, int, str], Key, Choice]


def _rated(key: Key, entries: Sequence[Entry], taken: Container[str], rules: GroupRules, sizes: Sizes) -> _Rated | None:
    """Return the rating of what a value explains, the best one least; None when that is not enough for a group."""
    found = _densest([entry for entry in entries if entry[1] not in taken], rules.window_s)
    share = min(1.0, len(found) / sizes[key]) if sizes.get(key) else 1.0
    if len(found) < rules.least_members or share < rules.least_share:
        return None
    rating = (-len(found) * share, DIMENSIONS.index(key[0]), key[1])
    return rating, key, Choice(key, tuple(incident for _, incident in found))


def _densest(entries: Sequence[Entry], window_s: float) -> Sequence[Entry]:
    """Return the most entries that lie within a window, the oldest of equals."""
    begin = end = first = 0
    for last, (opened, _) in enumerate(entries):
        while opened - entries[first][0] > window_s:
            first += 1
        if last + 1 - first > end - begin:
            begin, end = first, last + 1
    return entries[begin:end]
