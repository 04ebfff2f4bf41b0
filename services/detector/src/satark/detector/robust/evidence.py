"""How strong the evidence of trouble is, over several spans of time and several series at once.

A statistic is the mean deviation, in spreads, of a group of series (one, both directions of a metric, all delay, all)
over a span (the present, or an exponential average), from what is usual or from what is recent. Series of a link and
successive samples depend on each other in ways that differ from link to link; so each statistic is divided by its own
spread, learnt from how often it exceeds 1.5 of them: 13.4 % of the time, were it normal. Counting, unlike squares, is
hardly moved by an incident. The evidence is the largest statistic relative to its threshold.

Statistics are looked at where a series has risen; their spreads learn from one sample in four.
"""

from functools import lru_cache

import numpy as np

from satark.detector.robust.arrays import Flags, Floats, Places, Whole, bounded
from satark.detector.robust.config import Config
from satark.detector.robust.layout import Layout
from satark.detector.robust.statistics import statistics_of
from satark.detector.robust.words import Words

CLIP = 10.0
QUANTILE, SHARE = 1.5, 0.134
EVERY, CADENCE_S = 4, 300


def advance(words: Words, deviations: Floats, missing: Places, config: Config) -> None:
    """Take in deviations in spreads [channels, series, entities], in place."""
    rows, columns = missing
    kept = words.means[:, :, rows, columns]
    clipped = bounded(deviations, CLIP)
    for place, span in enumerate(config.averages[1:]):
        step = clipped - words.means[place]
        step *= np.float32(1 / span)
        words.means[place] += step
    words.means[:, :, rows, columns] = kept


def over_spans(words: Words, deviations: Floats, columns: Whole | slice) -> Floats:
    """Return the deviations of some entities over all spans [spans, channels, series, entities]."""
    present = deviations[:, :, columns]
    # Up to thrice the clip upwards: the present of a great rise counts more than its part in an average.
    limits = np.empty((2, present.shape[-1]), np.float32)
    limits[0], limits[1] = -CLIP, 3 * CLIP
    present = np.maximum(present, limits[0])
    np.minimum(present, limits[1], out=present)
    return np.concatenate([present[None], words.means[..., columns]])


def statistics(own: Floats, over: Floats, layout: Layout, config: Config) -> Floats:
    """Return the statistics [statistics, entities] of deviations over all spans, in spreads of their `own`."""
    known = statistics_of(layout, config)
    found = np.empty((len(known), over.shape[-1]), np.float32)
    alone = _alone(layout, config)
    found[:alone] = over.reshape(alone, -1)
    for place, statistic in enumerate(known[alone:], alone):
        total = found[place]
        total[:] = over[statistic.span, statistic.channel, statistic.rows[0]]
        for row in statistic.rows[1:]:
            total += over[statistic.span, statistic.channel, row]
        total /= np.float32(len(statistic.rows))
    found /= own
    return found


def strength(found: Floats, risen: Flags, layout: Layout, config: Config) -> Floats:
    """Return the strongest evidence of each normal [channels, entities]: 1 and more opens an alarm.

    `risen` [spans, channels, series, entities] tells whose rise is worth a page, over the span and at present.
    """
    strongest = np.zeros((2, found.shape[1]), np.float32)
    for place, statistic in enumerate(statistics_of(layout, config)):
        if statistic.threshold < np.inf:
            there = risen[statistic.span, statistic.channel, list(statistic.rows)].any(axis=0)
            relative = found[place] / np.float32(statistic.threshold) * there
            np.maximum(strongest[statistic.channel], relative, out=strongest[statistic.channel])
    return strongest


def alone(found: Floats, layout: Layout, config: Config) -> Floats:
    """Return the largest statistic of each series by itself [series, entities]."""
    series = len(layout.kinds)
    return np.asarray(found[: _alone(layout, config)].reshape(-1, series, found.shape[1]).max(axis=0))


def due(times: Whole) -> Whole:
    """Return which entities let the spreads of their statistics learn from this sample."""
    return np.flatnonzero(times // CADENCE_S % EVERY == 0)


def learn(words: Words, over: Floats, columns: Whole | slice, weight: Floats, layout: Layout, config: Config) -> None:
    """Let the spreads of the statistics learn from one sample of some entities, in place; weight [entities]."""
    age, own = words.age[:, columns].max(axis=0), words.own[:, columns]
    rate = EVERY * 0.3 / SHARE * weight * np.maximum(1 / 2000, 1 / (20 + age))
    found = statistics(own, over, layout, config)
    rare = np.abs(found, out=found) > np.full(found.shape[1], QUANTILE, np.float32)
    np.copyto(found, rare)
    found -= np.float32(SHARE)
    found *= rate.astype(np.float32)
    found += np.float32(1)
    found *= own
    words.own[:, columns] = np.maximum(found, _least(layout, config), out=found)


@lru_cache(maxsize=16)
def _least(layout: Layout, config: Config) -> Floats:
    return np.array([[statistic.least] for statistic in statistics_of(layout, config)], np.float32)


@lru_cache(maxsize=16)
def _alone(layout: Layout, config: Config) -> int:
    """Return how many statistics are of one series: they come first."""
    return 2 * len(config.averages) * len(layout.kinds)
