"""A late sample teaches what is usual in its place: the level, the spreads, and the half-hour that it belongs to.

Nothing is judged again. What depends on the order of samples (runs, averages over spans, alarms) goes on as if the sample
had never come, and so does the spread of the statistics, which learn from one sample in four anyway. A segment's level
takes it in only where it belongs to the segment: no run is begun, extended or given up. What looks like trouble, and all
that comes while an alarm is open, counts as little as a suspect sample does.

A half-hour that is learnt already is learnt a little more, by the share that the sample would have had of it.
"""

import numpy as np

from satark.detector.robust import learning, reference, season, shift
from satark.detector.robust.arrays import Array, Flags, Floats, Whole, bounded, given
from satark.detector.robust.config import DEFAULT, Config
from satark.detector.robust.layout import Layout
from satark.detector.robust.scale import stabilised
from satark.detector.robust.state import State
from satark.detector.robust.step import rules_of
from satark.detector.robust.view import View, compared
from satark.detector.robust.words import Words

SAMPLES = 6
"""How many samples a half-hour has, as far as a late one's share is concerned."""


def learn_late(
    state: State,
    times: Whole,
    values: Array,
    layout: Layout,
    *,
    material: Floats | None = None,
    config: Config = DEFAULT,
) -> State:
    """Learn one late sample of every entity of a batch, in place, and return the batch, which was taken from its memory.

    values: [3, series, entities] in the kinds' units, the late sample behind the two that were measured before it; not a
    number where there is none. Times and material as for `step`.
    """
    words, least = state.words, layout.material if material is None else material
    smooth, seen = _despiked(values, layout)
    drawn, place = words.lines.copy(), words.place.copy()
    along = season.draw(words, state.profiles, times, np.asarray(seen.any(axis=0)), layout.floors, config)
    view, _ = compared(words, smooth, along, reference.held(words), least, layout)
    words.lines[:], words.place[:] = drawn, place
    view = view.with_elevated(seen, layout, config)
    doubtful = view.elevated | (words.active > 0)
    weight = (seen * np.where(doubtful, np.float32(config.frozen_rate), np.float32(1))).astype(np.float32)
    clipped = bounded(view.deviations, config.clip_level) * view.spreads
    learning.learn_levels(words, clipped, weight, config)
    _settle(words, state.since, view, values[2], seen & ~doubtful, times, layout, config)
    slot = (times % config.day_s) // config.slot_s
    present = slot == words.slot
    learning.gather(words, view, clipped[1], weight * present, layout, config)
    passed = np.flatnonzero(~present & seen.any(axis=0))
    if len(passed):
        _amend(state, view, clipped[1], weight, slot, passed, layout, config)
    words.age += weight
    return state


def _despiked(values: Array, layout: Layout) -> tuple[Floats, Flags]:
    """Return the median of each late sample and the two before it, stabilised, 0 where there is none; and where there is."""
    earlier, last, _ = values
    late, seen = given(values[2], np.isfinite(values[2]))
    three = np.stack(
        [np.where(np.isfinite(earlier), earlier, -np.inf), np.where(np.isfinite(last), last, np.inf), late]
    )
    smooth = np.where(seen, np.sort(three, axis=0)[1], 0).astype(np.float32)
    return stabilised(smooth, layout), seen


def _settle(
    words: Words, since: Whole, view: View, raw: Array, calm: Flags, times: Whole, layout: Layout, config: Config
) -> None:
    """Let the segments take in what belongs to them."""
    count, delays = len(layout.kinds), layout.latencies
    values, floor = np.zeros((2, layout.tracked, len(times)), np.float32)
    values[:count], floor[:count] = view.residuals[0], layout.floor
    values[count : count + delays] = values[count + delays :] = np.where(calm[:delays], raw[:delays], 0)
    floor[count : count + delays], floor[count + delays :] = layout.floor[:delays], view.material[:delays]
    distance = np.float32(config.reference.distance)
    reach = np.maximum(words.segment_spread * distance, floor)
    belongs = np.concatenate([calm, calm[:delays], calm[:delays]]) & (words.segment_run == 0)
    belongs &= (words.segment_count > 0) & (np.abs(values - words.segment_level) <= reach)
    rows, columns = np.nonzero(~belongs)
    shift.advance(words, since, values, (rows, columns), floor, times, rules_of(layout, config))


def _amend(
    state: State,
    view: View,
    clipped: Floats,
    weight: Floats,
    slot: Whole,
    columns: Whole,
    layout: Layout,
    config: Config,
) -> None:
    """Teach half-hours that are learnt already: a day's part in them, and the sample's part in that day."""
    series, profiles = len(layout.kinds), state.profiles
    numbers = profiles.read(columns, slot[columns])
    days, part = numbers[series : 2 * series], weight[:, columns] / np.float32(SAMPLES + 1)
    known = days > 0
    part = part * known
    numbers[:series] += (
        part * np.maximum(1 / np.maximum(days, 1), np.float32(1 / config.slot_memory_days)) * clipped[:, columns]
    )
    squares = np.square(bounded(view.deviations, config.clip_spread) * view.spreads)[:, :, columns].reshape(
        2 * series, -1
    )
    variance, floors = numbers[2 * series : 4 * series] ** 2, layout.floors[: 2 * series]
    gain = part * np.maximum(1 / np.maximum(days, 1), np.float32(1 / config.spread_memory_days))
    most = 9 * np.maximum(variance, floors**2)
    variance += np.concatenate([gain, gain]) * (np.minimum(squares, most) - variance)
    numbers[2 * series : 4 * series] = np.sqrt(variance)
    profiles.write(columns, slot[columns], numbers)
