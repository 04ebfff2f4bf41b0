"""What a sample teaches: the baseline, the spreads and the recent normal, slowly where trouble is suspected."""

import numpy as np

from satark.detector.robust import evidence, reference, season
from satark.detector.robust.arrays import Flags, Floats, Places, Whole, bounded, places
from satark.detector.robust.config import Config
from satark.detector.robust.layout import Layout
from satark.detector.robust.scale import rise
from satark.detector.robust.season import Profiles
from satark.detector.robust.shift import Change
from satark.detector.robust.view import View
from satark.detector.robust.words import Words


def learn(
    words: Words,
    profiles: Profiles,
    view: View,
    change: Change,
    alone: Floats,
    held: Places,
    seen: Flags,
    times: Whole,
    layout: Layout,
    config: Config,
) -> None:
    """Teach a block, in place. `alone` is the evidence of each series by itself, where it is elevated."""
    levels, spreads = _weights(words, alone, seen, view.elevated, config)
    clipped = bounded(view.deviations, config.clip_level) * view.spreads
    learn_levels(words, clipped, levels, config)
    _normals(words, change, view, held, seen, layout, config)
    season.close(words, profiles, times, np.flatnonzero(seen.any(axis=0)), layout.floors, config)
    gather(words, view, clipped[1], spreads, layout, config)
    columns = evidence.due(times)
    if len(columns):
        chosen: Whole | slice = slice(None) if len(columns) == len(times) else columns
        weight = spreads[:, chosen].copy()
        weight[~seen[:, chosen]] = 1
        least = weight.min(axis=0) * seen[:, chosen].any(axis=0)
        over = evidence.over_spans(words, view.deviations, chosen)
        evidence.learn(words, over, chosen, least, layout, config)
    words.age += levels
    np.minimum(words.age, np.full(len(times), 1e5, np.float32), out=words.age)


def _weights(words: Words, alone: Floats, seen: Flags, elevated: Flags, config: Config) -> tuple[Floats, Floats]:
    """Count for how long each series is suspect, in place; return what its sample counts for levels and for spreads."""
    levels = seen.astype(np.float32)
    spreads = levels.copy()
    doubtful = elevated & (alone > config.suspicion)
    calm = places((words.suspect > 0) & seen & ~doubtful)
    words.suspect[calm] = 0
    doubted = places(doubtful)
    words.suspect[doubted] += 1
    patient = words.suspect[doubted] < config.frozen
    levels[doubted] = np.where(patient, config.frozen_rate, 1)
    spreads[doubted] = np.where(patient & (alone[doubted] > config.suspicion * 5 / 3), 0.2, 1)
    return levels, spreads


def learn_levels(words: Words, clipped: Floats, levels: Floats, config: Config) -> None:
    """Teach level and volatility."""
    young = words.age < config.young
    gain = levels * np.float32(1 / config.level_memory)
    if young.any():
        np.copyto(gain, levels / (words.age + 1), where=young)
    gain *= clipped[0]
    words.level += gain
    swing = np.abs(clipped[1])
    swing *= np.float32(1.25)
    swing -= words.volatility
    swing *= np.float32(1 / config.volatility_memory)
    swing *= levels
    words.volatility += swing


def _normals(
    words: Words, change: Change, view: View, held: Places, seen: Flags, layout: Layout, config: Config
) -> None:
    """Hold the normals that rises have ended, and release those whose series are back."""
    half = np.float32(0.5) * np.broadcast_to(view.material, seen.shape)
    columns = change.places[1]
    if len(columns):
        recent = np.maximum(view.residuals[1][:, columns], 0)
        near = np.zeros(seen.shape, np.bool_)
        near[:, columns] = rise(view.base[:, columns], recent, layout) < half[:, columns]
        reference.hold(words, change, near)
    if len(held[0]):
        above = np.broadcast_to(np.maximum(view.above, 0), (len(seen), len(view.above)))
        risen = rise(view.base[:, held[1]], above, layout)[held[0], np.arange(len(held[0]))]
        reference.release(words, held, seen, risen < half[held], config)


def gather(words: Words, view: View, clipped: Floats, weight: Floats, layout: Layout, config: Config) -> None:
    """Gather what the present half-hour is to teach."""
    series, delays = len(layout.kinds), layout.latencies
    squares = bounded(view.deviations, config.clip_spread) * view.spreads
    np.square(squares, out=squares)
    squares *= weight
    words.gathered[:series] += weight
    words.gathered[series : 2 * series] += weight * clipped
    words.gathered[2 * series : 3 * series] += squares[0]
    words.gathered[3 * series : 4 * series] += squares[1]
    quiet = np.minimum(np.abs(view.residuals[1, :delays]), np.float32(config.clip_spread) * view.steady)
    run = places(words.segment_run[:delays] > 0)
    quiet[run] = view.steady[run]
    words.gathered[4 * series :] += weight[:delays] * quiet * quiet
