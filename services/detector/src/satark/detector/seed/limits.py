"""Absolute limits: values that are wrong whatever was usual, such as the cycles in which an orchestrator was not read.

No history is learnt and none is waited for: enough values above the limit are a symptom, enough within it end it
(`Persistence`). The evidence says so: a baseline of no samples, centre 0, spread 0, so that the distance is the value in
units of 1.
"""

from math import inf

from msgspec.structs import replace

from satark.detector.incidents.state import MetricState, Normal, Observation
from satark.detector.rules.model import Limit
from satark.detector.seed import window
from satark.detector.seed.judgement import Judgement, Verdict
from satark.schemas.incidents import Cause, Severity

LIMIT_FLOOR = 1.0
"""Distances from zero are counted in whole units of a metric with a limit: it has no spread."""


def normal(limit: Limit, start: int) -> Normal:
    """Return what stands for the baseline of a sample that is judged by a limit."""
    critical = None if limit.severity is Severity.CRITICAL else inf
    return Normal(0.0, 0.0, LIMIT_FLOOR, 0, start, start, fixed=limit.above, critical=critical, cause=Cause.LIMIT)


def judge(state: MetricState, start: int, value: float, *, limit: Limit, keep_s: int) -> Judgement:
    """Judge an observation that is younger than all others of its metric. At the limit is within it."""
    seen = window.insert(state.window, Observation(start, value), keep_s=keep_s)
    measure = normal(limit, start)
    if value > limit.above:
        return _beyond(state, window.marked(seen, start), value, measure, limit)
    good = state.good + 1
    if state.active and good < limit.persistence.good:
        return Judgement(replace(state, window=seen, bad=0, good=good), Verdict.RECOVERING, value, measure)
    settled = start if state.active else state.settled
    return Judgement(MetricState(window=seen, settled=settled), Verdict.NORMAL, value, measure)


def _beyond(state: MetricState, seen: window.Window, value: float, measure: Normal, limit: Limit) -> Judgement:
    bad = state.bad + 1
    lately = [o for o in seen[-limit.persistence.of :] if o.anomalous and o.start > state.settled]
    active = state.active or len(lately) >= limit.persistence.bad
    following = MetricState(window=seen, kept=measure, bad=bad, active=active, settled=state.settled)
    verdict = Verdict.ANOMALOUS if active else Verdict.SUSPECT
    since = seen[-bad:][0].start if state.active else lately[0].start
    return Judgement(following, verdict, value, measure, since=since)
