"""One sample of every series of a batch: the method put together. See the package's docstring for the theory."""

from dataclasses import dataclass

import numpy as np

from satark.detector.robust import despike, evidence, persistence, reference, season, shift, thresholds
from satark.detector.robust.arrays import Array, Flags, Floats, Whole
from satark.detector.robust.config import DEFAULT, Config, Kind
from satark.detector.robust.layout import Layout
from satark.detector.robust.persistence import Cause
from satark.detector.robust.scale import rise, stabilised
from satark.detector.robust.state import State
from satark.detector.robust.view import View


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What a step says. [entities] unless noted.

    active: an alarm is open; page: it has opened by this sample; worse: it was open, and its level has risen once more, at
    most once an hour; evidence: 1 and more opens an alarm; cause: why it opened or is worse (a `Cause`, else 0); elevated
    [series, entities]: which series take part; changed, since: confirmed changes of level [latency series, entities] and
    when they began, epoch seconds; view: what `explain` explains.
    """

    active: Flags
    page: Flags
    worse: Flags
    evidence: Floats
    cause: Array
    elevated: Flags
    changed: Flags
    since: Whole
    view: View


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
    rise worth a page, where it is not what the kinds have. The given state is used up: its profiles are changed in place.
    """
    seen = mask & np.isfinite(values)
    if maintenance is not None:
        seen = seen & ~maintenance
    raw = stabilised(np.where(seen, values, 0).astype(np.float32), layout)
    state.recent, smooth, alone = despike.despiked(state.recent, raw, seen, times, config)
    state.level = np.where(seen & (state.age == 0), smooth, state.level)
    least = layout.material if material is None else material
    view = _view(state, smooth, alone, least, times, layout, config)
    found, strength = _statistics(state, view, seen, layout, config)
    shifted, change = _latency(state, raw, view, seen, times, layout, config)
    limit = _limit(state, smooth, seen, layout, config)
    mature = (state.age >= config.warmup).any(axis=0)
    bad = (mature & ((strength.max(axis=(0, 1, 2)) >= 1) | shifted.any(axis=0))) | limit
    elevated, near = _elevated(state, view, layout, config)
    anywhere = np.asarray(seen.any(axis=0))
    rows = list(layout.rows(Kind.LATENCY))
    worse = mature & (times - state.told >= config.repeat_s)
    worse &= (shifted & (state.pages.level >= state.peak + least[rows])).any(axis=0) & state.alarm.active
    state.alarm, page = persistence.advance(
        state.alarm,
        seen=anywhere,
        bad=np.asarray(bad & anywhere),
        elevated=np.asarray((elevated & seen).any(axis=0)),
        config=config,
    )
    told = np.where(page, np.maximum(smooth[rows], state.pages.level), state.peak)
    told = np.where(shifted, np.maximum(told, state.pages.level), told)
    state.told = np.where(page | worse, times, state.told)
    state.peak = np.where(state.alarm.active, told, 0).astype(np.float32)
    cause = np.where(page | worse, _cause(strength, np.asarray(shifted.any(axis=0)), limit & ~mature), Cause.NONE)
    verdicts = Verdicts(
        active=state.alarm.active,
        page=page,
        worse=worse,
        evidence=np.where(mature, strength.max(axis=(0, 1, 2)), 0),
        cause=cause,
        elevated=np.asarray(elevated & seen),
        changed=change.confirmed,
        since=change.since,
        view=view,
    )
    _learn(state, view, found, seen, elevated=elevated, near=near, times=times, layout=layout, config=config)
    return state, verdicts


def _view(
    state: State, smooth: Floats, alone: Flags, least: Floats, times: Whole, layout: Layout, config: Config
) -> View:
    daily, spreads = season.usual(state.season, times, config, layout.floor)
    spreads[1:] = np.maximum(spreads[1:], state.volatility)
    base = state.level + daily
    usual = smooth - base
    residuals = np.stack([usual, usual - state.reference.segments.level])
    return View(
        values=smooth,
        base=base,
        spreads=spreads[:2],
        steady=spreads[2],
        residuals=residuals,
        before=np.where(state.reference.held > 0, state.reference.before, state.reference.segments.level),
        held=state.reference.held > 0,
        samples=state.age,
        material=least,
        alone=alone,
    )


def _statistics(state: State, view: View, seen: Flags, layout: Layout, config: Config) -> tuple[Floats, Floats]:
    """Return all statistics, and relative to their thresholds those that are about a material rise."""
    over = evidence.advance(state.averages, view.residuals / view.spreads, seen, config)
    found = evidence.statistics(state.averages, over, layout)
    present = rise(view.base, np.maximum(view.residuals, 0), layout) >= config.present * view.material
    present &= seen & ~view.alone
    material = evidence.material(over, view.spreads, view.base, present, view.material, layout)
    return found, np.where(material, found / thresholds.of(layout), 0)


