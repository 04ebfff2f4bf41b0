"""The recent normal of a series, and the one before it while a rise is not yet accepted.

The recent normal is the present segment of constant level (`shift`) of the deseasonalised series. A confirmed rise starts
a new segment at once, so that a further one is seen; but the old normal stays the measure of whether the trouble is over.
It is held until the series is back, or for `absorb` samples, or until a person's word (`state.accept`).
"""

import numpy as np

from satark.detector.robust.arrays import Flags, Places, places
from satark.detector.robust.config import Config
from satark.detector.robust.shift import Change
from satark.detector.robust.words import Words


def hold(words: Words, change: Change, calm: Flags) -> None:
    """Hold the normals that confirmed rises have ended, in place; `calm` tells which series are near theirs all the same."""
    rows, columns = change.places
    risen = (rows < len(words.held)) & (change.by > 0)
    rows, columns, old = rows[risen], columns[risen], change.old[risen]
    new = words.held[rows, columns] == 0
    at = rows[new], columns[new]
    words.before[at], words.held[at], words.back[at] = old[new], 1, calm[at]


def release(words: Words, held: Places, seen: Flags, calm: Flags, config: Config) -> None:
    """Count the samples of held normals, in place, and end those that are over; `calm` tells which series are back."""
    there = seen[held]
    samples = words.held[held] + there
    ending = there & (calm | (samples > config.absorb))
    back = np.where(ending, words.back[held] + 1, np.where(there, 0, words.back[held]))
    words.held[held] = np.where(back >= config.close_samples, 0, samples)
    words.back[held] = np.where(back >= config.close_samples, 0, back)


def held(words: Words) -> Places:
    """Return which series have a normal held."""
    return places(words.held > 0)
