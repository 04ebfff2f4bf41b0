"""Rates of change: a value that rises faster than a rule allows, wherever it comes from.

A value is beyond when it lies more than `rise` above the least value of the last `over_s` seconds. That least value is the
evidence's centre, and the limit moves with it.
"""

from math import inf

from msgspec.structs import replace

from satark.detector.incidents.state import MetricState, Normal, Observation
from satark.detector.rules.model import Rate
from satark.detector.seed import window
from satark.detector.seed.judgement import Judgement, Verdict
from satark.schemas.incidents import Cause, Severity


def judge(state: MetricState, start: int, value: float, *, rate: Rate, keep_s: int) -> Judgement:
    """Judge an observation that is younger than all others of its metric. With nothing before it there is no rate."""
    seen = window.insert(state.window, Observation(start, value), keep_s=max(keep_s, rate.over_s))
    before = window.present(seen[:-1], start - 1, present_s=rate.over_s)
    if not before:
        return Judgement(replace(state, window=seen), Verdict.LEARNING, value)
    measure = _normal(before, rate)
    if value > measure.limit:
        return _beyond(state, window.marked(seen, start), value, measure, rate)
    good = state.good + 1
    if state.active and good < rate.persistence.good:
        return Judgement(replace(state, window=seen, bad=0, good=good), Verdict.RECOVERING, value, measure)
    settled = start if state.active else state.settled
    return Judgement(MetricState(window=seen, settled=settled), Verdict.NORMAL, value, measure)


def _normal(before: window.Window, rate: Rate) -> Normal:
    least = min(o.value for o in before)
    return Normal(
        centre=least,
        spread=0.0,
        floor=rate.rise,
        n=len(before),
        first=before[0].start,
        last=before[-1].start,
        above=least + rate.rise,
        critical=-inf if rate.severity is Severity.CRITICAL else inf,
        window_s=rate.over_s,
        cause=Cause.RATE,
    )


def _beyond(state: MetricState, seen: window.Window, value: float, measure: Normal, rate: Rate) -> Judgement:
    bad = state.bad + 1
    lately = [o.start for o in seen[-rate.persistence.of :] if o.anomalous and o.start > state.settled]
    active = state.active or len(lately) >= rate.persistence.bad
    following = MetricState(window=seen, kept=measure, bad=bad, active=active, settled=state.settled)
    since = seen[-bad:][0].start if state.active else lately[0]
    return Judgement(following, Verdict.ANOMALOUS if active else Verdict.SUSPECT, value, measure, since=since)
