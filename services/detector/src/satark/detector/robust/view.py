"""One step seen from the baseline, and what it says of a series to somebody who asks: value, normal, spread, limit."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from satark.detector.robust.arrays import Array, Flags, Floats, Whole
from satark.detector.robust.config import DEFAULT, Config
from satark.detector.robust.layout import Layout
from satark.detector.robust.persistence import Cause
from satark.detector.robust.scale import raw, rise

if TYPE_CHECKING:
    from satark.detector.robust.step import Verdicts


@dataclass(frozen=True, slots=True)
class View:
    """Despiked values, what is usual, and deviations from both normals [channels, ...]; stabilised.

    `steady` is the spread of what is recent while no change of level is under way. `before` is the level of the recent
    normal, or where a rise is not accepted (`held`) that of the one before it. `material` is in the kinds' units.
    """

    values: Floats
    base: Floats
    spreads: Floats
    steady: Floats
    residuals: Floats
    before: Floats
    held: Flags
    samples: Floats
    material: Floats
    alone: Flags


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a step compared, in the kinds' units; arrays [series, entities asked for].

    value: the median of the last three samples; centre, spread: what is normal, and how far one spread above it reaches;
    limit: from it on a series takes part in an alarm (`elevated`), below it has calmed; distance: how many spreads the
    value is above the centre; samples: how many the normal was learnt from, those in doubt in part; cause: what the value
    is elevated against (`Cause.UNUSUAL` or `Cause.RECENT`, 0 where it is not).
    """

    value: Floats
    centre: Floats
    spread: Floats
    limit: Floats
    distance: Floats
    samples: Floats
    elevated: Flags
    cause: Array


def explain(verdicts: "Verdicts", columns: Whole, layout: Layout, config: Config = DEFAULT) -> Evidence:
    """Return what was compared for some entities of a step, in the order given."""
    view = verdicts.view
    values, base, held = view.values[:, columns], view.base[:, columns], view.held[:, columns]
    spreads, residuals = view.spreads[:, :, columns], view.residuals[:, :, columns]
    half = np.broadcast_to(view.material, view.values.shape)[:, columns] * np.float32(0.5)
    above = residuals / spreads
    centre, elevated = base + view.before[:, columns], verdicts.elevated[:, columns]
    normals = [values - residuals[0], values - residuals[1], np.where(held, centre, np.inf)]
    tall = np.min(
        [normals[0] + config.release * spreads[0], *(n + config.release * spreads[1] for n in normals[1:])], axis=0
    )
    limit = np.maximum(tall, np.min(normals, axis=0) + _step(base, half, layout))
    by_channel = np.where(above[0] >= above[1], Cause.UNUSUAL, Cause.RECENT)
    return Evidence(
        value=raw(values, layout),
        centre=raw(centre, layout),
        spread=rise(centre, spreads[1], layout),
        limit=raw(limit, layout),
        distance=(values - centre) / spreads[1],
        samples=view.samples[:, columns],
        elevated=elevated,
        cause=np.where(elevated, by_channel, Cause.NONE),
    )


def _step(base: Floats, by: Floats, layout: Layout) -> Floats:
    """Return the stabilised step upwards from `base` that is a rise of `by` in the kinds' units."""
    result = by.copy()
    rooted = list(layout.rooted)
    below = np.maximum(base[rooted], 0)
    result[rooted] = np.sqrt(below * below + by[rooted]) - below
    return result
