"""One sample of every series of a batch: the method put together. See the package's docstring for the theory.

A batch is judged in blocks that fit a processor's cache. What is rare (missing samples, runs, risen series) is done for
the few elements it happens to; what is left is a fixed number of passes over all.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from satark.detector.robust import evidence, learning, persistence, recent, reference, season, shift
from satark.detector.robust.arrays import Array, Flags, Floats, Places, Whole, given, places
from satark.detector.robust.config import DEFAULT, Config
from satark.detector.robust.layout import Layout
from satark.detector.robust.persistence import Cause
from satark.detector.robust.scale import rise, stabilised
from satark.detector.robust.shift import Change, Rules
from satark.detector.robust.state import State
from satark.detector.robust.view import View, compared
from satark.detector.robust.words import Words

BLOCK = 2000
"""Entities judged at once: enough that numpy's calls cost less than their work; rows of no power of two share no lines."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What a step says. [entities] unless noted.

    active: an alarm is open; page: somebody is to be told: it has opened by this sample, or it was open and has risen anew
    from a level that had been steady; worse: it was open and has risen further, an update, at most once an hour; evidence: 1 and more opens an alarm; cause: why it opened or is worse (a `Cause`, else 0); elevated
    [series, entities]: which series take part; changed, since: confirmed changes of level [latency series, entities] and
    when they began, epoch seconds; views: what `explain` explains, a block each.
    """

    active: Flags
    page: Flags
    worse: Flags
    evidence: Floats
    cause: Array
    elevated: Flags
    changed: Flags
    since: Whole
    views: list[View]


def step(
    state: State,
    times: Whole,
    values: Array,
    mask: Flags,
    layout: Layout,
    *,
    maintenance: Flags | None = None,
    material: Floats | None = None,
    config: Config = DEFAULT,
) -> tuple[State, Verdicts]:
    """Judge one sample of every series and learn from it.

    times: epoch seconds [entities]; values and mask: [series, entities] in the kinds' units, False where there is no
    sample. `maintenance` [entities] marks samples that neither teach nor tell. `material` [series, entities] is the least
    rise worth a page, where it is not what the kinds have. The given state is changed in place, and returned.
    """
    entities, series = len(times), len(layout.kinds)
    verdicts = Verdicts(
        active=np.zeros(entities, np.bool_),
        page=np.zeros(entities, np.bool_),
        worse=np.zeros(entities, np.bool_),
        evidence=np.zeros(entities, np.float32),
        cause=np.zeros(entities, np.int64),
        elevated=np.zeros((series, entities), np.bool_),
        changed=np.zeros((layout.latencies, entities), np.bool_),
        since=np.zeros((layout.latencies, entities), np.int64),
        views=[],
    )
    for begin in range(0, entities, BLOCK):
        block = slice(begin, min(begin + BLOCK, entities))
        raw, seen = given(
            values[:, block], mask[:, block] if maintenance is None else mask[:, block] & ~maintenance[block]
        )
        least = layout.material if material is None else material[:, block]
        own = np.arange(block.start, block.stop)
        whole = state.by_number and len(own) == entities
        part = state if whole else state.take(own)
        _judge(part, times[block], raw, seen, least, block, verdicts, layout, config)
        if not whole:
            state.put(own, part)
    return state, verdicts


def _judge(
    state: State,
    times: Whole,
    raw: Floats,
    seen: Flags,
    least: Floats,
    block: slice,
    verdicts: Verdicts,
    layout: Layout,
    config: Config,
) -> None:
    """Judge a block, in place, and write what is said of it."""
    words, missing = state.words, places(~seen)
    anywhere = np.asarray(seen.any(axis=0))
    stabilised(raw, layout)
    smooth, alone = recent.despiked(words, state.last_seen, raw, missing, times, config)
    fresh = places(seen & (words.age == 0))
    words.level[fresh] = smooth[fresh]
    held = reference.held(words)
    along = season.draw(words, state.profiles, times, anywhere, layout.floors, config)
    view, daily = compared(words, smooth, along, held, least, layout)
    change = _track(words, state.since, raw, view, missing, times, layout, config)
    shifted, steady = _shifted(words, change, view, daily, missing, layout, config)
    evidence.advance(words, view.deviations, missing, config)
    view = view.with_elevated(seen, layout, config)
    strength, by_itself = _evidence(words, view, seen & ~alone, layout, config)
    limit = _limit(words, smooth, seen, layout, config)
    mature = np.asarray((words.age >= config.warmup).any(axis=0))
    bad = ((mature & ((strength.max(axis=0) >= 1) | shifted.any(axis=0))) | limit) & anywhere
    worse = _worse(words, state.told, shifted, mature, times, view, layout, config)
    anew = worse & (steady & shifted).any(axis=0)
    active, opened = persistence.advance(
        words, seen=anywhere, bad=bad, elevated=np.asarray(view.elevated.any(axis=0)), config=config
    )
    page, worse = opened | anew, worse & ~anew
    _tell(words, state.told, page, worse, active, shifted, smooth, times)
    verdicts.active[block], verdicts.page[block], verdicts.worse[block] = active, page, worse
    verdicts.evidence[block] = strength.max(axis=0) * mature
    verdicts.elevated[:, block] = view.elevated
    told = np.flatnonzero(page | worse)
    verdicts.cause[block][told] = _cause(
        strength[:, told], np.asarray(shifted.any(axis=0))[told], (limit & ~mature)[told]
    )
    _write_changes(change, block, verdicts, layout)
    verdicts.views.append(view)
    learning.learn(words, state.profiles, view, change, by_itself, held, seen, times, layout, config)


def _track(
    words: Words,
    since: Whole,
    raw: Floats,
    view: View,
    missing: Places,
    times: Whole,
    layout: Layout,
    config: Config,
) -> Change:
    """Follow the segments of every series' rest, and of the raw latencies."""
    count, delays = len(layout.kinds), layout.latencies
    values, floor = np.empty((2, layout.tracked, len(times)), np.float32)
    values[:count], floor[:count] = view.residuals[0], layout.floor
    values[count : count + delays] = values[count + delays :] = raw[:delays]
    floor[count : count + delays], floor[count + delays :] = layout.floor[:delays], view.material[:delays]
    rows, columns = missing
    late = rows < delays
    everywhere = [rows, *(rows[late] + count + turn * delays for turn in range(2))]
    gone = np.concatenate(everywhere), np.concatenate([columns, columns[late], columns[late]])
    return shift.advance(words, since, values, gone, floor, times, rules_of(layout, config))


