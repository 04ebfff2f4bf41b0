"""What is usual at this time of day: level and spread of each half-hour, learnt once a day.

A slot's samples are gathered while it lasts and learnt when it is over, so that an incident cannot teach the very limits
that it is judged by. What a slot may teach is clipped, twice: each sample and each day. So what happens rarely hardly
matters, and what happens every day becomes usual within days. Between slots is interpolated.

A level is believed as far as it exceeds what chance would give (James and Stein's shrinkage): a path without a daily
rhythm has none here.
"""

from dataclasses import dataclass

import numpy as np

from satark.detector.robust.arrays import Flags, Floats, Whole, at
from satark.detector.robust.config import Config

CHANNELS = 3
"""Spreads are learnt of the residual from what is usual, of that from what is recent, and of the latter without runs."""
DAYS_TRUSTED = 8.0
ENOUGH = 2
"""Samples without which a slot teaches nothing."""


@dataclass(slots=True)
class Season:
    """Profiles [slots, (channels,) series, entities]: level, variances, days learnt; and the gathering of this slot."""

    level: Floats
    variance: Floats
    days: Floats
    overall: Floats
    slot: Whole
    gathered: Floats


def empty(series: int, entities: int, config: Config, floor: Floats) -> Season:
    """Return a season of which nothing is known."""
    slots = config.day_s // config.slot_s
    shape = (series, entities)
    return Season(
        level=np.zeros((slots, *shape), np.float32),
        variance=np.zeros((slots, CHANNELS, *shape), np.float32),
        days=np.zeros((slots, *shape), np.float32),
        overall=np.broadcast_to(floor**2, (CHANNELS, *shape)).astype(np.float32),
        slot=np.full(entities, -1, np.int64),
        gathered=np.zeros((2 + CHANNELS, *shape), np.float32),
    )


def usual(season: Season, times: Whole, config: Config, floor: Floats) -> tuple[Floats, Floats]:
    """Return the level of the time of day relative to the whole day, and the spreads [channels, series, entities]."""
    slots = config.day_s // config.slot_s
    place = (times % config.day_s) / config.slot_s - 0.5
    before = np.floor(place)
    later = (place - before).astype(np.float32)
    left, right = (before.astype(np.int64) % slots), (before.astype(np.int64) + 1) % slots
    days_left, days_right = at(season.days, left), at(season.days, right)
    variance_left, variance_right = at(season.variance, left), at(season.variance, right)
    level = (1 - later) * _believed(at(season.level, left), variance_left[0], days_left, config)
    level = level + later * _believed(at(season.level, right), variance_right[0], days_right, config)
    weight = np.minimum(6 * ((1 - later) * days_left + later * days_right), 200)
    variance = (1 - later) * variance_left + later * variance_right
    variance = (weight * variance + 12 * season.overall) / (weight + 12)
    return level.astype(np.float32), np.maximum(np.sqrt(variance), floor).astype(np.float32)


def _believed(level: Floats, variance: Floats, days: Floats, config: Config) -> Floats:
    doubt = config.shrink * variance / np.clip(days, 1, DAYS_TRUSTED)
    return np.asarray(level * np.maximum(0, 1 - doubt / np.maximum(level * level, 1e-9)))


def learn(
    season: Season,
    times: Whole,
    deviation: Floats,
    squares: Floats,
    *,
    weight: Floats,
    age: Floats,
    config: Config,
    floor: Floats,
) -> Season:
    """Gather a clipped deviation and its squares [channels, ...] a series; learn the slots that are over, in place.

    `weight` [series, entities] is what a sample counts (0: not at all), `age` how many samples a series has seen.
    """
    slot = (times % config.day_s) // config.slot_s
    moved = weight.any(axis=0)
    over = np.flatnonzero((slot != season.slot) & (season.slot >= 0) & moved)
    if len(over):
        _close(season, over, config, floor)
    season.slot = np.where(moved, slot, season.slot)
    season.gathered[0] += weight
    season.gathered[1] += weight * deviation
    season.gathered[2:] += weight * squares
    season.overall += weight * np.maximum(1 / (age + 10), 1e-3) * (squares - season.overall)
    return season


def _close(season: Season, entities: Whole, config: Config, floor: Floats) -> None:
    slot = season.slot[entities]
    gathered = season.gathered[..., entities]
    enough: Flags = gathered[0] >= ENOUGH
    mean = gathered[1:] / np.maximum(gathered[0], 1)
    days = season.days[slot, :, entities].T
    level = season.level[slot, :, entities].T
    variance = np.moveaxis(season.variance[slot, :, :, entities], 0, -1)
    most = np.where(days > 0, 9 * np.maximum(variance, floor**2), np.inf)
    level = level + enough * np.maximum(1 / config.slot_memory_days, 1 / (days + 1)) * mean[0]
    gain = enough * np.maximum(1 / config.spread_memory_days, 1 / (days + 1))
    variance = variance + gain * (np.minimum(mean[1:], most) - variance)
    season.level[slot, :, entities] = level.T
    season.variance[slot, :, :, entities] = np.moveaxis(variance, -1, 0)
    season.days[slot, :, entities] = np.minimum(days + enough, DAYS_TRUSTED * 8).T
    season.gathered[..., entities] = 0
