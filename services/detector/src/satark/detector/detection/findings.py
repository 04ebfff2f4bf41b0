"""From the bank's verdicts to judgements: which metrics of a link are symptoms, and with what evidence.

A link's alarm is one for all its series. Those that are elevated while it is open are the symptoms; if none is at the
moment it opens, because the evidence is in many small rises, the one that stands out most is. Another joins after two
elevated samples in a row, and one that is not elevated ends after as many samples as an alarm needs to close.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from satark.detector.detection.bank import Recent
from satark.detector.detection.course import Course
from satark.detector.detection.entity import Findings
from satark.detector.incidents.state import MetricState, Normal, Observation
from satark.detector.robust import DEFAULT, Evidence
from satark.detector.robust import Cause as Found
from satark.detector.seed.judgement import Judgement, Verdict
from satark.schemas.incidents import Cause

JOINING = 2
"""Elevated samples in a row that make another metric of the link a symptom."""

CAUSES = {
    Found.LIMIT: Cause.LIMIT,
    Found.UNUSUAL: Cause.UNUSUAL,
    Found.RECENT: Cause.RECENT,
    Found.SHIFT: Cause.SHIFT,
    Found.NOVEL: Cause.NOVEL,
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """The alarm of one link after a sample: its place among the explained ones, and what the bank says of it."""

    place: int
    active: bool
    page: bool
    worse: bool
    cause: Found


def findings(
    alarm: Alarm,
    values: Mapping[str, float],
    evidence: Evidence,
    recent: Recent,
    *,
    known: Mapping[str, MetricState],
    course: Course,
    symptoms: Collection[str],
) -> Findings:
    """Return what is to be told of a link's sample: `values` are its metrics that the bank judged.

    The evidence is put together for what is a symptom now or is among the `symptoms` of the open incident.
    """
    lead = _lead(alarm, values, evidence, course)
    judgements = {
        name: _judgement(
            name,
            alarm,
            value,
            evidence,
            recent,
            known.get(name, MetricState()),
            course,
            lead=lead,
            wanted=name in symptoms,
        )
        for name, value in values.items()
    }
    missing = [name for name in symptoms if name in course.rows and name not in values]
    windows = {name: MetricState(window=window_of(recent, course.rows[name], None)) for name in missing}
    return Findings(judgements, alarm.worse or (alarm.page and bool(symptoms)), windows, recorded=course.rows)


def _lead(alarm: Alarm, values: Mapping[str, float], evidence: Evidence, course: Course) -> str | None:
    """Return the metric that an opening alarm is told by where none is elevated."""
    if not alarm.page or any(evidence.elevated[course.rows[name], alarm.place] for name in values):
        return None
    return max(values, key=lambda name: float(evidence.distance[course.rows[name], alarm.place]))


def _judgement(
    name: str,
    alarm: Alarm,
    value: float,
    evidence: Evidence,
    recent: Recent,
    known: MetricState,
    course: Course,
    *,
    lead: str | None,
    wanted: bool,
) -> Judgement:
    row, place = course.rows[name], alarm.place
    up = bool(evidence.elevated[row, place]) or name == lead
    bad, good = (known.bad + 1, 0) if up else (0, known.good + 1)
    joins = up and (alarm.page or bad >= JOINING)
    active = alarm.active and (joins or (known.active and good < DEFAULT.close_samples))
    if not (up or active or wanted):
        calm = MetricState(good=good, settled=known.settled)
        return Judgement(calm, Verdict.NORMAL, value)
    normal = _normal(name, alarm, evidence, recent, course)
    start = int(recent.times[-1])
    since = _since(recent, row, normal.limit) if up else None
    marked = window_of(recent, row, normal.limit)
    if active and since is not None:
        marked = tuple(Observation(o.start, o.value, o.anomalous or o.start in {since, start}) for o in marked)
    state = MetricState(window=marked, bad=bad, good=good, active=active, settled=known.settled)
    verdict = Verdict.ANOMALOUS if active and up else Verdict.SUSPECT if up else Verdict.NORMAL
    return Judgement(state, verdict, value, normal, since=since)


def _normal(name: str, alarm: Alarm, evidence: Evidence, recent: Recent, course: Course) -> Normal:
    row, place = course.rows[name], alarm.place
    centre, spread = float(evidence.centre[row, place]), float(evidence.spread[row, place])
    material = float(course.material[row])
    plan = course.metric(name)
    factor = 6.0 if plan is None else plan.critical_factor
    samples, newest = int(evidence.samples[row, place]), int(recent.times[-1])
    step_s = int(recent.times[-1] - recent.times[-2]) if len(recent.times) > 1 else 0
    cause = Found(int(evidence.cause[row, place])) or alarm.cause
    return Normal(
        centre=centre,
        spread=spread,
        floor=material,
        n=samples,
        first=newest - samples * step_s,
        last=newest - step_s,
        above=float(evidence.limit[row, place]),
        critical=centre + factor * max(material, spread),
        window_s=samples * step_s,
        cause=CAUSES.get(cause, Cause.UNUSUAL),
    )


def _since(recent: Recent, row: int, limit: float) -> int:
    """Return when the present run of samples beyond the limit began; missing ones do not break it."""
    since = int(recent.times[-1])
    for start, value in zip(recent.times[-2::-1], recent.values[-2::-1, row], strict=True):
        if np.isnan(value):
            continue
        if value < limit:
            break
        since = int(start)
    return since


def window_of(recent: Recent, row: int, limit: float | None) -> tuple[Observation, ...]:
    """Return a metric's recent samples; from `limit` on they are marked."""
    return tuple(
        Observation(int(start), float(value), limit is not None and bool(value >= limit))
        for start, value in zip(recent.times, recent.values[:, row], strict=True)
        if not np.isnan(value)
    )
