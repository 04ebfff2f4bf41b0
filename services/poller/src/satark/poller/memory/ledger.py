"""What was published: so that no sample's id is ever published twice, not even after a crash.

A sample's id is made of entity, start and interval, so knowing the buckets of each entity is knowing the ids. They are
kept as bits of an integer: a day of five-minute buckets of 10,000 links is half a megabyte, not millions of strings.
For every bucket the lowest offset of each partition is kept too: a checkpoint with these offsets lets a restart learn
the same again by reading the samples' topic from there.
"""

from datetime import datetime, timedelta

from satark.poller.schedule import EPOCH

MAX_BUCKETS = 20_000
"""Later ones are not remembered: a wrong time must not become a number of millions of bits."""


class Ledger:
    """The buckets of each entity that are published, complete since `since`."""

    def __init__(self, *, since: datetime, sample_s: int, offsets: dict[int, int] | None = None) -> None:
        self._step = timedelta(seconds=sample_s)
        self._base = self._index(since)
        self._seen: dict[str, int] = {}
        self._lowest: dict[int, dict[int, int]] = {}
        self._next: dict[int, int] = dict(offsets or {})

    @property
    def since(self) -> datetime:
        """The time from which the ledger is complete."""
        return EPOCH + self._base * self._step

    def __len__(self) -> int:
        """Return the number of entities with a published bucket."""
        return len(self._seen)

    def holds(self, entity: str, time: datetime) -> bool:
        """Return whether the entity's bucket that starts at `time` was published."""
        bit = self._index(time) - self._base
        return 0 <= bit < MAX_BUCKETS and bool(self._seen.get(entity, 0) >> bit & 1)

    def add(self, entity: str, time: datetime, partition: int, offset: int) -> None:
        """Remember a published bucket and where it was written."""
        self.passed(partition, offset)
        bit = self._index(time) - self._base
        if not 0 <= bit < MAX_BUCKETS:
            return
        self._seen[entity] = self._seen.get(entity, 0) | 1 << bit
        lowest = self._lowest.setdefault(self._base + bit, {})
        lowest[partition] = min(offset, lowest.get(partition, offset))

    def resume(self, offsets: dict[int, int]) -> None:
        """Begin where partitions end: nothing before is ours."""
        self._next |= offsets

    def passed(self, partition: int, offset: int) -> None:
        """Remember that a partition goes on behind this offset."""
        self._next[partition] = max(offset + 1, self._next.get(partition, 0))

    def forget(self, before: datetime) -> None:
        """Drop everything that starts before the given time."""
        drop = self._index(before) - self._base
        if drop <= 0:
            return
        self._base += drop
        self._seen = {entity: rest for entity, bits in self._seen.items() if (rest := bits >> drop)}
        self._lowest = {index: lowest for index, lowest in self._lowest.items() if index >= self._base}

    def offsets(self, since: datetime) -> dict[int, int]:
        """Return by partition the first offset from which a reader learns all that starts at `since` or later."""
        first = dict(self._next)
        oldest = self._index(since)
        for index, lowest in self._lowest.items():
            if index >= oldest:
                for partition, offset in lowest.items():
                    first[partition] = min(offset, first[partition])
        return first

    def _index(self, time: datetime) -> int:
        return (time - EPOCH) // self._step
