"""How unlike anything so far a sample of any series is: four histograms, for series that have no kind of their own.

Four features of a series (its value, its short mean, the logarithm of its short spread, what it is beyond its usual value
of the hour of the week) each have a histogram over the range so far. A sample's score is the sum over the features of
ln((N + 1) / (A + 1)), where A counts earlier samples near it, plus 30 times how far outside the range so far it lies, in
ranges. A score is told of only if it beats all of the `quiet` samples before it: the first crossing, then escalations.
Histograms are additive; nothing is known in advance, least of all the range.
"""

from dataclasses import dataclass

import numpy as np

from satark.detector.robust.arrays import Array, Flags, Floats, Whole, at

BINS = 48
KERNEL = (1 / 3, 2 / 3, 1.0, 2 / 3, 1 / 3)
FEATURES = 4
HOURS = 168
MEAN, SPREAD = 24, 48
READY = 50
OUTSIDE, FARTHEST = 30.0, 3.0
QUIET = 150
"""How many samples a score is told of only once."""


@dataclass(slots=True)
class Histograms:
    """Histograms [bins, features, series], their ranges and counts [features, series], and what the features need."""

    histograms: Floats
    low: Array
    high: Array
    counts: Floats
    seen: Floats
    ring: Array
    hours: Array
    peaks: Floats


def empty(series: int) -> Histograms:
    """Return the memory of series that were never seen."""
    shape = (FEATURES, series)
    return Histograms(
        histograms=np.zeros((BINS, *shape), np.float32),
        low=np.full(shape, np.inf, np.float32),
        high=np.full(shape, -np.inf, np.float32),
        counts=np.zeros(shape, np.float32),
        seen=np.zeros(series, np.float32),
        ring=np.zeros((SPREAD, series), np.float32),
        hours=np.full((HOURS, series), np.nan, np.float32),
        peaks=np.zeros((2, series), np.float32),
    )


def advance(memory: Histograms, times: Whole, values: Array, mask: Flags) -> tuple[Floats, Floats]:
    """Take in one sample a series, in place; return the scores [series], and those that are news (else 0)."""
    there = mask & np.isfinite(values)
    features = _features(memory, times, np.where(there, values, 0).astype(np.float32), there)
    known = np.isfinite(features) & there
    outside = _widen(memory, features, known)
    score = _score(memory, features, known, outside)
    _remember(memory, times, np.where(there, values, 0).astype(np.float32), there)
    return score, _fresh(memory, score, there)


