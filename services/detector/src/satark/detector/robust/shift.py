"""Segments of constant level: real paths are piecewise constant between routes.

A sample that lies further from the segment's level than its spread allows starts or extends a run; a run that is long
enough is a new segment. Level and spread are Huber-clipped exponential averages, so that no sample outside moves them far
and the state is seven numbers. The samples of an unfinished run move neither.
"""

from dataclasses import dataclass

import numpy as np

from satark.detector.robust.arrays import Flags, Floats, Whole
from satark.detector.robust.config import ShiftRule


@dataclass(slots=True)
class Segments:
    """The present segment of each series: level and spread, their samples, and the run that may end it.

    `since` is when the run began, in epoch seconds.
    """

    level: Floats
    spread: Floats
    count: Floats
    run: Floats
    run_sum: Floats
    sign: Floats
    misses: Floats
    since: Whole


@dataclass(frozen=True, slots=True)
class Change:
    """What a sample did: whether it confirmed a change, by how much (signed), and since when."""

    confirmed: Flags
    by: Floats
    since: Whole
    running: Flags


def empty(shape: tuple[int, int]) -> Segments:
    """Return segments that have seen nothing."""
    level, spread, count, run, run_sum, sign, misses = np.zeros((7, *shape), np.float32)
    return Segments(level, spread, count, run, run_sum, sign, misses, np.zeros(shape, np.int64))


def advance(
    segments: Segments, values: Floats, seen: Flags, floor: Floats, times: Whole, rule: ShiftRule
) -> tuple[Segments, Change]:
    """Return the segments after one sample a series, and what it changed. Unseen samples change nothing."""
    first = seen & (segments.count == 0)
    level = np.where(first, values, segments.level)
    spread = np.where(first, floor / 2, segments.spread)
    deviation = values - level
    distance = np.abs(deviation)
    allowed = np.maximum(rule.distance * spread, floor)
    side = np.sign(deviation)
    outside = seen & (segments.count >= rule.ready) & (distance > allowed)
    idle = segments.run == 0
    outside &= idle | (side == segments.sign)
    sign = np.where(outside, side, segments.sign)
    since = np.where(outside & idle, times, segments.since)
    run = segments.run + outside
    mean = segments.run_sum / np.maximum(segments.run, 1)
    clipped = np.where(idle, values, mean + np.clip(values - mean, -allowed, allowed))
    run_sum = segments.run_sum + np.where(outside, clipped, 0)
    confirmed = outside & (run >= rule.confirm)
    missed = seen & ~outside & ~idle
    misses = segments.misses + missed
    abandoned = missed & (misses > rule.misses)
    calm = seen & ~outside & (idle | abandoned)
    new_level = run_sum / np.maximum(run, 1)
    change = Change(confirmed, (new_level - level).astype(np.float32), since, run > 0)
    count = segments.count + calm
    quiet = np.maximum(spread, floor / rule.distance)
    gain = calm * np.maximum(1 / (count + 1), 1 / rule.level_memory)
    level = level + gain * np.clip(deviation, -quiet, quiet)
    gain = calm * np.maximum(1 / (count + 1), 1 / rule.spread_memory)
    spread = spread + gain * (np.minimum(1.25 * distance, 2 * quiet) - spread)
    over = ~(confirmed | abandoned)
    following = Segments(
        level=np.where(confirmed, new_level, level).astype(np.float32),
        spread=spread.astype(np.float32),
        count=np.where(confirmed, np.minimum(run, 8), np.minimum(count, 1e4)).astype(np.float32),
        run=(run * over).astype(np.float32),
        run_sum=(run_sum * over).astype(np.float32),
        sign=(sign * over).astype(np.float32),
        misses=(misses * over).astype(np.float32),
        since=since,
    )
    return following, change
