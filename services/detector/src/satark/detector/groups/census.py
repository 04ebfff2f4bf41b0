"""How many entities share a value, those that are well included. Pure.

What is normal is told of every entity that is watched, each half-hour, with its labels (`satark.baselines.v1`): whoever has
heard a partition of that topic for a little longer knows all entities of the partition. Their counts go to the process
that has the scope, where those of all partitions add up. They are for people to read; no decision rests on them.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from satark.detector.groups.model import Key, keys_of
from satark.detector.groups.notices import Counted, Size, scope_of
from satark.schemas.baselines import SLOT, EntityBaseline

SETTLED = SLOT + timedelta(minutes=10)
"""A partition that has been heard for so long is known."""
GONE = 3 * SLOT
"""An entity of which nothing was told for so long is not counted any more."""
AGAIN = SLOT
COUNTS = 4 * SLOT
"""A count that is not told again holds for so long."""
MOST = 100_000
"""Entities of a partition that are remembered; one with more is not counted."""
MOST_KEYS = 2_000
"""Values that are told of a partition's scope; the largest, if there are more."""


@dataclass(slots=True)
class _Heard:
    """A partition: since when it is heard, its entities (scope, what they share, when told last), and what was told."""

    since: datetime
    entities: dict[str, tuple[str, tuple[Key, ...], datetime]] = field(default_factory=dict)
    told: dict[str, tuple[datetime, Counter[Key]]] = field(default_factory=dict)
    is_full: bool = False


class Census:
    """Counts the entities of the partitions that this process reads."""

    def __init__(self) -> None:
        self._partitions: dict[int, _Heard] = {}

    def see(self, partition: int, baseline: EntityBaseline, at: datetime) -> None:
        """Take in that an entity was told of."""
        heard = self._partitions.setdefault(partition, _Heard(at))
        scope, keys = scope_of(baseline.labels), keys_of(baseline.labels)
        if scope is None or not keys:
            return
        if baseline.entity not in heard.entities and len(heard.entities) >= MOST:
            heard.is_full = True
        else:
            heard.entities[baseline.entity] = scope, keys, at

    def due(self, now: datetime) -> Iterator[Counted]:
        """Yield the counts that have changed, and those that were told long ago."""
        for number, heard in self._partitions.items():
            if heard.is_full or now - heard.since < SETTLED:
                continue
            for scope, counts in _counted(heard, now).items():
                at, known = heard.told.get(scope, (now, Counter()))
                if counts != known or now - at >= AGAIN:
                    heard.told[scope] = now, counts
                    sizes = tuple(Size(*key, count) for key, count in counts.most_common(MOST_KEYS))
                    yield Counted(scope=scope, source=number, until=now + COUNTS, sizes=sizes)

    def clear(self) -> None:
        """Forget all: partitions are shared out anew."""
        self._partitions.clear()


def _counted(heard: _Heard, now: datetime) -> dict[str, Counter[Key]]:
    """Return the counts by scope, and forget entities that are gone."""
    heard.entities = {name: one for name, one in heard.entities.items() if now - one[2] < GONE}
    found: dict[str, Counter[Key]] = {scope: Counter() for scope in heard.told}
    for scope, keys, _ in heard.entities.values():
        found.setdefault(scope, Counter()).update(keys)
    return found


class Totals:
    """What was told of one scope's entities, partition by partition."""

    def __init__(self) -> None:
        self._by_source: dict[int, tuple[datetime, dict[Key, int]]] = {}

    def take(self, counted: Counted, now: datetime) -> None:
        """Take in a partition's counts, in place of its earlier ones."""
        self._by_source = {source: one for source, one in self._by_source.items() if one[0] > now}
        self._by_source[counted.source] = (
            counted.until,
            {(one.dimension, one.value): one.count for one in counted.sizes},
        )

    def of(self, key: Key, now: datetime) -> int:
        """Return how many entities share a value, 0 if nobody has told."""
        return sum(counts.get(key, 0) for until, counts in self._by_source.values() if until > now)
