"""Series of no known kind, such as a daemon's counters: judged by how new they are (`robust.novelty`), one column a series.

An entity may have any number of them, each under the name of its metric. A rise and a fall are news alike; what was usual
before it is the evidence. A sample that comes late teaches nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, nan

import numpy as np

from satark.detector.incidents.state import MetricState, Normal, Observation
from satark.detector.robust import novelty
from satark.detector.robust.arrays import Floats
from satark.detector.robust.closing import close_series
from satark.detector.robust.novelty import Novelties, Usual
from satark.detector.seed.judgement import Judgement, Verdict
from satark.schemas.incidents import Cause

FIRST_CAPACITY = 16
KEPT = 64
"""How many samples of an alarm are kept for its evidence."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of one series: its column, what is remembered of its alarm, and how it is watched.

    `start` in epoch seconds; `material` is the least distance worth an alarm, not a number for the method's own.
    """

    entity: str
    metric: str
    column: int
    start: int
    interval_s: int
    value: float
    known: MetricState
    is_symptom: bool
    maintenance: bool
    material: float = nan


@dataclass(frozen=True, slots=True)
class Learnt:
    """What is usual for a series, from how many samples; samples and seconds wanted until it is watched."""

    low: float
    high: float
    middle: float
    seen: int
    wanted_samples: int
    wanted_s: int


class SeriesBank:
    """Memory of many series. Not shared between threads."""

    def __init__(self) -> None:
        self._state = novelty.empty(FIRST_CAPACITY)
        self._free = list(range(FIRST_CAPACITY - 1, -1, -1))

    def add(self, stored: Sequence[bytes | None]) -> list[int]:
        """Return columns for series, given the stored bytes of each (None: never seen).

        Raises UnreadableRobustStateError if any of them is no state of this version.
        """
        if not stored:
            return []
        never = novelty.encode(novelty.empty(1))[0] if None in stored else b""
        state = novelty.decode([never if raw is None else raw for raw in stored])
        while len(self._free) < len(stored):
            before = self._state.entities
            self._state = self._state.grown(2 * before)
            self._free = [*range(2 * before - 1, before - 1, -1), *self._free]
        columns = [self._free.pop() for _ in stored]
        self._state.put(np.array(columns, np.int64), state)
        return columns

    def remove(self, columns: Sequence[int]) -> None:
        """Take columns back."""
        self._free.extend(columns)

    def dump(self, columns: Sequence[int]) -> dict[int, bytes]:
        """Return the bytes of series, by column."""
        if not columns:
            return {}
        stored = novelty.encode(self._state.take(np.array(columns, np.int64)))
        return dict(zip(columns, stored, strict=True))

    def close(self, columns: Sequence[int]) -> None:
        """End the alarms of series."""
        close_series(self._state, np.array(columns, np.int64))

    def judge(self, values: Sequence[Value]) -> dict[str, dict[str, Judgement]]:
        """Judge values of different series; return by entity and metric what there is to say of any."""
        found: dict[str, dict[str, Judgement]] = {}
        # The method's own floor is relative to each series, so those with a floor of their own are a batch of their own.
        for asked in (True, False):
            batch = [one for one in values if np.isnan(one.material) is not np.bool_(asked)]
            if batch:
                self._step(batch, found, np.array([v.material for v in batch], np.float32) if asked else None)
        return found

    def usual(self, columns: Sequence[int], starts: Sequence[int]) -> Iterator[Learnt]:
        """Yield what is usual for series, in the order given, and what is wanted at these times until they are watched."""
        places = np.array(columns, np.int64)
        found = (*novelty.usual(self._state, places), self._state.histograms.seen[places])
        lacking = novelty.wanted(self._state, places, np.array(starts, np.int64))
        for low, high, middle, seen, samples, seconds in zip(*found, *lacking, strict=True):
            yield Learnt(float(low), float(high), float(middle), int(seen), int(samples), int(seconds))

    def _step(self, batch: Sequence[Value], found: dict[str, dict[str, Judgement]], material: Floats | None) -> None:
        columns = np.array([one.column for one in batch], np.int64)
        part, verdicts = novelty.step(
            self._state.take(columns),
            np.array([one.start for one in batch], np.int64),
            np.array([one.value for one in batch]),
            np.ones(len(batch), np.bool_),
            maintenance=np.array([one.maintenance for one in batch], np.bool_),
            material=material,
        )
        self._state.put(columns, part)
        telling = verdicts.active | verdicts.page | verdicts.worse
        asked = [i for i, one in enumerate(batch) if (telling[i] or one.is_symptom) and not one.maintenance]
        usual = novelty.explain(part, verdicts, np.array(asked, np.int64))
        for place, index in enumerate(asked):
            one = batch[index]
            found.setdefault(one.entity, {})[one.metric] = _judgement(one, index, place, verdicts, usual)


def _judgement(one: Value, index: int, place: int, verdicts: Novelties, usual: Usual) -> Judgement:
    active = bool(verdicts.active[index])
    low, high = float(usual.low[place]), float(usual.high[place])
    outside = not low <= one.value <= high
    seen = (*one.known.window, Observation(one.start, one.value, active))[-KEPT:]
    bad = active and (outside or bool(verdicts.page[index]))
    state = MetricState(window=seen, bad=one.known.bad + 1 if bad else 0, active=active, settled=one.known.settled)
    verdict = Verdict.ANOMALOUS if active else Verdict.NORMAL
    return Judgement(state, verdict, one.value, _normal(one, place, usual), since=one.start if bad else None)


def _normal(one: Value, place: int, usual: Usual) -> Normal:
    low, high, middle = (float(each[place]) for each in (usual.low, usual.high, usual.middle))
    samples = int(usual.samples[place])
    least = novelty.LEAST * abs(middle) if np.isnan(one.material) else one.material
    return Normal(
        centre=middle,
        spread=(high - low) / 4,
        floor=max(least, 1e-9),
        n=samples,
        first=one.start - samples * one.interval_s,
        last=one.start - one.interval_s,
        above=high if one.value >= middle else low,
        critical=inf,
        window_s=samples * one.interval_s,
        cause=Cause.NOVEL,
    )