@lru_cache(maxsize=16)
def rules_of(layout: Layout, config: Config) -> Rules:
    """Return the rules of all tracked segments."""
    each = (
        [config.reference] * len(layout.kinds) + [config.change] * layout.latencies + [config.page] * layout.latencies
    )
    confirm, misses = np.array([[rule.confirm, rule.misses] for rule in each], np.float32).T[..., None]
    return Rules(confirm, misses, config.reference)


def _shifted(
    words: Words, change: Change, view: View, daily: Floats, missing: Places, layout: Layout, config: Config
) -> tuple[Flags, Flags]:
    """Return which latencies have just shifted upwards, beyond what the time of day and the noise of the hour explain.

    And which of them from a level that had been steady.
    """
    delays, first = layout.latencies, len(layout.kinds) + layout.latencies
    shifted, steady = np.zeros((2, delays, len(words.active)), np.bool_)
    rows, columns = change.places
    found = np.flatnonzero(rows >= first)
    at = rows[found] - first, columns[found]
    by = change.by[found]
    risen = by - (daily[at] - words.pages_season[at])
    least = np.broadcast_to(view.material, view.values.shape)[at]
    steady[at] = change.count[found] >= config.steady
    shifted[at] = (by > 0) & (risen >= config.present * least) & (risen >= config.page_gate * view.steady[at])
    follow = np.float32(1 / config.page.level_memory) * ~change.running[first:]
    rows, columns = missing
    late = rows < delays
    follow[rows[late], columns[late]] = 0
    follow[at] = 1
    words.pages_season += follow * (daily[:delays] - words.pages_season)
    fallen = by < 0
    down = at[0][fallen], at[1][fallen]
    words.peak[down] = np.minimum(words.peak[down], words.segment_level[first:][down])
    return shifted, steady


