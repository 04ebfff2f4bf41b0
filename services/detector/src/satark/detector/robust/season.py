"""What is usual at this time of day: level and spreads of each half-hour, learnt once a day.

A slot's samples are gathered while it lasts and learnt when it is over, so that an incident cannot teach the very limits
that it is judged by. What a slot may teach is clipped, twice: each sample and each day. So what happens rarely hardly
matters, and what happens every day becomes usual within days. Between the middles of slots is interpolated, in a straight
line, which is drawn when the middle of a slot is passed.

A level is believed as far as it exceeds what chance would give (James and Stein's shrinkage): a path without a daily
rhythm has none here.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from satark.detector.robust.arrays import Flags, Floats, Whole, bounded
from satark.detector.robust.config import Config
from satark.detector.robust.words import Words

DAYS_TRUSTED = 8.0
ENOUGH = 2
"""Samples without which a slot teaches nothing."""
LARGEST = 6e4
"""What half a float can hold."""


@dataclass(slots=True)
class Profiles:
    """Profiles [entities, slots, numbers] in half precision, and which of them belong to a batch.

    The numbers of a slot are levels and days learnt [series], and spreads: of the residual from what is usual and of that
    from what is recent [series], and of the latter without runs [latencies].
    """

    table: npt.NDArray[np.float16]
    rows: Whole

    def take(self, columns: Whole) -> "Profiles":
        """Return some of the batch; the table is shared."""
        return replace(self, rows=self.rows[columns])

    def put(self, columns: Whole, part: "Profiles") -> None:
        """Write a batch over these entities, unless it has shared their profiles all along."""
        if part.table is not self.table:
            self.table[self.rows[columns]] = part.table[part.rows]

    def joined(self, more: "Profiles") -> "Profiles":
        """Return a batch and, behind it, another."""
        table = np.concatenate([self.table[self.rows], more.table[more.rows]])
        return Profiles(table, np.arange(len(table)))


def empty(series: int, latencies: int, entities: int, config: Config) -> Profiles:
    """Return the profiles of entities of whose day nothing is known."""
    slots = config.day_s // config.slot_s
    return Profiles(np.zeros((entities, slots, 4 * series + latencies), np.float16), np.arange(entities))


def draw(words: Words, profiles: Profiles, times: Whole, anywhere: Flags, floors: Floats, config: Config) -> Floats:
    """Return how far each entity [entities] is on its line between two slots; draw it anew, in place, where it is over.

    `anywhere` tells which have a sample now. floors: the least spreads [2 x series + latencies, 1].
    """
    place = (times % config.day_s) / np.float32(config.slot_s) - np.float32(0.5)
    before = np.floor(place)
    passed = np.flatnonzero((before != words.place) & anywhere)
    if len(passed):
        _draw(words, profiles, before[passed].astype(np.int64), passed, floors, config)
        words.place[passed] = before[passed]
    return np.asarray(place - before, np.float32)


def _draw(words: Words, profiles: Profiles, before: Whole, columns: Whole, floors: Floats, config: Config) -> None:
    slots, series = profiles.table.shape[1], words.level.shape[0]
    own = profiles.rows[columns]
    chosen: Whole | slice = slice(None) if len(columns) == words.place.shape[0] else columns
    overall = words.overall[:, chosen]
    ends = [_end(profiles.table[own, slot % slots], overall, floors, series, config) for slot in (before, before + 1)]
    (level, spreads), (level_after, spreads_after) = ends
    words.daily[0][:, chosen], words.daily[1][:, chosen] = level, level_after - level
    change = spreads_after - spreads
    for channel in range(2):
        rows = slice(channel * series, (channel + 1) * series)
        words.spreads[0, channel][:, chosen], words.spreads[1, channel][:, chosen] = spreads[rows], change[rows]
    words.steady[0][:, chosen], words.steady[1][:, chosen] = spreads[2 * series :], change[2 * series :]


def _end(
    stored: npt.NDArray[np.float16], overall: Floats, floors: Floats, series: int, config: Config
) -> tuple[Floats, Floats]:
    """Return level and spreads of one slot: of few days, those of the whole day count."""
    numbers = stored.T.astype(np.float32)
    level, days, variance = numbers[:series], numbers[series : 2 * series], numbers[2 * series :] ** 2
    weight = np.minimum(np.float32(6) * days, np.float32(200))
    weight = np.concatenate([weight, weight, weight[: len(variance) - 2 * series]])
    spreads = np.sqrt((weight * variance + np.float32(12) * overall) / (weight + np.float32(12)))
    doubt = np.float32(config.shrink) * variance[:series] / np.clip(days, 1, DAYS_TRUSTED)
    believed = np.maximum(0, 1 - doubt / np.maximum(level * level, np.float32(1e-9)))
    return level * believed, np.maximum(spreads, floors)


def close(words: Words, profiles: Profiles, times: Whole, moved: Whole, floors: Floats, config: Config) -> None:
    """Learn the slots that are over, in place, of the entities `moved` that have a sample now."""
    slot = ((times % config.day_s) // config.slot_s)[moved].astype(np.float32)
    changed = slot != words.slot[moved]
    if changed.any():
        over = moved[changed & (words.slot[moved] >= 0)]
        if len(over):
            _close(words, profiles, over, floors, config)
        words.slot[moved] = slot


def _close(words: Words, profiles: Profiles, columns: Whole, floors: Floats, config: Config) -> None:
    series = words.level.shape[0]
    rows, slot = profiles.rows[columns], words.slot[columns].astype(np.int64)
    gathered, numbers = words.gathered[:, columns], profiles.table[rows, slot].T.astype(np.float32)
    weight, days = gathered[:series], numbers[series : 2 * series]
    enough = (weight >= ENOUGH).astype(np.float32)
    mean = gathered[series:] / np.maximum(_spread_over(weight, len(gathered) - series), 1)
    numbers[:series] += enough * np.maximum(np.float32(1 / config.slot_memory_days), 1 / (days + 1)) * mean[:series]
    squares, variance = mean[series:], numbers[2 * series :] ** 2
    known = _spread_over(days, len(squares))
    most = np.where(known > 0, 9 * np.maximum(variance, floors**2), np.inf)
    gain = _spread_over(enough, len(squares)) * np.maximum(np.float32(1 / config.spread_memory_days), 1 / (known + 1))
    variance += gain * (np.minimum(squares, most) - variance)
    numbers[2 * series :] = np.sqrt(variance)
    numbers[series : 2 * series] = np.minimum(days + enough, DAYS_TRUSTED * 8)
    profiles.table[rows, slot] = bounded(numbers, LARGEST).T
    samples = _spread_over(weight, len(squares))
    gain = 1 - (1 - np.maximum(1 / (_spread_over(words.age[:, columns], len(squares)) + 10), 1e-3)) ** samples
    words.overall[:, columns] += gain.astype(np.float32) * (squares - words.overall[:, columns])
    words.gathered[:, columns] = 0


def _spread_over(rows: Floats, count: int) -> Floats:
    """Return [count, entities]: the rows of the series over and over, as channels have them."""
    return rows[_repeated(len(rows), count)]


@lru_cache(maxsize=64)
def _repeated(series: int, count: int) -> Whole:
    return np.arange(count) % series
