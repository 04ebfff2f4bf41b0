"""Late observations: older than the newest of their metric, and judged by what was normal at their own time.

That is the history before them in the window, or the nearest baseline there is when that is too short. What lies beyond
the limit is marked, and so stays out of every baseline, whether or not anything was suspected then.

What it means for a suspicion or an incident is decided by counting the marks again; younger observations are not judged
again. What was told stays true, by three rules:

- Up to `settled`, the newest sample when something was told to be over, nothing opens and nothing goes on. Where it was
  told to nobody, that is the late sample that ended it: a gap that is filled after the present may hold more than one.
- An open incident keeps its beginning, which is its identity: nothing from before it joins.
- Trouble that younger good observations have ended already is not opened.
"""

from dataclasses import dataclass

from msgspec.structs import replace

from satark.detector.incidents.state import MetricState, Normal, Observation, SymptomState
from satark.detector.rules.model import Limit, Persistence
from satark.detector.seed import baseline, limits, window
from satark.detector.seed.judgement import Judgement, Verdict
from satark.detector.seed.parameters import SeedRules


@dataclass(frozen=True, slots=True)
class Told:
    """What is decided: up to `settled` all is over; the open incident began at `opened_at`, with this metric's symptom.

    `people` says whether anybody was told of the open incident, or it is history so far.
    """

    settled: int
    opened_at: int = 0
    symptom: SymptomState | None = None
    people: bool = True


def judge(
    state: MetricState, start: int, value: float, *, rules: SeedRules, told: Told, limit: Limit | None = None
) -> Judgement:
    """Judge an observation that is older than the newest of its metric and not in the window yet.

    The judgement has no baseline when it concerns neither a suspicion that becomes a symptom nor a known symptom.
    """
    seen = window.insert(state.window, Observation(start, value), keep_s=rules.keep_s)
    persistence = rules.persistence if limit is None else limit.persistence
    if limit is not None:
        normal: Normal | None = limits.normal(limit, start)
    else:
        value = baseline.mean(window.present(seen, start, present_s=rules.parameters.present_s))
        normal = _normal(state, seen, start, told, rules)
    if normal is None:
        return Judgement(replace(state, window=seen), Verdict.LATE, value)
    beyond = value > normal.limit
    following = replace(state, window=window.marked(seen, start) if beyond else seen)
    if state.active and told.symptom is not None:
        return _in_incident(
            following,
            start,
            value,
            normal,
            beyond=beyond,
            persistence=persistence,
            told=told,
            symptom=told.symptom,
        )
    if start <= told.settled:
        return _settled(following, start, value, normal, beyond=beyond, symptom=told.symptom)
    return _before(following, value, normal, beyond=beyond, persistence=persistence, told=told)


def _normal(state: MetricState, seen: window.Window, start: int, told: Told, rules: SeedRules) -> Normal | None:
    """Return the baseline that was frozen when the observation's trouble began, else its own time's, else the nearest."""
    began = _began(state, told)
    if began is not None and start > began:
        return state.kept
    return _learnt(seen, start, rules) or state.kept or _learnt(seen, seen[-1].start, rules)


def _began(state: MetricState, told: Told) -> int | None:
    if state.active and told.symptom is not None:
        return told.symptom.since
    return state.window[-state.bad :][0].start if state.bad else None


def _learnt(seen: window.Window, start: int, rules: SeedRules) -> Normal | None:
    present_s, history_s = rules.parameters.present_s, rules.parameters.history_s
    return baseline.learn(window.history(seen, start, present_s=present_s, history_s=history_s), rules)


def _in_incident(
    state: MetricState,
    start: int,
    value: float,
    normal: Normal,
    *,
    beyond: bool,
    persistence: Persistence,
    told: Told,
    symptom: SymptomState,
) -> Judgement:
    """Count an observation of a metric that is a symptom now. A good one among the last may be the one that ends it."""
    if start < symptom.since:
        joins = beyond and start >= told.opened_at and _next(state.window, start) == symptom.since
        return Judgement(state, Verdict.LATE, value, normal if joins else None, since=start)
    if beyond:
        good = min(state.good, sum(1 for o in state.window if o.start > start))
        counted = replace(state, bad=0 if good else state.bad + 1, good=good)
        return Judgement(counted, Verdict.LATE, value, normal, since=start)
    good = state.good + (start > symptom.last_bad)
    if good < persistence.good:
        return Judgement(replace(state, good=good), Verdict.LATE, value, normal)
    settled = state.window[-1].start if told.people else start
    over = MetricState(window=state.window, kept=normal, settled=settled)
    return Judgement(over, Verdict.LATE, value, normal)


def _settled(
    state: MetricState, start: int, value: float, normal: Normal, *, beyond: bool, symptom: SymptomState | None
) -> Judgement:
    """An observation of what is over may still have been the worst of its symptom, while the incident is open."""
    was_part = symptom is not None and symptom.since <= start <= symptom.last_bad
    if beyond and was_part:
        return Judgement(state, Verdict.LATE, value, normal, since=start)
    return Judgement(state, Verdict.LATE, value)


def _before(
    state: MetricState, value: float, normal: Normal, *, beyond: bool, persistence: Persistence, told: Told
) -> Judgement:
    """Count an observation of a metric that is no symptom: it may break a suspicion, lengthen it, or confirm it."""
    since, bad, good = _count([o for o in state.window if o.start > told.settled], persistence)
    if not beyond:
        return Judgement(replace(state, bad=min(state.bad, bad)), Verdict.LATE, value)
    if since is None:
        return Judgement(replace(state, bad=bad), Verdict.LATE, value)
    kept = state.kept if state.bad else normal
    active = replace(state, kept=kept, bad=0 if good else bad, good=good, active=True)
    return Judgement(active, Verdict.LATE, value, normal, since=since)


def _count(observations: list[Observation], persistence: Persistence) -> tuple[int | None, int, int]:
    """Return the start of the symptom that the marks make, if one is not over yet, and the bad and good ones at the end."""
    since, first, bad, good = None, 0, 0, 0
    for place, observation in enumerate(observations):
        if observation.anomalous:
            first, bad, good = (first if bad else observation.start), bad + 1, 0
            among = [o.start for o in observations[max(0, place + 1 - persistence.of) : place + 1] if o.anomalous]
            if since is None and max(bad, len(among)) >= persistence.bad:
                since = first if bad >= persistence.bad else among[0]
            continue
        bad, good = 0, good + 1
        if good >= persistence.good:
            since = None
    return since, bad, good


def _next(seen: window.Window, start: int) -> int | None:
    return next((o.start for o in seen if o.start > start), None)
