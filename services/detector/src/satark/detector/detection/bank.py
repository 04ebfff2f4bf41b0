"""The bank: the vectorised method's memory of all links of a process, one column a link, and the recent samples of each.

Columns are given out on demand and taken back, so that links come and go with their partitions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from satark.detector.robust import (
    DEFAULT,
    WAN_LINK,
    Evidence,
    Normals,
    Verdicts,
    accept,
    close,
    decode,
    empty,
    encode,
    explain,
    learn_late,
    normals,
    step,
)
from satark.detector.robust.arrays import Flags, Floats, Whole
from satark.schemas import metrics

ROWS = (
    metrics.LATENCY_MS_RX,
    metrics.LATENCY_MS_TX,
    metrics.JITTER_MS_RX,
    metrics.JITTER_MS_TX,
    metrics.LOSS_PCT_RX,
    metrics.LOSS_PCT_TX,
)
"""The metrics of a link, in the order of the layout's rows."""

RECENT = 26
"""How many samples of a link are kept for its evidence: two hours of five minutes each, and the one before."""

FIRST_CAPACITY = 64


@dataclass(frozen=True, slots=True)
class Batch:
    """One sample each of different links: columns, epoch seconds, values and impact floors [rows, links], maintenance."""

    columns: Whole
    times: Whole
    values: Floats
    material: Floats
    maintenance: Flags


@dataclass(frozen=True, slots=True)
class Recent:
    """The youngest samples of a link, oldest first: epoch seconds, and values [samples, rows], not a number if missing."""

    times: Whole
    values: Floats


