"""Ending alarms because a person says so: what is normal stays, and what was evidence of trouble is gathered anew."""

import numpy as np

from satark.detector.robust.arrays import Whole
from satark.detector.robust.novelty import Novelty
from satark.detector.robust.state import State


def close(state: State, entities: Whole) -> State:
    """End the alarms of these entities, in place. Averages over spans, and samples beyond a limit, begin anew.

    So does the median of three, as after a gap: the next sample is only remembered.
    """
    words = state.words
    words.earlier[:, entities], words.last[:, entities] = -np.inf, np.inf
    for array in (words.means, words.over, words.peak, words.active, words.calm):
        array[..., entities] = 0
    return state


def close_series(state: Novelty, columns: Whole) -> Novelty:
    """End the alarms of series of no known kind, in place. The same value is news again only if it still is unlike others."""
    for array in (state.suspected, state.calm):
        array[columns] = 0
    for flags in (state.active, state.outside):
        flags[columns] = np.False_
    return state
