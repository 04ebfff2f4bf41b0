"""Segments of constant level: real paths are piecewise constant between routes.

A sample that lies further from the segment's level than its spread allows starts or extends a run; a run that is long
enough is a new segment. Level and spread are Huber-clipped exponential averages, so that no sample outside moves them far
and the state is seven numbers. The samples of an unfinished run move neither.
"""

from dataclasses import dataclass

import numpy as np

from satark.detector.robust.arrays import Flags, Floats, Places, Whole
from satark.detector.robust.config import ShiftRule
from satark.detector.robust.words import Words

MOST = 1e4


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of all tracked segments: each [tracked, 1], and what they have in common."""

    confirm: Floats
    misses: Floats
    common: ShiftRule


@dataclass(frozen=True, slots=True)
class Change:
    """What a sample did: where it confirmed a change, from which level, after how many samples there, since when.

    running [tracked, entities] are those in a run, changes and abandoned ones included.
    """

    places: Places
    old: Floats
    by: Floats
    count: Floats
    since: Whole
    running: Flags


def advance(
    words: Words, since: Whole, values: Floats, missing: Places, floor: Floats, times: Whole, rules: Rules
) -> Change:
    """Take in one sample of each tracked series, in place; return what it changed. Missing ones change nothing.

    values and floor, the least deviation that may be a change, are [tracked, entities].
    """
    # Few elements are reached by their place in the flattened arrays, which is several times faster than by two indices.
    level, spread, count = (
        array.reshape(-1) for array in (words.segment_level, words.segment_spread, words.segment_count)
    )
    seen = np.ones(values.shape, np.bool_)
    seen[missing] = False
    gone = missing[0] * values.shape[1] + missing[1]
    fresh = np.flatnonzero(seen & (words.segment_count == 0))
    level[fresh], spread[fresh] = values.reshape(-1)[fresh], floor.reshape(-1)[fresh] / 2
    rule = rules.common
    deviation = values - words.segment_level
    distance = np.abs(deviation)
    quiet = np.maximum(words.segment_spread, floor * np.float32(1 / rule.distance))
    outside = distance > quiet * np.float32(rule.distance)
    outside &= seen
    outside &= words.segment_count >= rule.ready
    running = words.segment_run != 0
    running |= outside
    busy = np.flatnonzero(running & seen)
    kept = [array[gone] for array in (level, spread, count)]
    before = [array[busy] for array in (level, spread, count)]
    _settle(words, deviation, distance, quiet, rule)
    for array, old in zip((level, spread, count), kept, strict=True):
        array[gone] = old
    sample = [array.reshape(-1)[busy] for array in (values, deviation, quiet)]
    found = _run(words, since, busy, sample, outside.reshape(-1)[busy], before, times, rules)
    return Change(*found, running=running)


def _settle(words: Words, deviation: Floats, distance: Floats, quiet: Floats, rule: ShiftRule) -> None:
    """Let every segment learn from its sample, in place."""
    count, lines = words.segment_count, np.empty((4, deviation.shape[1]), np.float32)
    lines[:] = np.array([[1.0], [MOST], [1 / rule.level_memory], [1 / rule.spread_memory]], np.float32)
    count += lines[0]
    gain = np.reciprocal(count + lines[0])
    np.minimum(count, lines[1], out=count)
    step = np.minimum(distance, quiet)
    np.copysign(step, deviation, out=step)
    step *= np.maximum(gain, lines[2])
    words.segment_level += step
    wide = np.minimum(distance * np.float32(1.25), quiet + quiet)
    wide -= words.segment_spread
    wide *= np.maximum(gain, lines[3], out=gain)
    words.segment_spread += wide


def _run(
    words: Words,
    since: Whole,
    busy: Whole,
    sample: list[Floats],
    out: Flags,
    before: list[Floats],
    times: Whole,
    rules: Rules,
) -> tuple[Places, Floats, Floats, Floats, Whole]:
    """Start, extend, confirm and abandon the runs at the places `busy`, in place; return what was confirmed.

    `before` are level, spread and count as if the sample had been none; the words have them as if it belonged to its segment,
    which is right for those whose run is abandoned.
    """
    all_runs, sums, signs, misses_of = (
        array.reshape(-1) for array in (words.segment_run, words.segment_sum, words.segment_sign, words.segment_misses)
    )
    (value, deviation, quiet), (level, _, count) = sample, before
    rows, columns = np.divmod(busy, len(times))
    run, total = all_runs[busy], sums[busy]
    idle, side = run == 0, np.sign(deviation)
    sign = np.where(idle, side, signs[busy])
    out &= side == sign
    starting = out & idle
    since[rows[starting], columns[starting]] = times[columns[starting]]
    mean, allowed = total / np.maximum(run, 1), quiet * np.float32(rules.common.distance)
    clipped = np.where(idle, value, mean + np.minimum(np.maximum(value - mean, -allowed), allowed))
    run += out
    total += clipped * out
    misses = misses_of[busy] + ~out
    confirmed = out & (run >= rules.confirm[rows, 0])
    abandoned = ~out & (misses > rules.misses[rows, 0])
    kept, over = busy[~abandoned], ~(confirmed | abandoned)
    for array, old in zip((words.segment_level, words.segment_spread, words.segment_count), before, strict=True):
        array.reshape(-1)[kept] = old[~abandoned]
    found = np.flatnonzero(confirmed)
    new, at = total[found] / run[found], busy[found]
    words.segment_level.reshape(-1)[at] = new
    words.segment_count.reshape(-1)[at] = np.minimum(run[found], 8)
    all_runs[busy], sums[busy], signs[busy], misses_of[busy] = run * over, total * over, sign * over, misses * over
    where = rows[found], columns[found]
    return where, level[found], new - level[found], count[found], since[where]
