"""What is remembered of a batch of entities. An entity is a column; columns are independent. No array grows with time."""

from dataclasses import dataclass, replace

import numpy as np

from satark.detector.robust import season
from satark.detector.robust.arrays import Floats, Whole
from satark.detector.robust.columns import gathered, scatter
from satark.detector.robust.config import DEFAULT, Config
from satark.detector.robust.layout import Layout
from satark.detector.robust.season import Profiles
from satark.detector.robust.words import Words, unseen, words_of


@dataclass(slots=True)
class State:
    """Memory of a batch: what changes with each sample, and the profiles of the day, which change with each half-hour.

    matrix: see `words`. moments: epoch seconds [tracked + series + 1, entities]: when runs of tracked segments began, when
    series were last seen, when somebody was last told. Of a memory that is kept, the numbers of an entity lie together; of
    a batch that was taken from it, the entities of a number, for arithmetic.
    """

    layout: Layout
    config: Config
    matrix: Floats
    moments: Whole
    profiles: Profiles

    @property
    def entities(self) -> int:
        """How many entities, or places for them, there are."""
        return int(self.matrix.shape[1])

    @property
    def words(self) -> Words:
        """The arrays that the method works with; views."""
        return words_of(self.matrix, self.layout, self.config)

    @property
    def since(self) -> Whole:
        """When the runs of tracked segments began, [tracked, entities]; a view."""
        return self.moments[: self.layout.tracked]

    @property
    def last_seen(self) -> Whole:
        """When each series was last seen, [series, entities]; a view."""
        return self.moments[self.layout.tracked : -1]

    @property
    def told(self) -> Whole:
        """When somebody was last told of an entity, [entities]; a view."""
        return np.asarray(self.moments[-1])

    @property
    def by_number(self) -> bool:
        """Whether the entities of a number lie together."""
        return self.matrix.strides[1] == self.matrix.itemsize

    def take(self, columns: Whole) -> "State":
        """Return some entities in the order given: a copy, except for their profiles, which both go on to share."""
        return replace(
            self,
            matrix=gathered(self.matrix, columns),
            moments=gathered(self.moments, columns),
            profiles=self.profiles.take(columns),
        )

    def put(self, columns: Whole, part: "State") -> None:
        """Write a batch over these entities, in place; all of them different."""
        scatter(self.matrix, columns, part.matrix)
        scatter(self.moments, columns, part.moments)
        self.profiles.put(columns, part.profiles)

    def grown(self, capacity: int) -> "State":
        """Return a memory of at least `capacity` entities: these and, behind them, such as were never seen."""
        more = empty(self.layout, max(capacity - self.entities, 0), self.config)
        return replace(
            self,
            matrix=np.concatenate([self.matrix.T, more.matrix.T]).T,
            moments=np.concatenate([self.moments.T, more.moments.T]).T,
            profiles=self.profiles.joined(more.profiles),
        )


def empty(layout: Layout, entities: int, config: Config = DEFAULT) -> State:
    """Return the memory of entities that were never seen."""
    series = len(layout.kinds)
    return State(
        layout=layout,
        config=config,
        matrix=unseen(layout, entities, config),
        moments=np.zeros((entities, layout.tracked + series + 1), np.int64).T,
        profiles=season.empty(series, layout.latencies, entities, config),
    )


def accept(state: State, entities: Whole) -> State:
    """Make the present level of these entities their normal, in place: a person said so. No alarm of theirs is left."""
    words, series = state.words, len(state.layout.kinds)
    words.level[:, entities] += words.segment_level[:series, entities]
    words.segment_level[:series, entities] = 0
    for array in (words.before, words.held, words.means, words.active):
        array[..., entities] = 0
    return state
