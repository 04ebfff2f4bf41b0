"""Counting samples beyond a measure that is given, not learnt: what limits and rates have in common (`Persistence`)."""

from msgspec.structs import replace

from satark.detector.incidents.state import MetricState, Normal
from satark.detector.rules.model import Persistence
from satark.detector.seed import window
from satark.detector.seed.judgement import Judgement, Verdict


def judge(state: MetricState, seen: window.Window, measure: Normal, persistence: Persistence) -> Judgement:
    """Judge the youngest observation of a window against a measure. At its limit is within it."""
    start, value = seen[-1].start, seen[-1].value
    if value > measure.limit:
        return _beyond(state, window.marked(seen, start), measure, persistence)
    good = state.good + 1
    if state.active and good < persistence.good:
        return Judgement(replace(state, window=seen, bad=0, good=good), Verdict.RECOVERING, value, measure)
    settled = start if state.active else state.settled
    return Judgement(MetricState(window=seen, settled=settled), Verdict.NORMAL, value, measure)


def _beyond(state: MetricState, seen: window.Window, measure: Normal, persistence: Persistence) -> Judgement:
    bad = state.bad + 1
    lately = [o.start for o in seen[-persistence.of :] if o.anomalous and o.start > state.settled]
    active = state.active or len(lately) >= persistence.bad
    following = MetricState(window=seen, kept=measure, bad=bad, active=active, settled=state.settled)
    verdict = Verdict.ANOMALOUS if active else Verdict.SUSPECT
    since = seen[-bad:][0].start if state.active else lately[0]
    return Judgement(following, verdict, seen[-1].value, measure, since=since)
