"""One step seen from the baseline, and what it says of a series to somebody who asks: value, normal, spread, limit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from satark.detector.robust.arrays import Array, Flags, Floats, Places, Whole, places
from satark.detector.robust.config import DEFAULT, Config
from satark.detector.robust.layout import Layout
from satark.detector.robust.persistence import Cause
from satark.detector.robust.scale import raw, rise, step_of
from satark.detector.robust.words import Words


@dataclass(frozen=True, slots=True)
class View:
    """A block of entities: [series, entities], and deviations from both normals [channels, series, entities]; stabilised.

    values are despiked; residuals are deviations in the values' unit, `deviations` in spreads; steady [latencies]: the
    spread of what is recent while no change of level is under way. held: which series have a normal held (`reference`),
    and above: how far they are above it. material is in the kinds' units. lifted: which series are far enough above a
    normal to matter, elevated: which of them in spreads, too; both empty at first. samples: how many taught the normal.
    """

    values: Floats
    base: Floats
    spreads: Floats
    steady: Floats
    residuals: Floats
    deviations: Floats
    held: Places
    above: Floats
    material: Floats
    samples: Floats
    lifted: Flags
    elevated: Flags

    def with_elevated(self, seen: Flags, layout: Layout, config: Config) -> "View":
        """Return the view with the series that are above a normal of theirs."""
        half = np.float32(0.5) * self.material
        highest = np.maximum(self.residuals[0], self.residuals[1])
        np.maximum(highest, np.zeros(highest.shape[1], np.float32), out=highest)
        lifted = rise(self.base, highest, layout) >= half
        lifted &= seen
        elevated = lifted.copy()
        rows, columns = places(lifted)
        elevated[rows, columns] = self.deviations[:, rows, columns].max(axis=0) >= config.release
        if len(self.held[0]):
            self._add_held(elevated, highest, half, seen, layout, config)
        return replace(self, lifted=lifted, elevated=elevated)

    def _add_held(
        self, elevated: Flags, highest: Floats, half: Floats, seen: Flags, layout: Layout, config: Config
    ) -> None:
        rows, columns = self.held
        spreads = np.maximum(self.deviations[:, rows, columns].max(axis=0), self.above / self.spreads[1, rows, columns])
        by = np.zeros((len(elevated), len(rows)), np.float32)
        by[rows, np.arange(len(rows))] = np.maximum(highest[rows, columns], self.above)
        risen = rise(self.base[:, columns], by, layout)[rows, np.arange(len(rows))]
        high = risen >= np.broadcast_to(half, elevated.shape)[rows, columns]
        elevated[rows, columns] = seen[rows, columns] & high & (spreads >= config.release)


def compared(
    words: Words, smooth: Floats, along: Floats, held: Places, material: Floats, layout: Layout
) -> tuple[View, Floats]:
    """Return a block seen from its baseline, and what the time of day has to do with it [series, entities]."""
    count = len(layout.kinds)
    now = words.lines[1] * along
    now += words.lines[0]
    daily, spreads, steady = now[:count], now[count : 3 * count].reshape(2, count, -1), now[3 * count :]
    base = words.level + daily
    np.maximum(spreads[1], words.volatility, out=spreads[1])
    np.maximum(steady, words.volatility[: layout.latencies], out=steady)
    residuals = np.empty_like(spreads)
    np.subtract(smooth, base, out=residuals[0])
    np.subtract(residuals[0], words.segment_level[: len(base)], out=residuals[1])
    nothing = np.zeros((0, len(along)), np.bool_)
    view = View(
        values=smooth,
        base=base,
        spreads=spreads,
        steady=steady,
        residuals=residuals,
        deviations=residuals / spreads,
        held=held,
        above=residuals[0][held] - words.before[held],
        material=material,
        samples=words.age.copy(),
        lifted=nothing,
        elevated=nothing,
    )
    return view, daily


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


class Seen(Protocol):
    """What a step gives: views of its entities, block by block."""

    @property
    def views(self) -> Sequence[View]:
        """Its blocks, in order."""
        ...


def explain(verdicts: Seen, columns: Whole, layout: Layout, config: Config = DEFAULT) -> Evidence:
    """Return what was compared for some entities of a step, in the order given."""
    block = verdicts.views[0].values.shape[1] if verdicts.views else 1
    each = [_explained(verdicts.views[column // block], column % block, layout, config) for column in columns.tolist()]
    if not each:
        each = [_nothing(layout)]
    names = Evidence.__dataclass_fields__
    return Evidence(**{name: np.concatenate([getattr(one, name) for one in each], axis=1) for name in names})


def _explained(view: View, column: int, layout: Layout, config: Config) -> Evidence:
    one = slice(column, column + 1)
    values, base = view.values[:, one], view.base[:, one]
    spreads, residuals, above = view.spreads[:, :, one], view.residuals[:, :, one], view.deviations[:, :, one]
    half = np.float32(0.5) * np.broadcast_to(view.material, view.values.shape)[:, one]
    usual, recent = values - residuals
    before, own = np.full_like(values, np.inf), view.held[1] == column
    before[view.held[0][own], 0] = values[view.held[0][own], 0] - view.above[own]
    lately, elevated = np.where(np.isinf(before), recent, before), view.elevated[:, one]
    _, limit = limits(usual, np.minimum(recent, before), spreads, base, half, layout, config)
    by_channel = np.where(above[0] >= above[1], Cause.UNUSUAL, Cause.RECENT)
    # Just after trouble what is recent is the trouble itself, and no normal of a value that is above what is usual.
    is_normal = lately < limit
    centre, spread = np.where(is_normal, lately, usual), np.where(is_normal, spreads[1], spreads[0])
    return Evidence(
        value=raw(values, layout),
        centre=raw(centre, layout),
        spread=rise(centre, spread, layout),
        limit=raw(limit, layout),
        distance=(values - centre) / spread,
        samples=view.samples[:, one],
        elevated=elevated,
        cause=np.where(elevated, by_channel, Cause.NONE),
    )


def limits(
    usual: Floats, recent: Floats, spreads: Floats, base: Floats, half: Floats, layout: Layout, config: Config
) -> tuple[Floats, Floats]:
    """Return where what is normal ends, and from where on a series takes part in an alarm; stabilised [series, entities].

    The lower of two normals counts, with spreads [channels, series, entities]; `half` is half the least rise worth a page.
    """
    release = np.float32(config.release)
    edge = np.minimum(usual + release * spreads[0], recent + release * spreads[1])
    return edge, np.maximum(edge, np.minimum(usual, recent) + step_of(base, half, layout))


def _nothing(layout: Layout) -> Evidence:
    nothing = np.zeros((len(layout.kinds), 0), np.float32)
    flags, causes = nothing.astype(np.bool_), nothing.astype(np.int64)
    return Evidence(nothing, nothing, nothing, nothing, nothing, nothing, flags, causes)
