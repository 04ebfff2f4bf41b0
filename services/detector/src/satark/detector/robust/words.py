"""What is remembered of an entity from sample to sample: one column of numbers, and what each of them is.

All numbers of a batch are one matrix [words, entities], so that a batch is taken, put back and stored as one; the arrays
that the method works with are views of its rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from math import prod

import numpy as np

from satark.detector.robust.arrays import Floats
from satark.detector.robust.config import Config
from satark.detector.robust.layout import Layout
from satark.detector.robust.statistics import statistics_of


@dataclass(slots=True)
class Words:
    """Views [series, entities] unless noted; numbers stabilised.

    earlier, last: the last two samples (-inf, inf: none). age: samples learnt from. level: what is usual over the day.
    volatility: spread of late. suspect: samples in a row that looked like trouble. over: samples in a row beyond the
    absolute limit. overall: variances of the whole day [channels]; gathered: weight, sum and squares [2 + channels] of the
    present half-hour, `slot` [entities] (-1: none). lines [2, series + channels]: level and spreads between the two
    half-hours that `place` [entities] lies between, as value at the former and difference to the latter.
    segment_*: the tracked segments [tracked series] of `shift`: the rest of each series, then each latency raw, twice.
    before, held, back: see `reference`. means [spans - 1, 2], own [statistics]: see `evidence`. pages_season [latencies]:
    the part of a raw level that the time of day explains; peak: the highest that was told of in an open alarm. active,
    calm [entities]: see `persistence`.
    """

    earlier: Floats
    last: Floats
    age: Floats
    level: Floats
    volatility: Floats
    suspect: Floats
    over: Floats
    overall: Floats
    gathered: Floats
    slot: Floats
    place: Floats
    lines: Floats
    segment_level: Floats
    segment_spread: Floats
    segment_count: Floats
    segment_run: Floats
    segment_sum: Floats
    segment_sign: Floats
    segment_misses: Floats
    before: Floats
    held: Floats
    back: Floats
    means: Floats
    own: Floats
    pages_season: Floats
    peak: Floats
    active: Floats
    calm: Floats


@lru_cache(maxsize=16)
def _shapes(layout: Layout, config: Config) -> dict[str, tuple[int, ...]]:
    series, delays = len(layout.kinds), layout.latencies
    shapes: dict[str, tuple[int, ...]] = {field.name: (series,) for field in fields(Words)}
    shapes |= dict.fromkeys((name for name in shapes if name.startswith("segment")), (layout.tracked,))
    shapes |= {"overall": (2 * series + delays,), "gathered": (4 * series + delays,), "lines": (2, 3 * series + delays)}
    shapes |= dict.fromkeys(("slot", "place", "active", "calm"), ())
    shapes |= {"means": (len(config.averages) - 1, 2, series), "own": (len(statistics_of(layout, config)),)}
    shapes |= dict.fromkeys(("pages_season", "peak"), (delays,))
    return shapes


def width(layout: Layout, config: Config) -> int:
    """Return how many words an entity has."""
    return sum(map(prod, _shapes(layout, config).values()))


def words_of(matrix: Floats, layout: Layout, config: Config) -> Words:
    """Return the views of a matrix [words, entities]."""
    return Words(*_views(matrix, layout, config))


def _views(matrix: Floats, layout: Layout, config: Config) -> Iterator[Floats]:
    row = 0
    for shape in _shapes(layout, config).values():
        size = prod(shape)
        part = matrix[row : row + size]
        yield part.reshape(*shape, matrix.shape[1]) if len(shape) != 1 else part
        row += size


def unseen(layout: Layout, entities: int, config: Config) -> Floats:
    """Return the words of entities that were never seen; those of an entity lie together."""
    one = np.zeros((width(layout, config), 1), np.float32)
    words = words_of(one, layout, config)
    words.earlier[:], words.last[:] = -np.inf, np.inf
    words.volatility[:] = layout.floor
    words.overall[:] = np.concatenate([layout.floor, layout.floor, layout.floor[: layout.latencies]]) ** 2
    words.slot[:], words.place[:] = -1, np.nan
    words.lines[0, len(layout.kinds) :] = layout.floors
    words.own[:] = np.array([[s.first] for s in statistics_of(layout, config)], np.float32)
    return np.repeat(one.T, entities, axis=0).T