def _features(memory: Histograms, times: Whole, values: Array, there: Flags) -> Array:
    place = (memory.seen % SPREAD).astype(np.int64)
    columns = np.flatnonzero(there)
    memory.ring[place[columns], columns] = values[columns]
    seen = memory.seen + there
    centre = _total(memory.ring) / SPREAD
    variance = _total((memory.ring - centre) ** 2) / SPREAD
    spread = np.log(np.sqrt(variance) + np.float32(1e-9) * np.maximum(np.abs(values), 1))
    age = (place[None] - np.arange(SPREAD)[:, None]) % SPREAD
    mean = _total(memory.ring * (age < MEAN)) / MEAN
    hour = at(memory.hours, times // 3600 % HOURS)
    return np.stack(
        [
            values,
            np.where(seen >= MEAN, mean, np.nan),
            np.where(seen >= SPREAD, spread, np.nan),
            values - hour,
        ]
    )


def _total(rows: Array) -> Array:
    # One row after the other: numpy's own order of summation depends on how many series there are.
    total: Array = rows[0].copy()
    for row in rows[1:]:
        total += row
    return total


def _widen(memory: Histograms, features: Array, known: Flags) -> Array:
    """Widen the ranges to hold the features, in place; return how far outside they were, in ranges."""
    low = np.where(known, np.minimum(memory.low, features), memory.low)
    high = np.where(known, np.maximum(memory.high, features), memory.high)
    wider = known & ((low < memory.low) | (high > memory.high))
    if not wider.any():
        return np.zeros_like(features)
    old, empty_range = memory.high - memory.low, ~(memory.high > memory.low)
    excess = np.maximum(np.maximum(features - memory.high, memory.low - features), 0)
    outside = np.where(empty_range, FARTHEST, excess / np.where(empty_range, 1, old)) * wider * (memory.counts > 0)
    rows, columns = np.nonzero(wider)
    _rebin(memory, rows, columns, low[rows, columns], high[rows, columns])
    memory.low, memory.high = low, high
    return np.asarray(outside)


def _rebin(memory: Histograms, rows: Whole, columns: Whole, low: Array, high: Array) -> None:
    middle = (np.arange(BINS)[:, None] + 0.5) / BINS
    old_low = np.where(np.isfinite(memory.low[rows, columns]), memory.low[rows, columns], low)
    width = np.maximum(memory.high[rows, columns] - old_low, 0)
    centres = old_low + middle * width
    target = ((centres - low) / np.maximum(high - low, 1e-30) * BINS).astype(np.int64).clip(0, BINS - 1)
    moved = np.zeros((BINS, len(rows)), np.float32)
    np.add.at(moved, (target, np.arange(len(rows))[None]), memory.histograms[:, rows, columns])
    memory.histograms[:, rows, columns] = moved


def _score(memory: Histograms, features: Array, known: Flags, outside: Array) -> Floats:
    """Score the features and count them, in place; [series]."""
    width = memory.high - memory.low
    share = np.where(known & (width > 0), (features - memory.low) / np.where(width > 0, width, 1), 0)
    bins = (share * BINS).astype(np.int64).clip(0, BINS - 1)
    rows, columns = np.indices(bins.shape)
    near = np.zeros(bins.shape, np.float32)
    for offset, weight in zip(range(-2, 3), KERNEL, strict=True):
        place = bins + offset
        inside = (place >= 0) & (place < BINS)
        near += np.float32(weight) * memory.histograms[place.clip(0, BINS - 1), rows, columns] * inside
    surprise = np.log((memory.counts + 1) / (near + 1)) + OUTSIDE * np.minimum(outside, FARTHEST)
    score = np.where(known & (memory.counts >= READY), surprise, 0).sum(axis=0)
    memory.histograms[bins, rows, columns] += known
    memory.counts = memory.counts + known
    return np.asarray(score, np.float32)


def _remember(memory: Histograms, times: Whole, values: Array, there: Flags) -> None:
    hour = times // 3600 % HOURS
    columns = np.flatnonzero(there)
    old = memory.hours[hour[columns], columns]
    memory.hours[hour[columns], columns] = np.where(
        np.isnan(old), values[columns], old + np.float32(0.2) * (values[columns] - old)
    )
    memory.seen = memory.seen + there


def _fresh(memory: Histograms, score: Floats, there: Flags) -> Floats:
    """Return scores that beat all of the last `QUIET` or so samples: peaks of two blocks are remembered."""
    turn = there & (memory.seen % (QUIET // 2) == 0)
    beats = there & (score > memory.peaks.max(axis=0))
    memory.peaks[1] = np.where(turn, memory.peaks[0], memory.peaks[1])
    memory.peaks[0] = np.where(turn, 0, memory.peaks[0])
    memory.peaks[0] = np.where(there, np.maximum(memory.peaks[0], score), memory.peaks[0])
    return np.where(beats, score, 0).astype(np.float32)


def quantiles(memory: Histograms, columns: Whole, share: float) -> tuple[Floats, Floats, Floats]:
    """Return the values below and above which `share` of a few series' samples lie, and their medians; to a bin."""
    histogram = memory.histograms[:, 0, columns]
    below = np.cumsum(histogram, axis=0, dtype=np.float32)
    count, low = below[-1], memory.low[0, columns]
    width = np.where(count > 0, memory.high[0, columns] - low, 0) / np.float32(BINS)
    start = np.where(count > 0, low, 0)
    least, most = share * count + 1, (1 - share) * count - 1
    ends = [(below <= least).sum(axis=0), (below < most).sum(axis=0) + 1, (below < count / 2).sum(axis=0) + 0.5]
    first, last, middle = (start + np.minimum(end, BINS) * width for end in ends)
    return np.minimum(first, middle), np.maximum(last, middle), middle
