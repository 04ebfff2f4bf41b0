"""Absolute limits: values that are wrong whatever was usual, such as the cycles in which an orchestrator was not read.

No history is learnt and none is waited for: enough values above the limit are a symptom, enough within it end it
(`Persistence`). The evidence says so: a baseline of no samples, centre 0, spread 0, so that the distance is the value in
units of 1.
"""

from math import inf

from satark.detector.incidents.state import MetricState, Normal, Observation
from satark.detector.rules.model import Limit
from satark.detector.seed import counting, window
from satark.detector.seed.judgement import Judgement
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
    return counting.judge(state, seen, normal(limit, start), limit.persistence)
