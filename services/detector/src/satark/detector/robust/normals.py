"""What is normal for links at a time to come or at hand, without a sample: the limits that a step would judge by."""

from dataclasses import dataclass

import numpy as np

from satark.detector.robust import reference, season
from satark.detector.robust.arrays import Floats, Whole
from satark.detector.robust.config import DEFAULT, Config
from satark.detector.robust.layout import Layout
from satark.detector.robust.scale import raw
from satark.detector.robust.state import State
from satark.detector.robust.view import compared, limits


@dataclass(frozen=True, slots=True)
class Normals:
    """What is normal, [series, entities], in the kinds' units.

    Of the two normals, what is usual and what is recent, it is the one whose upper edge is lower, for that is the one that a
    value exceeds first; low and high are the edges, `Config.release` spreads from the centre. limit: from it on a series
    takes part in an alarm. samples: how many the normal was learnt from, those in doubt in part.
    """

    centre: Floats
    low: Floats
    high: Floats
    limit: Floats
    samples: Floats


def normals(
    state: State, times: Whole, layout: Layout, *, material: Floats | None = None, config: Config = DEFAULT
) -> Normals:
    """Return what is normal for the entities of a batch at these times, epoch seconds [entities]; see `step` for the rest.

    The batch must have been taken from its memory: its lines between half-hours are drawn anew, in place.
    """
    words, everywhere = state.words, np.ones(len(times), np.bool_)
    along = season.draw(words, state.profiles, times, everywhere, layout.floors, config)
    held, least = reference.held(words), layout.material if material is None else material
    view, _ = compared(words, words.level.copy(), along, held, least, layout)
    usual, recent = view.values - view.residuals
    before = np.full_like(usual, np.inf)
    before[held] = view.values[held] - view.above
    lower = np.minimum(recent, before)
    half = np.float32(0.5) * np.broadcast_to(least, usual.shape)
    edge, limit = limits(usual, lower, view.spreads, view.base, half, layout, config)
    release = np.float32(config.release)
    centre = np.where(usual + release * view.spreads[0] <= edge, usual, lower)
    return Normals(
        centre=raw(centre, layout),
        low=raw(2 * centre - edge, layout),
        high=raw(edge, layout),
        limit=raw(limit, layout),
        samples=view.samples,
    )
