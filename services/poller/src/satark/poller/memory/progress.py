"""Which samples of each edge were asked for and answered, so that nothing is missed and little is asked twice. Pure.

For each edge the samples are bits of an integer, counted from a common beginning: a day of five-minute samples of
10,000 edges is half a megabyte, and edges with the same gap are found by comparing integers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from satark.poller.schedule import EPOCH, Window

EdgeKey = tuple[str, str]
"""Keys of enterprise and edge; an empty edge stands for all of an enterprise whose edges are not known yet."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Samples that some edges lack: their starts, oldest first."""

    edges: tuple[EdgeKey, ...]
    starts: tuple[datetime, ...]


class Progress:
    """What was read. Everything before `since` counts as read."""

    def __init__(self, *, since: datetime, sample_s: int) -> None:
        self._step = timedelta(seconds=sample_s)
        self._base = self._index(since)
        self._read: dict[EdgeKey, int] = {}
        self._newest = self._base

    def __contains__(self, key: EdgeKey) -> bool:
        """Return whether the edge is known."""
        return key in self._read

    def __len__(self) -> int:
        """Return the number of edges."""
        return len(self._read)

    @property
    def high(self) -> datetime:
        """The end of the newest sample that was read."""
        return self._time(self._newest)

    def begin(self, key: EdgeKey, at: datetime, *, like: EdgeKey | None = None) -> None:
        """Know an edge from now on: as read before `at`, or as much as another one."""
        if key not in self._read:
            known = None if like is None else self._read.get(like)
            self._read[key] = _below(self._offset(at)) if known is None else known

    def read(self, keys: Iterable[EdgeKey], window: Window) -> None:
        """Remember that the samples of a window were asked for and answered, values or not."""
        bits = self._bits(window)
        read = self._read
        for key in keys:
            if key in read:
                read[key] |= bits
        self._newest = max(self._newest, self._index(window.end))

    def reopen(self, key: EdgeKey, window: Window) -> None:
        """Ask for the samples of a window again."""
        if key in self._read:
            self._read[key] &= ~self._bits(window)

    def gaps(self, goal: datetime) -> list[Gap]:
        """Return what is not read before the goal; edges with the same gap together."""
        wanted = _below(self._offset(goal))
        groups: dict[int, list[EdgeKey]] = {}
        for key, read in self._read.items():
            if lacking := wanted & ~read:
                groups.setdefault(lacking, []).append(key)
        return [Gap(tuple(edges), tuple(self._starts(lacking))) for lacking, edges in groups.items()]

    def give_up(self, before: datetime) -> Mapping[EdgeKey, int]:
        """Count everything before a time as read; return how many samples of each edge that gave up."""
        old = _below(self._offset(before))
        lost = {key: lacking.bit_count() for key, read in self._read.items() if (lacking := old & ~read)}
        for key in lost:
            self._read[key] |= old
        return lost

    def give_up_edge(self, key: EdgeKey, window: Window) -> int:
        """Count the samples of a window of one edge as read; return how many that gave up."""
        if key not in self._read:
            return 0
        lacking = self._bits(window) & ~self._read[key]
        self._read[key] |= lacking
        return lacking.bit_count()

    def low(self, goal: datetime) -> datetime:
        """Return the time before which everything was read; the goal when nothing is missing."""
        wanted = _below(self._offset(goal))
        lacking = 0
        for read in self._read.values():
            lacking |= wanted & ~read
        return self._time(self._base + _lowest(lacking)) if lacking else goal

    def keep_only(self, keys: Iterable[EdgeKey]) -> None:
        """Forget what left the inventory: it must not hold the others back."""
        wanted = set(keys)
        if wanted != self._read.keys():
            self._read = {key: read for key, read in self._read.items() if key in wanted}

    def forget(self, before: datetime) -> None:
        """Let the bits begin later. What lies before counts as read."""
        drop = self._index(before) - self._base
        if drop > 0:
            self._base += drop
            self._read = {key: read >> drop for key, read in self._read.items()}
            self._newest = max(self._newest, self._base)

    def _bits(self, window: Window) -> int:
        return _below(self._offset(window.end)) & ~_below(self._offset(window.start))

    def _starts(self, bits: int) -> Iterable[datetime]:
        while bits:
            place = _lowest(bits)
            yield self._time(self._base + place)
            bits &= bits - 1

    def _offset(self, time: datetime) -> int:
        return max(0, self._index(time) - self._base)

    def _index(self, time: datetime) -> int:
        return (time - EPOCH) // self._step

    def _time(self, index: int) -> datetime:
        return EPOCH + index * self._step


def _below(count: int) -> int:
    return (1 << count) - 1


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1
