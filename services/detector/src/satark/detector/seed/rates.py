"""Rates of change: a value that rises faster than a rule allows, wherever it comes from.

A value is beyond when it lies more than `rise` above the least value of the last `over_s` seconds. That least value is the
evidence's centre, and the limit moves with it.
"""

from math import inf

from msgspec.structs import replace

from satark.detector.incidents.state import MetricState, Normal, Observation
from satark.detector.rules.model import Rate
from satark.detector.seed import counting, window
from satark.detector.seed.judgement import Judgement, Verdict
from satark.schemas.incidents import Cause, Severity


def judge(state: MetricState, start: int, value: float, *, rate: Rate, keep_s: int) -> Judgement:
    """Judge an observation that is younger than all others of its metric. With nothing before it there is no rate."""
    seen = window.insert(state.window, Observation(start, value), keep_s=max(keep_s, rate.over_s))
    before = window.present(seen[:-1], start - 1, present_s=rate.over_s)
    if not before:
        return Judgement(replace(state, window=seen), Verdict.LEARNING, value)
    return counting.judge(state, seen, _normal(before, rate), rate.persistence)


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
