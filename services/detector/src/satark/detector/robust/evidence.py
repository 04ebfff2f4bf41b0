"""How strong the evidence of trouble is, over several spans of time and several series at once.

A statistic is the mean deviation, in spreads, of a group of series (one, both directions of a metric, all delay, all)
over a span (the present, or an exponential average), from what is usual or from what is recent. Series of a link and
successive samples depend on each other in ways that differ from link to link; so each statistic is divided by its own
spread, learnt from how often it exceeds 1.5 of them: 13.4 % of the time, were it normal. Counting, unlike squares, is
hardly moved by an incident. The evidence is the largest statistic relative to its threshold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from satark.detector.robust.arrays import Array, Flags, Floats
from satark.detector.robust.config import Config
from satark.detector.robust.layout import Layout
from satark.detector.robust.scale import rise

CLIP = 10.0
QUANTILE, SHARE = 1.5, 0.134


@dataclass(slots=True)
class Averages:
    """Exponential averages of deviations [spans, channels, series, entities]; spreads of statistics [spans, channels, groups, entities]."""

    means: Floats
    spreads: Floats


def empty(layout: Layout, entities: int, config: Config) -> Averages:
    """Return averages of nothing; statistics begin with the spread that correlated noise would give them."""
    series, spans = len(layout.kinds), len(config.averages)
    spreads = np.empty((spans, 2, len(layout.groups), entities), np.float32)
    for place, span in enumerate(config.averages):
        spreads[place] = span**-0.125
    return Averages(np.zeros((spans - 1, 2, series, entities), np.float32), spreads)


def advance(averages: Averages, deviations: Floats, seen: Flags, config: Config) -> Floats:
    """Take in deviations in spreads [channels, series, entities], in place; return them over all spans."""
    clipped = np.clip(deviations, -CLIP, CLIP)
    for place, span in enumerate(config.averages[1:]):
        averages.means[place] += (seen * np.float32(1 / span)) * (clipped - averages.means[place])
    return np.concatenate([np.clip(deviations, -CLIP, 3 * CLIP)[None], averages.means])


def statistics(averages: Averages, over: Floats, layout: Layout) -> Floats:
    """Return the statistics [spans, channels, groups, entities] of the deviations over all spans."""
    grouped = [_mean(over, group) for group in layout.groups]
    return np.stack(grouped, axis=2) / averages.spreads


def _mean(over: Floats, group: Sequence[int]) -> Floats:
    total = over[:, :, group[0]].copy()
    for row in group[1:]:
        total += over[:, :, row]
    return total / np.float32(len(group))


def material(over: Floats, spreads: Floats, base: Floats, present: Flags, least: Floats, layout: Layout) -> Flags:
    """Return for each statistic whether a member's rise is at least `least` over its span, and `present`."""
    risen = rise(base, np.maximum(over * spreads, 0), layout) >= least
    risen &= present
    return np.stack([_any(risen, group) for group in layout.groups], axis=2)


def _any(flags: Array, group: Sequence[int]) -> Array:
    total = flags[:, :, group[0]].copy()
    for row in group[1:]:
        total |= flags[:, :, row]
    return total


def learn(averages: Averages, found: Floats, weight: Floats, age: Floats, layout: Layout, config: Config) -> None:
    """Let the spreads of the statistics learn from one sample an entity, in place; both [entities]."""
    rate = 0.3 / SHARE * weight * np.maximum(1 / 2000, 1 / (20 + age))
    averages.spreads *= 1 + rate.astype(np.float32) * ((np.abs(found) > QUANTILE) - np.float32(SHARE))
    np.maximum(averages.spreads, _least(layout, config), out=averages.spreads)


@lru_cache(maxsize=16)
def _least(layout: Layout, config: Config) -> Floats:
    """Return the least spreads [spans, 1, groups, 1]: those of means of independent deviations, halved in variance."""
    lengths = np.array([len(group) for group in layout.groups])
    spans = np.array(config.averages)[:, None]
    return np.asarray(np.sqrt(0.5 / (spans * lengths)), np.float32)[:, None, :, None]