def _evidence(words: Words, view: View, present: Flags, layout: Layout, config: Config) -> tuple[Floats, Floats]:
    """Return the strongest evidence of each normal [channels, entities], and each series' by itself where it is elevated."""
    strength = np.zeros((2, present.shape[1]), np.float32)
    by_itself = np.zeros(present.shape, np.float32)
    columns = np.flatnonzero((view.lifted | view.elevated).any(axis=0))
    if len(columns):
        over = evidence.over_spans(words, view.deviations, columns)
        found = evidence.statistics(words.own[:, columns], over, layout, config)
        least = np.broadcast_to(view.material, present.shape)[:, columns]
        base = view.base[:, columns]
        now = rise(base, np.maximum(view.residuals[:, :, columns], 0), layout) >= config.present * least
        now &= present[:, columns]
        risen = rise(base, np.maximum(over * view.spreads[:, :, columns], 0), layout) >= least
        strength[:, columns] = evidence.strength(found, risen & now, layout, config)
        by_itself[:, columns] = evidence.alone(found, layout, config)
    return strength, by_itself


def _limit(words: Words, smooth: Floats, seen: Flags, layout: Layout, config: Config) -> Flags:
    """Return which entities are beyond an absolute limit while there is no baseline."""
    young = words.age < config.warmup
    if not (young.any() or words.over.any()):
        return np.zeros(seen.shape[1], np.bool_)
    beyond = seen & young & (rise(np.zeros_like(smooth), smooth, layout) >= layout.limit)
    words.over[:] = np.where(beyond, words.over + 1, np.where(seen, 0, words.over))
    return np.asarray((words.over >= config.limit_samples).any(axis=0))


def _worse(
    words: Words,
    told: Whole,
    shifted: Flags,
    mature: Flags,
    times: Whole,
    view: View,
    layout: Layout,
    config: Config,
) -> Flags:
    """Return which open alarms have risen further, once an hour at most."""
    if not shifted.any():
        return np.zeros(len(times), np.bool_)
    delays = layout.latencies
    further = shifted & (words.segment_level[-delays:] >= words.peak + view.material[:delays])
    return np.asarray(mature & (words.active > 0) & (times - told >= config.repeat_s) & further.any(axis=0))


def _tell(
    words: Words,
    told: Whole,
    page: Flags,
    worse: Flags,
    active: Flags,
    shifted: Flags,
    smooth: Floats,
    times: Whole,
) -> None:
    """Remember what was told of, and when, in place."""
    delays = len(shifted)
    if not (active.any() or words.peak.any()):
        return
    levels = words.segment_level[-delays:] if delays else words.peak
    peak = np.where(page, np.maximum(smooth[:delays], levels), words.peak)
    words.peak[:] = np.where(shifted, np.maximum(peak, levels), peak) * active
    now = page | worse
    told[now] = times[now]


def _cause(strength: Floats, shifted: Flags, limit: Flags) -> Array:
    usual, recent = strength
    by_statistic = np.where(usual >= recent, Cause.UNUSUAL, Cause.RECENT)
    cause = np.where(np.maximum(usual, recent) >= 1, by_statistic, np.where(shifted, Cause.SHIFT, Cause.NONE))
    return np.where(limit, Cause.LIMIT, cause)


def _write_changes(change: Change, block: slice, verdicts: Verdicts, layout: Layout) -> None:
    rows, columns = change.places
    first = len(layout.kinds)
    found = (rows >= first) & (rows < first + layout.latencies)
    at = rows[found] - first, columns[found] + block.start
    verdicts.changed[at], verdicts.since[at] = True, change.since[found]
