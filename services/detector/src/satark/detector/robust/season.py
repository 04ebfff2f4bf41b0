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
from satark.detector.robust.columns import turned
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

    def read(self, entities: Whole, slots: Whole) -> Floats:
        """Return the numbers of one slot each of some entities of the batch, [numbers, entities]."""
        return turned(self._by_slot().take(self._places(entities, slots), axis=0).astype(np.float32))

    def write(self, entities: Whole, slots: Whole, numbers: Floats) -> None:
        """Write the numbers [numbers, entities] of one slot each of some entities of the batch, in place."""
        self._by_slot()[self._places(entities, slots)] = turned(bounded(numbers, LARGEST))

    def _by_slot(self) -> npt.NDArray[np.float16]:
        return self.table.reshape(-1, self.table.shape[2])

    def _places(self, entities: Whole, slots: Whole) -> Whole:
        count = self.table.shape[1]
        return np.asarray(self.rows[entities] * count + slots % count)

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
    passed = (before != words.place) & anywhere
    if passed.any():
        _draw(words, profiles, before.astype(np.int64), passed, floors, config)
        words.place[passed] = before[passed]
    return np.asarray(place - before, np.float32)


def _draw(words: Words, profiles: Profiles, before: Whole, passed: Flags, floors: Floats, config: Config) -> None:
    columns, overall = np.flatnonzero(passed), words.overall
    if len(columns) < len(passed) / 2:
        at, overall = before[columns], overall[:, columns]
        start, end = (_end(profiles.read(columns, slot), overall, floors, config) for slot in (at, at + 1))
        words.lines[0][:, columns], words.lines[1][:, columns] = start, end - start
        return
    # Nearly all at once, as when one poll brings them: the few others are put back afterwards.
    others, every = np.flatnonzero(~passed), np.arange(len(passed))
    kept = words.lines[:, :, others]
    start, end = (_end(profiles.read(every, slot), overall, floors, config) for slot in (before, before + 1))
    words.lines[0] = start
    np.subtract(end, start, out=words.lines[1])
    words.lines[:, :, others] = kept


def _end(numbers: Floats, overall: Floats, floors: Floats, config: Config) -> Floats:
    """Return level and spreads of one slot: of few days, those of the whole day count."""
    series = len(numbers) - len(floors) >> 1
    level, days, variance = numbers[:series], numbers[series : 2 * series], np.square(numbers[2 * series :])
    weight = np.minimum(np.float32(6) * days, np.float32(200))
    result = np.empty((series + len(floors), numbers.shape[1]), np.float32)
    for begin in range(0, len(floors), series):
        own = slice(begin, min(begin + series, len(floors)))
        count = weight[: own.stop - own.start]
        spreads = (count * variance[own] + np.float32(12) * overall[own]) / (count + np.float32(12))
        np.maximum(np.sqrt(spreads, out=spreads), floors[own], out=result[series:][own])
    doubt = np.float32(config.shrink) * variance[:series] / np.clip(days, 1, DAYS_TRUSTED)
    believed = np.maximum(0, 1 - doubt / np.maximum(level * level, np.float32(1e-9)))
    np.multiply(level, believed, out=result[:series])
    return result


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
    chosen: Whole | slice = slice(None) if len(columns) == words.slot.shape[0] else columns
    slot, gathered = words.slot[columns].astype(np.int64), words.gathered[:, chosen]
    numbers = profiles.read(columns, slot)
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
    profiles.write(columns, slot, numbers)
    rate = np.minimum(weight * np.maximum(1 / (words.age[:, chosen] + 10), np.float32(1e-3)), 1)
    words.overall[:, chosen] += _spread_over(rate, len(squares)) * (squares - words.overall[:, chosen])
    words.gathered[:, chosen] = 0


def _spread_over(rows: Floats, count: int) -> Floats:
    """Return [count, entities]: the rows of the series over and over, as channels have them."""
    return rows[_repeated(len(rows), count)]


@lru_cache(maxsize=64)
def _repeated(series: int, count: int) -> Whole:
    return np.arange(count) % series
