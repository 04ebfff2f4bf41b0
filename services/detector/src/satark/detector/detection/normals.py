"""What is normal for entities now, metric by metric: the limits by which each way of judging would judge the next sample."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from satark.detector.detection.bank import Bank
from satark.detector.detection.course import Course
from satark.detector.detection.series import Learnt, SeriesBank
from satark.detector.detection.subject import Subject
from satark.detector.incidents.state import MetricState
from satark.detector.robust import DEFAULT, WAN_LINK
from satark.detector.rules.model import Method, MetricPlan
from satark.detector.seed import judgement
from satark.detector.seed.parameters import SeedRules, rules_of
from satark.schemas.baselines import SLOT, BaselineState, MetricBaseline

SLOT_S = int(SLOT.total_seconds())
NOVELTY = "novelty"
DECIMALS = 4
MOST = 512
"""So many metrics are told of an entity; more do not fit into an event."""

Metrics = dict[str, MetricBaseline]


@dataclass(frozen=True, slots=True)
class Normal:
    """What is normal for an entity in the half-hour that begins at `slot`, epoch seconds."""

    slot: int
    metrics: Metrics


def normals(subjects: Mapping[str, Subject], bank: Bank, series: SeriesBank) -> dict[str, Normal]:
    """Return what is normal for entities in the half-hour of their newest sample; none for one of which nothing is watched."""
    asked = {name: (one, one.course) for name, one in subjects.items() if one.course is not None}
    banked = _banked({name: pair for name, pair in asked.items() if pair[0].column >= 0 and pair[1].rows}, bank)
    novel = _novel(asked, series)
    found = {}
    for name, (one, course) in asked.items():
        metrics = banked.get(name, {}) | novel.get(name, {}) | dict(_others(one, course))
        if metrics:
            found[name] = Normal(_slot(one), dict(islice(metrics.items(), MOST)))
    return found


def _slot(one: Subject) -> int:
    return one.newest // SLOT_S * SLOT_S


def _banked(asked: Mapping[str, tuple[Subject, Course]], bank: Bank) -> dict[str, Metrics]:
    if not asked:
        return {}
    columns = np.array([one.column for one, _ in asked.values()], np.int64)
    # The middle of the half-hour: there its own profile counts, and not its neighbours'.
    times = np.array([_slot(one) + SLOT_S // 2 for one, _ in asked.values()], np.int64)
    material = np.array([course.material for _, course in asked.values()], np.float32).T
    known = bank.normals(columns, times, material)
    numbers = np.stack([known.samples, known.centre, known.low, known.high, known.limit]).T.tolist()
    return {
        name: {
            metric: _of_row(row, each[row], course.metric(metric))
            for metric, row in course.rows.items()
            if each[row][0]
        }
        for each, (name, (_, course)) in zip(numbers, asked.items(), strict=True)
    }


def _of_row(row: int, numbers: Sequence[float], plan: MetricPlan | None) -> MetricBaseline:
    (samples, centre, low, high, limit), absolute = numbers, _absolute(plan)
    if samples < DEFAULT.warmup:
        usual = float(WAN_LINK.limit[row, 0])
        least = usual if absolute is None else min(usual, absolute)
        lacking = int(np.ceil(DEFAULT.warmup - samples))
        return _learning(Method.ROBUST, int(samples), least, samples=lacking)
    return _watching(Method.ROBUST, int(samples), (centre, max(low, 0.0), high), limit, absolute)


def _novel(asked: Mapping[str, tuple[Subject, Course]], series: SeriesBank) -> dict[str, Metrics]:
    wanted = [
        (name, metric, column, one.newest, course.metric(metric))
        for name, (one, course) in asked.items()
        for metric, column in one.series.items()
        if course.is_series(metric)
    ]
    found: dict[str, Metrics] = {}
    learnt = series.usual([each[2] for each in wanted], [each[3] for each in wanted]) if wanted else ()
    for (name, metric, _, _, plan), known in zip(wanted, learnt, strict=True):
        found.setdefault(name, {})[metric] = _of_series(known, plan)
    return found


def _of_series(known: Learnt, plan: MetricPlan | None) -> MetricBaseline:
    if known.wanted_samples or known.wanted_s:
        return _learning(NOVELTY, known.seen, _absolute(plan), samples=known.wanted_samples, seconds=known.wanted_s)
    return _watching(NOVELTY, known.seen, (known.middle, known.low, known.high), None, _absolute(plan))


def _others(one: Subject, course: Course) -> Iterator[tuple[str, MetricBaseline]]:
    """Yield what is normal by the recent past, and what only has a limit."""
    for name, known in one.state.metrics.items():
        metric, _, way = name.partition("|")
        plan = course.metric(metric)
        if plan is None:
            continue
        if not way and plan.method is Method.SEED:
            yield metric, _of_past(known, rules_of(plan, course.plan.evidence_s), _absolute(plan))
        elif way == "limit" and plan.method is Method.NONE:
            yield metric, _watching(Method.NONE, 0, None, None, _absolute(plan))


def _of_past(known: MetricState, rules: SeedRules, absolute: float | None) -> MetricBaseline:
    normal = judgement.ruling(known, rules)
    if normal is None:
        seen = len(judgement.behind(known, rules))
        lacking = max(2, rules.parameters.min_samples) - seen
        return _learning(Method.SEED, seen, absolute, samples=max(lacking, 0))
    band = normal.centre, max(2 * normal.centre - normal.limit, 0.0), normal.limit
    return _watching(Method.SEED, normal.n, band, normal.limit, absolute)


def _absolute(plan: MetricPlan | None) -> float | None:
    return None if plan is None or plan.limit is None else plan.limit.above


def _learning(
    method: str, n: int, absolute: float | None, *, samples: int, seconds: int | None = None
) -> MetricBaseline:
    return MetricBaseline(
        state=BaselineState.LEARNING,
        method=str(method),
        n=n,
        limit=absolute,
        absolute=absolute,
        wanted_samples=samples,
        wanted_s=seconds,
    )


def _watching(
    method: str, n: int, band: Sequence[float] | None, limit: float | None, absolute: float | None
) -> MetricBaseline:
    centre, low, high = (None, None, None) if band is None else (round(each, DECIMALS) for each in band)
    limits = [each for each in (limit, absolute) if each is not None]
    return MetricBaseline(
        state=BaselineState.WATCHING,
        method=str(method),
        n=n,
        centre=centre,
        low=low,
        high=high,
        limit=round(min(limits), DECIMALS) if limits else None,
        absolute=absolute,
    )