def _latency(
    state: State, raw: Floats, view: View, seen: Flags, times: Whole, layout: Layout, config: Config
) -> tuple[Flags, shift.Change]:
    """Follow the raw latency: return which series have just shifted upwards, and the confirmed changes of level."""
    rows = list(layout.rows(Kind.LATENCY))
    values, there, floor = raw[rows], seen[rows], layout.floor[rows]
    state.changes, change = shift.advance(state.changes, values, there, floor, times, config.change)
    material = view.material[rows]
    state.pages, paged = shift.advance(state.pages, values, there, material, times, config.page)
    daily = view.base[rows] - state.level[rows]
    risen = paged.by - (daily - state.pages_season)
    up = paged.confirmed & (paged.by > 0) & (risen >= config.present * material)
    up &= risen >= config.page_gate * view.steady[rows]
    follow = np.where(paged.confirmed, 1, np.where(there & ~paged.running, 1 / config.page.level_memory, 0))
    state.pages_season = (state.pages_season + follow * (daily - state.pages_season)).astype(np.float32)
    down = paged.confirmed & (paged.by < 0)
    state.peak = np.where(down, np.minimum(state.peak, state.pages.level), state.peak)
    return up, change


def _limit(state: State, smooth: Floats, seen: Flags, layout: Layout, config: Config) -> Flags:
    """Return which entities are beyond an absolute limit while there is no baseline."""
    zero = np.zeros_like(smooth)
    beyond = seen & (rise(zero, smooth, layout) >= layout.limit) & (state.age < config.warmup)
    state.over = np.where(beyond, state.over + 1, np.where(seen, 0, state.over)).astype(np.float32)
    return np.asarray((state.over >= config.limit_samples).any(axis=0))


def _elevated(state: State, view: View, layout: Layout, config: Config) -> tuple[Flags, Flags]:
    """Return which series are above a normal of theirs, and which are back near the one before a rise."""
    above = view.values - view.base - state.reference.before
    highest = np.maximum(view.residuals.max(axis=0), np.where(view.held, above, 0))
    spreads = (view.residuals / view.spreads).max(axis=0)
    spreads = np.maximum(spreads, np.where(view.held, above / view.spreads[1], 0))
    half = view.material / 2
    elevated = (spreads >= config.release) & (rise(view.base, np.maximum(highest, 0), layout) >= half)
    return elevated, rise(view.base, np.maximum(above, 0), layout) < half


def _cause(strength: Floats, shifted: Flags, limit: Flags) -> Array:
    usual, recent = strength.max(axis=(0, 2))
    by_statistic = np.where(usual >= recent, Cause.UNUSUAL, Cause.RECENT)
    cause = np.where(np.maximum(usual, recent) >= 1, by_statistic, np.where(shifted, Cause.SHIFT, Cause.NONE))
    return np.where(limit, Cause.LIMIT, cause)


def _learn(
    state: State,
    view: View,
    found: Floats,
    seen: Flags,
    *,
    elevated: Flags,
    near: Flags,
    times: Whole,
    layout: Layout,
    config: Config,
) -> None:
    """Teach the baseline, slowly where trouble is suspected, in place."""
    alone = found[:, :, : len(layout.kinds)].max(axis=(0, 1))
    state.suspect, levels, spreads = _weights(state, alone, seen, elevated, config)
    clip = config.clip_level * view.spreads
    clipped = np.clip(view.residuals, -clip, clip)
    gain = np.where(state.age < config.young, 1 / (state.age + 1), 1 / config.level_memory)
    state.level = (state.level + levels * gain * clipped[0]).astype(np.float32)
    swing = 1.25 * np.abs(clipped[1]) - state.volatility
    state.volatility = (state.volatility + levels / config.volatility_memory * swing).astype(np.float32)
    residual = view.values - view.base
    state.reference, _ = reference.advance(
        state.reference, residual, seen, near, floor=layout.floor, times=times, config=config
    )
    clip = config.clip_spread * view.spreads
    squares = np.clip(view.residuals, -clip, clip) ** 2
    clip = config.clip_spread * view.steady
    quiet = np.where(state.reference.segments.run > 0, view.steady, np.clip(view.residuals[1], -clip, clip)) ** 2
    state.season = season.learn(
        state.season,
        times,
        clipped[1],
        np.concatenate([squares, quiet[None]]),
        weight=spreads,
        age=state.age,
        config=config,
        floor=layout.floor,
    )
    least = np.where(seen, spreads, 1).min(axis=0) * seen.any(axis=0)
    evidence.learn(state.averages, found, least, state.age.max(axis=0), layout, config)
    state.age = np.minimum(state.age + levels, 1e5).astype(np.float32)


def _weights(
    state: State, alone: Floats, seen: Flags, elevated: Flags, config: Config
) -> tuple[Floats, Floats, Floats]:
    """Return how long each series is suspect, and what its sample counts for levels and for spreads."""
    doubtful = seen & (alone > config.suspicion) & elevated
    suspect = np.where(doubtful, state.suspect + 1, np.where(seen, 0, state.suspect)).astype(np.float32)
    patient = doubtful & (suspect < config.frozen)
    levels = np.where(patient, config.frozen_rate, 1) * seen
    spreads = np.where(patient & (alone > config.suspicion * 5 / 3), 0.2, 1) * seen
    return suspect, levels.astype(np.float32), spreads.astype(np.float32)
