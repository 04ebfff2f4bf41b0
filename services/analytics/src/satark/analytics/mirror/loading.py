"""How far the reading of the past has come, by the places of records. Pure."""

from collections.abc import Iterable, Mapping

from satark.runtime.records import Record

Place = tuple[str, int]
"""A topic and one of its partitions."""


class Loading:
    """Counts offsets up to the ends that partitions had at the start; compaction leaves gaps, which count as read."""

    def __init__(self, ends: Mapping[Place, int]) -> None:
        self._ends = {place: end for place, end in ends.items() if end}
        self._places = dict.fromkeys(self._ends, 0)
        self._total = sum(self._ends.values())
        self._done = 0

    def take(self, records: Iterable[Record]) -> None:
        """Count records that were read, in the order of each partition."""
        for record in records:
            place = record.topic, record.partition
            end = self._ends.get(place)
            if end is not None:
                now = min(record.offset + 1, end)
                self._done += max(0, now - self._places[place])
                self._places[place] = max(now, self._places[place])

    @property
    def words(self) -> str:
        """How far it has come, for a person."""
        if not self._total:
            return "reading the objects"
        return f"reading the objects, {100 * self._done // self._total} %"
