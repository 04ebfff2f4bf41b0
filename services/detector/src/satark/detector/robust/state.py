"""What is remembered of a batch of entities: arrays whose last axis is the entity.

An entity is a column; columns are independent, so that batches are split and joined at will (`codec`). Bounded: no array
grows with time.
"""

from dataclasses import dataclass

import numpy as np

from satark.detector.robust import columns as columns_of
from satark.detector.robust import despike, evidence, persistence, reference, season, shift
from satark.detector.robust.arrays import Floats, Whole
from satark.detector.robust.config import DEFAULT, Config, Kind
from satark.detector.robust.despike import Recent
from satark.detector.robust.evidence import Averages
from satark.detector.robust.layout import Layout
from satark.detector.robust.persistence import Alarm
from satark.detector.robust.reference import Reference
from satark.detector.robust.season import Season
from satark.detector.robust.shift import Segments


@dataclass(slots=True)
class State:
    """Memory of a batch. Arrays [series, entities] unless their own type says otherwise.

    age: samples seen; level: what is usual over the day, stabilised; volatility: spread of late; suspect: samples in a
    row that looked like trouble; over: samples in a row beyond the absolute limit.
    `changes` and `pages` follow the raw latency alone [latency series, entities]; `pages_season` is the part of its level
    that the time of day explains; `peak` is the highest latency that was told of while an alarm is open, and
    `told` when somebody was last told, epoch seconds [entities].
    """

    layout: Layout
    config: Config
    recent: Recent
    age: Floats
    level: Floats
    volatility: Floats
    suspect: Floats
    over: Floats
    season: Season
    reference: Reference
    averages: Averages
    changes: Segments
    pages: Segments
    pages_season: Floats
    peak: Floats
    told: Whole
    alarm: Alarm

    @property
    def entities(self) -> int:
        """How many entities, or places for them, there are."""
        return int(self.told.shape[0])

    def take(self, columns: Whole) -> "State":
        """Return a copy of some entities, in the order given."""
        return columns_of.taken(self, columns)

    def put(self, columns: Whole, part: "State") -> None:
        """Write a batch over these entities, in place; all of them different."""
        columns_of.put(self, columns, part)

    def grown(self, capacity: int) -> "State":
        """Return a memory of at least `capacity` entities: these and, behind them, such as were never seen."""
        missing = max(capacity - self.entities, 0)
        return columns_of.joined(self, empty(self.layout, missing, self.config))


def empty(layout: Layout, entities: int, config: Config = DEFAULT) -> State:
    """Return the memory of entities that were never seen."""
    shape = (len(layout.kinds), entities)
    delays = (len(layout.rows(Kind.LATENCY)), entities)
    return State(
        layout=layout,
        config=config,
        recent=despike.empty(shape),
        age=np.zeros(shape, np.float32),
        level=np.zeros(shape, np.float32),
        volatility=np.broadcast_to(layout.floor, shape).astype(np.float32),
        suspect=np.zeros(shape, np.float32),
        over=np.zeros(shape, np.float32),
        season=season.empty(*shape, config, layout.floor),
        reference=reference.empty(shape),
        averages=evidence.empty(layout, entities, config),
        changes=shift.empty(delays),
        pages=shift.empty(delays),
        pages_season=np.zeros(delays, np.float32),
        peak=np.zeros(delays, np.float32),
        told=np.zeros(entities, np.int64),
        alarm=persistence.empty(entities),
    )


def accept(state: State, entities: Whole) -> State:
    """Make the present level of these entities their normal, in place: a person said so. No alarm of theirs is left."""
    segments = state.reference.segments
    state.level[:, entities] += segments.level[:, entities]
    for array in (segments.level, state.reference.before, state.reference.held, state.averages.means):
        array[..., entities] = 0
    state.alarm.active[entities] = False
    return state
