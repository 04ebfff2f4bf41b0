"""Segments of constant level: real paths are piecewise constant between routes.

A sample that lies further from the segment's level than its spread allows starts or extends a run; a run that is long
enough is a new segment. Level and spread are Huber-clipped exponential averages, so that no sample outside moves them far
and the state is seven numbers. The samples of an unfinished run move neither.
"""

from dataclasses import dataclass

import numpy as np

from satark.detector.robust.arrays import Flags, Floats, Places, Whole, places
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
    rule, level, spread, count = rules.common, words.segment_level, words.segment_spread, words.segment_count
    seen = np.ones(values.shape, np.bool_)
    seen[missing] = False
    fresh = places(seen & (count == 0))
    level[fresh], spread[fresh] = values[fresh], floor[fresh] / 2
    deviation = values - level
    distance = np.abs(deviation)
    quiet = np.maximum(spread, floor / np.float32(rule.distance))
    outside = distance > quiet * np.float32(rule.distance)
    outside &= seen
    outside &= count >= rule.ready
    running = words.segment_run != 0
    running |= outside
    busy = places(running & seen)
    kept = [array[missing] for array in (level, spread, count)]
    old = [array[busy] for array in (level, spread, count)]
    _settle(words, deviation, distance, quiet, rule)
    for array, before in zip((level, spread, count), kept, strict=True):
        array[missing] = before
    settled = [array[busy] for array in (level, spread, count)]
    for array, before in zip((level, spread, count), old, strict=True):
        array[busy] = before
    return _run(words, since, values, deviation, quiet, outside, busy, settled, times, rules, running)


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
    values: Floats,
    deviation: Floats,
    quiet: Floats,
    outside: Flags,
    busy: Places,
    settled: list[Floats],
    times: Whole,
    rules: Rules,
    running: Flags,
) -> Change:
    """Start, extend, confirm and abandon runs where there are any, in place."""
    rows, columns = busy
    value, run, total = values[busy], words.segment_run[busy], words.segment_sum[busy]
    idle, side = run == 0, np.sign(deviation[busy])
    sign = np.where(idle, side, words.segment_sign[busy])
    out = outside[busy] & (side == sign)
    since[busy] = began = np.where(out & idle, times[columns], since[busy])
    mean, allowed = total / np.maximum(run, 1), quiet[busy] * np.float32(rules.common.distance)
    clipped = np.where(idle, value, mean + np.clip(value - mean, -allowed, allowed))
    run, total = run + out, total + np.where(out, clipped, 0)
    confirmed = out & (run >= rules.confirm[rows, 0])
    misses = words.segment_misses[busy] + ~out
    abandoned = ~out & (misses > rules.misses[rows, 0])
    level, spread, count = words.segment_level[busy], words.segment_spread[busy], words.segment_count[busy]
    new = total / np.maximum(run, 1)
    over = ~(confirmed | abandoned)
    words.segment_level[busy] = np.where(confirmed, new, np.where(abandoned, settled[0], level))
    words.segment_spread[busy] = np.where(abandoned, settled[1], spread)
    words.segment_count[busy] = np.where(confirmed, np.minimum(run, 8), np.where(abandoned, settled[2], count))
    words.segment_run[busy], words.segment_sum[busy] = run * over, total * over
    words.segment_sign[busy], words.segment_misses[busy] = sign * over, misses * over
    found = np.flatnonzero(confirmed)
    return Change(
        (rows[found], columns[found]), level[found], (new - level)[found], count[found], began[found], running
    )
