"""Alarms for series of no known kind: something that was never like this, for longer than one sample.

A sample whose score (`histograms`) is news puts a series under suspicion, together with the range that was usual until
then; an alarm opens if the next sample is no calmer, so that a spike never pages. A sample is calm if it lies in that range
and scores less than half. The alarm is over after three calm samples in a row, or when the series has been so for
`ABSORBED` samples: then it is usual. A further escalation within an alarm makes it worse. A series is watched from when it
has been known for a day. Missing samples are nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from satark.detector.robust import arrays, codec, histograms
from satark.detector.robust import columns as columns_of
from satark.detector.robust.arrays import Array, Flags, Floats, Whole
from satark.detector.robust.histograms import Histograms
from satark.detector.robust.persistence import Cause

NOVEL = 21.0
"""Scores above are news worth an alarm; chosen on no data but made-up noise."""
CALM_SAMPLES = 3
ABSORBED = 288
KNOWN_S = 86_400
SHARE = 0.01
"""The part of the samples so far that lies below, and above, what is usual."""
LEAST = 0.01
"""The least distance from the median worth an alarm, relative to it, where nothing else is asked for."""
HEADER = b"N\x02"


@dataclass(slots=True)
class Novelty:
    """What is remembered of series, one a column: histograms, and the alarm.

    first: when it was first seen, epoch seconds; suspected: samples since the news that may become or became an alarm, 0:
    none; outside: the value itself was news; active: the alarm is open; calm: calm samples in a row; low, high, middle:
    what was usual until then, of no meaning without suspicion.
    """

    histograms: Histograms
    first: Whole
    suspected: Floats
    outside: Flags
    active: Flags
    calm: Floats
    low: Floats
    high: Floats
    middle: Floats

    @property
    def entities(self) -> int:
        """How many series, or places for them, there are."""
        return int(self.first.shape[0])

    def take(self, columns: Whole) -> "Novelty":
        """Return a copy of some series, in the order given."""
        return columns_of.taken(self, columns)

    def put(self, columns: Whole, part: "Novelty") -> None:
        """Write a batch over these series, in place; all of them different."""
        columns_of.put(self, columns, part)

    def grown(self, capacity: int) -> "Novelty":
        """Return a memory of at least `capacity` series: these and, behind them, such as were never seen."""
        return columns_of.joined(self, empty(max(capacity - self.entities, 0)))


@dataclass(frozen=True, slots=True)
class Novelties:
    """What a step says; [series]. As `Verdicts`: an alarm is open, has opened, is worse; evidence 1 and more is news."""

    active: Flags
    page: Flags
    worse: Flags
    evidence: Floats
    cause: Array
    values: Floats


@dataclass(frozen=True, slots=True)
class Usual:
    """What a value was compared with, [series asked for]: the range and the median, and how many samples they are of."""

    value: Floats
    low: Floats
    high: Floats
    middle: Floats
    samples: Floats


def empty(series: int) -> Novelty:
    """Return the memory of series that were never seen."""
    zeros = np.zeros((5, series), np.float32)
    suspected, calm, low, high, middle = zeros
    return Novelty(
        histograms=histograms.empty(series),
        first=np.zeros(series, np.int64),
        suspected=suspected,
        outside=np.zeros(series, np.bool_),
        active=np.zeros(series, np.bool_),
        calm=calm,
        low=low,
        high=high,
        middle=middle,
    )


def step(
    state: Novelty,
    times: Whole,
    values: Array,
    mask: Flags,
    *,
    maintenance: Flags | None = None,
    material: Floats | None = None,
) -> tuple[Novelty, Novelties]:
    """Judge one sample of every series and learn from it, in place; all arguments [series], as for `robust.step`.

    `material` is the least distance from the median worth an alarm; without it, a hundredth of the median.
    """
    given, there = arrays.given(values, mask if maintenance is None else mask & ~maintenance)
    state.first = np.where(there & (state.histograms.seen == 0), times, state.first)
    idle = there & (state.suspected == 0)
    beyond = idle & ((given < state.histograms.low[0]) | (given > state.histograms.high[0]))
    # A value beyond the range so far widens the bins, perhaps to where all that was usual is one of them.
    _remember(state, np.flatnonzero(beyond))
    scores, news = histograms.advance(state.histograms, times, given, there)
    known = (times - state.first >= KNOWN_S) & (state.histograms.seen > histograms.QUIET)
    novel = there & known & (news >= NOVEL)
    _remember(state, np.flatnonzero(novel & idle & ~beyond))
    _suspect(state, given, np.flatnonzero(novel & idle))
    inside = (given >= state.low) & (given <= state.high)
    far = np.abs(given - state.middle) >= (LEAST * np.abs(state.middle) if material is None else material)
    calm = there & np.where(state.outside, inside, scores < NOVEL / 2)
    page = there & (state.suspected > 1) & ~calm & far & ~state.active
    worse = novel & state.active & far
    _follow(state, there, calm, page)
    verdicts = Novelties(
        active=state.active.copy(),
        page=page,
        worse=worse,
        evidence=(scores / np.float32(NOVEL)).astype(np.float32),
        cause=np.where(page | worse, Cause.NOVEL, Cause.NONE),
        values=given,
    )
    return state, verdicts


def _remember(state: Novelty, columns: Whole) -> None:
    state.low[columns], state.high[columns], state.middle[columns] = histograms.quantiles(
        state.histograms, columns, SHARE
    )


def _suspect(state: Novelty, given: Floats, columns: Whole) -> None:
    state.outside[columns] = (given[columns] < state.low[columns]) | (given[columns] > state.high[columns])
    state.suspected[columns] = 1
    state.calm[columns] = 0


def _follow(state: Novelty, there: Flags, calm: Flags, page: Flags) -> None:
    """Count, open and end, in place."""
    watched = there & (state.suspected > 0)
    state.active |= page
    state.calm = np.where(watched, (state.calm + 1) * calm, state.calm).astype(np.float32)
    over = watched & ((state.calm >= CALM_SAMPLES) | (state.suspected >= ABSORBED))
    state.suspected = np.where(over, 0, state.suspected + watched).astype(np.float32)
    state.active &= ~over


def explain(state: Novelty, verdicts: Novelties, columns: Whole) -> Usual:
    """Return what a few series were compared with, in the order given: of an alarm, what was usual before it."""
    low, high, middle = usual(state, columns)
    return Usual(
        value=verdicts.values[columns], low=low, high=high, middle=middle, samples=state.histograms.seen[columns]
    )


def wanted(state: Novelty, columns: Whole, times: Whole) -> tuple[Floats, Whole]:
    """Return how many samples, and how many seconds, are wanted until a few series are watched; both 0 when they are."""
    seen, first = state.histograms.seen[columns], state.first[columns]
    seconds = np.maximum(KNOWN_S - np.where(seen > 0, times - first, 0), 0)
    return np.maximum(histograms.QUIET + 1 - seen, 0).astype(np.float32), seconds


def usual(state: Novelty, columns: Whole) -> tuple[Floats, Floats, Floats]:
    """Return the ends of the range that is usual for a few series, and their medians: of an alarm, from before it."""
    low, high, middle = histograms.quantiles(state.histograms, columns, SHARE)
    held = state.suspected[columns] > 0
    return (
        np.where(held, state.low[columns], low),
        np.where(held, state.high[columns], high),
        np.where(held, state.middle[columns], middle),
    )


def encode(state: Novelty) -> list[bytes]:
    """Return the bytes of each series."""
    return codec.pack(HEADER, state)


def decode(stored: Sequence[bytes]) -> Novelty:
    """Return the batch of stored series, in their order.

    Raises OtherRobustStateVersionError for what another version stored, UnreadableRobustStateError for all other bytes.
    """
    codec.check(HEADER, stored)
    return codec.unpack(len(HEADER), stored, empty(len(stored)))
