"""The recent normal of a series, and the one before it while a rise is not yet accepted.

The recent normal is the present segment of constant level (`shift`). A confirmed rise starts a new segment at once, so
that a further one is seen; but the old normal stays the measure of whether the trouble is over. It ends when the series
is back, or after `absorb` samples, or by a person's word (`state.accept`).
"""

from dataclasses import dataclass

import numpy as np

from satark.detector.robust import shift
from satark.detector.robust.arrays import Flags, Floats, Whole
from satark.detector.robust.config import Config
from satark.detector.robust.shift import Change, Segments


@dataclass(slots=True)
class Reference:
    """Segments of the deseasonalised series; the old normal, for how many samples it is held, and how many are back."""

    segments: Segments
    before: Floats
    held: Floats
    back: Floats


def empty(shape: tuple[int, int]) -> Reference:
    """Return a reference that has seen nothing."""
    return Reference(shift.empty(shape), *(np.zeros(shape, np.float32) for _ in range(3)))


def advance(
    reference: Reference, residual: Floats, seen: Flags, calm: Flags, *, floor: Floats, times: Whole, config: Config
) -> tuple[Reference, Change]:
    """Return the reference after one sample; `calm` tells which are back near the old normal."""
    old = reference.segments.level
    segments, change = shift.advance(reference.segments, residual, seen, floor, times, config.reference)
    risen = change.confirmed & (change.by > 0) & (reference.held == 0)
    before = np.where(risen, old, reference.before)
    held = np.where(risen, 1, reference.held + (seen & (reference.held > 0)))
    ending = seen & (held > 0) & (calm | (held > config.absorb))
    back = np.where(ending, reference.back + 1, np.where(seen, 0, reference.back))
    held = np.where(back >= config.close_samples, 0, held)
    before = np.where(held > 0, before, segments.level)
    return Reference(segments, before, held.astype(np.float32), np.where(held > 0, back, 0).astype(np.float32)), change
