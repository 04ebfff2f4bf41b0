"""Absolute limits: values that are wrong whatever was usual, such as the cycles in which an orchestrator was not read.

No history is learnt and none is waited for: the first value above the limit is a symptom, the first one within it ends
it. The evidence says so: a baseline of no samples, centre 0, spread 0, so that the distance is the value in units of 1.
"""

from satark.detector.incidents.state import MetricState, Normal, Observation
from satark.detector.seed import window
from satark.detector.seed.judgement import Judgement, Verdict
from satark.detector.seed.watches import LIMIT_FLOOR


def normal(limit: float, start: int) -> Normal:
    """Return what stands for the baseline of a sample that is judged by a limit."""
    return Normal(0.0, 0.0, LIMIT_FLOOR, 0, start, start, fixed=limit)


def judge(state: MetricState, start: int, value: float, *, limit: float, keep_s: int) -> Judgement:
    """Judge an observation that is younger than all others of its metric. At the limit is within it."""
    seen = window.insert(state.window, Observation(start, value), keep_s=keep_s)
    measure = normal(limit, start)
    if value > limit:
        marked = window.marked(seen, start)
        bad = state.bad + 1
        following = MetricState(window=marked, kept=measure, bad=bad, active=True, settled=state.settled)
        return Judgement(following, Verdict.ANOMALOUS, value, measure, since=marked[-bad:][0].start)
    settled = start if state.active else state.settled
    return Judgement(MetricState(window=seen, settled=settled), Verdict.NORMAL, value, measure)