class Bank:
    """Memory of many links. Not shared between threads."""

    def __init__(self) -> None:
        self._state = empty(WAN_LINK, FIRST_CAPACITY)
        # Rings: what lies at `_next` is the oldest. Samples of a link come in order of time.
        self._times = np.zeros((FIRST_CAPACITY, RECENT), np.int64)
        self._values = np.full((FIRST_CAPACITY, RECENT, len(ROWS)), np.nan, np.float32)
        self._next = np.zeros(FIRST_CAPACITY, np.int64)
        self._seen = np.zeros(FIRST_CAPACITY, np.int64)
        self._free = list(range(FIRST_CAPACITY - 1, -1, -1))

    def add(self, stored: Sequence[bytes | None]) -> list[int]:
        """Return columns for links, given the stored bytes of each (None: never seen).

        Raises UnreadableRobustStateError if any of them is no state of this version.
        """
        if not stored:
            return []
        parts = [raw if raw is not None else _never() for raw in stored]
        state = decode([part[_RING_BYTES:] for part in parts], WAN_LINK)
        while len(self._free) < len(parts):
            self._grow()
        columns = [self._free.pop() for _ in parts]
        places = np.array(columns, np.int64)
        self._state.put(places, state)
        self._seen[places], self._times[places], self._values[places] = _unpacked(parts)
        self._next[places] = 0
        return columns

    def remove(self, columns: Sequence[int]) -> None:
        """Take columns back."""
        self._free.extend(columns)

    def copy(self, column: int) -> int:
        """Return a new column, for a state that goes its own way from now on."""
        return self.add(self.dump([column]))[0]

    def step(self, batch: Batch) -> Verdicts:
        """Judge one sample of each link of a batch and remember it."""
        there = np.isfinite(batch.values)
        part, verdicts = step(
            self._state.take(batch.columns),
            batch.times,
            batch.values,
            there,
            WAN_LINK,
            maintenance=batch.maintenance,
            material=batch.material,
        )
        self._state.put(batch.columns, part)
        self._remember(batch)
        return verdicts

    def learn_late(self, batch: Batch) -> None:
        """Learn late samples in their place, and remember them: those of a time that is kept, and that are no doubles."""
        chosen = [
            place for place in range(len(batch.columns)) if self._has_room(batch.columns[place], batch.times[place])
        ]
        if not chosen:
            return
        columns, times, values = batch.columns[chosen], batch.times[chosen], batch.values[:, chosen]
        three = np.concatenate([self._before(columns, times), values[None]])
        part = self._state.take(columns)
        self._state.put(columns, learn_late(part, times, three, WAN_LINK, material=batch.material[:, chosen]))
        for column, start, sample in zip(columns, times, values.T, strict=True):
            self._insert(column, start, sample)

    def _has_room(self, column: int, start: int) -> bool:
        known = self._times[column]
        return bool(start > known.min() and start not in known)

    def _insert(self, column: int, start: int, values: Floats) -> None:
        """Remember a late sample of a link in its place, instead of the oldest."""
        oldest = self._next[column]
        self._times[column, oldest], self._values[column, oldest] = start, values
        order = np.argsort(self._times[column], kind="stable")
        self._times[column], self._values[column] = self._times[column, order], self._values[column, order]
        self._next[column] = 0
        self._seen[column] += 1

    def _before(self, columns: Whole, times: Whole) -> Floats:
        """Return the last two samples before a time, [2, rows, links], not a number where there is none that counts."""
        found = np.full((2, len(ROWS), len(columns)), np.nan, np.float32)
        for link, (column, start) in enumerate(zip(columns, times, strict=True)):
            order = _in_order(self._next[column])
            known = self._times[column, order]
            near = order[(known < start) & (start - known <= 2 * DEFAULT.gap_s)][-2:]
            found[2 - len(near) :, :, link] = self._values[column, near]
        return found

    def explain(self, verdicts: Verdicts, places: Sequence[int]) -> Evidence:
        """Return what was compared for some links of a batch, by their places in it."""
        return explain(verdicts, np.array(places, np.int64), WAN_LINK)

    def normals(self, columns: Whole, times: Whole, material: Floats) -> Normals:
        """Return what is normal for links at some times, epoch seconds [links]; `material` as of a batch."""
        return normals(self._state.take(columns), times, WAN_LINK, material=material)

    def recent(self, column: int) -> Recent:
        """Return the youngest samples of a link."""
        order = _in_order(self._next[column])
        order = order[self._times[column, order] > 0]
        return Recent(self._times[column, order], self._values[column, order])

    def newest(self, column: int) -> int:
        """Return the start of the youngest sample of a link, epoch seconds; 0 if it has none."""
        return int(self._times[column, self._next[column] - 1])

    def seen(self, columns: Whole) -> Whole:
        """Return how many samples of each link were judged."""
        return np.asarray(self._seen[columns])

    def accept(self, column: int) -> None:
        """Make the present level of a link its normal."""
        accept(self._state, np.array([column], np.int64))

    def close(self, column: int) -> None:
        """End the alarm of a link; what is normal for it stays."""
        close(self._state, np.array([column], np.int64))

    def dump(self, columns: Sequence[int]) -> list[bytes]:
        """Return the bytes of links: their recent samples, then the method's state."""
        if not columns:
            return []
        places = np.array(columns, np.int64)
        states = encode(self._state.take(places))
        return [ring + state for ring, state in zip(self._rings(places), states, strict=True)]

    def _rings(self, places: Whole) -> list[bytes]:
        # In order of time, so that equal memories are equal bytes.
        own, order = places[:, None], _in_order(self._next[places, None])
        return [
            n.tobytes() + t.tobytes() + v.tobytes()
            for n, t, v in zip(self._seen[places], self._times[own, order], self._values[own, order], strict=True)
        ]

    def _remember(self, batch: Batch) -> None:
        oldest = self._next[batch.columns]
        self._times[batch.columns, oldest] = batch.times
        self._values[batch.columns, oldest] = batch.values.T
        self._next[batch.columns] = (oldest + 1) % RECENT
        self._seen[batch.columns] += 1

    def _grow(self) -> None:
        before = len(self._times)
        self._state = self._state.grown(2 * before)
        self._times, self._next, self._seen = (
            np.concatenate([array, np.zeros_like(array)]) for array in (self._times, self._next, self._seen)
        )
        self._values = np.concatenate([self._values, np.full_like(self._values, np.nan)])
        self._free = [*range(2 * before - 1, before - 1, -1), *self._free]


def _in_order(first: Whole) -> Whole:
    """Return the places of rings in order of time, given those of the oldest samples."""
    return np.asarray((first + np.arange(RECENT)) % RECENT)


_TIMES_AT = 8
_VALUES_AT = _TIMES_AT + 8 * RECENT
_RING_BYTES = _VALUES_AT + 4 * RECENT * len(ROWS)


def _unpacked(parts: Sequence[bytes]) -> tuple[Whole, Whole, Floats]:
    """Return how many samples were judged [links], and the recent ones, oldest first: times [links, samples], values."""
    rings = np.array([np.frombuffer(part, np.uint8, _RING_BYTES) for part in parts]).reshape(-1, _RING_BYTES)
    seen = np.ascontiguousarray(rings[:, :_TIMES_AT]).view(np.int64)
    times = np.ascontiguousarray(rings[:, _TIMES_AT:_VALUES_AT]).view(np.int64)
    values = np.ascontiguousarray(rings[:, _VALUES_AT:]).view(np.float32)
    return seen[:, 0], times, values.reshape(len(parts), RECENT, len(ROWS))


@cache
def _never() -> bytes:
    times = np.zeros(1 + RECENT, np.int64).tobytes()
    values = np.full((RECENT, len(ROWS)), np.nan, np.float32).tobytes()
    return times + values + encode(empty(WAN_LINK, 1))[0]
