"""Judging one metric of one sample by all that its plan says, apart from the vectorised method: limit, rate, recent past.

Each keeps a memory of its own, under the metric's name and a suffix.
"""

from satark.detector.incidents.state import EntityState, MetricState
from satark.detector.rules.model import Method, MetricPlan
from satark.detector.seed import judgement, late, limits, rates
from satark.detector.seed.judgement import Judgement, Verdict
from satark.detector.seed.parameters import SeedRules, rules_of
from satark.detector.seed.window import contains

LIMIT, RATE = "|limit", "|rate"

Memories = dict[str, Judgement | Verdict]


def judge(state: EntityState, name: str, start: int, value: float, plan: MetricPlan, evidence_s: int) -> Memories:
    """Return what each way of judging says of an observation, by the name of its memory."""
    rules = rules_of(plan, evidence_s)
    found: Memories = {}
    if plan.method is Method.SEED:
        found[name] = _judge(state, name, name, start, value, plan, rules)
    if plan.limit is not None:
        found[name + LIMIT] = _judge(state, name, name + LIMIT, start, value, plan, rules)
    if plan.rate is not None:
        found[name + RATE] = _judge(state, name, name + RATE, start, value, plan, rules)
    return found


def _judge(
    state: EntityState, metric: str, memory: str, start: int, value: float, plan: MetricPlan, rules: SeedRules
) -> Judgement | Verdict:
    known = state.metrics.get(memory, MetricState())
    limit = plan.limit if memory.endswith(LIMIT) else None
    if start <= state.newest and (refused := _refused(state, known, start, rules)) is not None:
        return refused
    if start <= state.settled or (known.window and start < known.window[-1].start):
        if memory.endswith(RATE):
            return Verdict.LATE
        return late.judge(known, start, value, rules=rules, told=_told(state, metric, known), limit=limit)
    if limit is not None:
        return limits.judge(known, start, value, limit=limit, keep_s=rules.evidence_s)
    if memory.endswith(RATE) and plan.rate is not None:
        return rates.judge(known, start, value, rate=plan.rate, keep_s=rules.evidence_s)
    return judgement.judge(known, start, value, rules)


def _refused(state: EntityState, known: MetricState, start: int, rules: SeedRules) -> Verdict | None:
    if start < state.newest - rules.keep_s:
        return Verdict.TOO_LATE
    return Verdict.DUPLICATE if contains(known.window, start) else None


def gravest(found: list[Judgement]) -> Judgement:
    """Return the judgement to tell of: the first that holds the metric for a symptom, else the first."""
    return next((judged for judged in found if judged.state.active), found[0])


def _told(state: EntityState, metric: str, known: MetricState) -> late.Told:
    settled, incident = max(state.settled, known.settled), state.incident
    if incident is None:
        return late.Told(settled)
    return late.Told(settled, incident.opened_at, incident.symptoms.get(metric), incident.told)
