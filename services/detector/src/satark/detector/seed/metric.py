"""Judging one metric of one sample by all that its plan says, apart from the vectorised method: limit, rate, recent past.

Each keeps a memory of its own, under the metric's name and a suffix.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from satark.detector.incidents.state import EntityState, MetricState, SymptomState
from satark.detector.rules.model import Method, MetricPlan, Persistence
from satark.detector.seed import judgement, late, limits, rates
from satark.detector.seed.judgement import Judgement, Verdict
from satark.detector.seed.parameters import SeedRules, rules_of
from satark.detector.seed.window import contains
from satark.schemas.incidents import Cause

LIMIT, RATE, PAST = "|limit", "|rate", ""
"""What the name of a memory ends with, by the way of judging."""

Memories = dict[str, Judgement | Verdict]


@dataclass(frozen=True, slots=True)
class Seen:
    """One value of a sample: when the sample begins, epoch seconds, and how long its interval is."""

    start: int
    value: float
    interval_s: int


def judge(state: EntityState, name: str, seen: Seen, plan: MetricPlan, evidence_s: int) -> Memories:
    """Return what each way of judging says of an observation, by the name of its memory."""
    rules = rules_of(plan, evidence_s)
    found: Memories = {}
    if plan.method is Method.SEED:
        found[name] = _judge(state, name, name, seen, plan, rules)
    if plan.limit is not None:
        found[name + LIMIT] = _judge(state, name, name + LIMIT, seen, plan, rules)
    if plan.rate is not None:
        found[name + RATE] = _judge(state, name, name + RATE, seen, plan, rules)
    return found


def _judge(
    state: EntityState, metric: str, memory: str, seen: Seen, plan: MetricPlan, rules: SeedRules
) -> Judgement | Verdict:
    start, value = seen.start, seen.value
    known = state.metrics.get(memory, MetricState())
    limit = plan.limit if memory.endswith(LIMIT) else None
    if start <= state.newest and (refused := _refused(state, known, start, rules)) is not None:
        return refused
    if start <= state.settled or (known.window and start < known.window[-1].start):
        if memory.endswith(RATE):
            return Verdict.LATE
        return late.judge(known, start, value, rules=rules, told=_told(state, metric, known), limit=limit)
    if limit is not None:
        return limits.judge(known, start, value, limit=limit, keep_s=_kept_s(limit.persistence, seen, rules))
    if memory.endswith(RATE) and plan.rate is not None:
        return rates.judge(known, start, value, rate=plan.rate, keep_s=_kept_s(plan.rate.persistence, seen, rules))
    return judgement.judge(known, start, value, rules)


def _refused(state: EntityState, known: MetricState, start: int, rules: SeedRules) -> Verdict | None:
    if start < state.newest - rules.keep_s:
        return Verdict.TOO_LATE
    return Verdict.DUPLICATE if contains(known.window, start) else None


def _kept_s(persistence: Persistence, seen: Seen, rules: SeedRules) -> int:
    """Return how much of the past is to be kept: what an event tells, and all that is counted together."""
    return max(rules.evidence_s, (persistence.of + 1) * seen.interval_s)


def gravest(found: Mapping[str, Judgement], before: SymptomState | None) -> Judgement:
    """Return which of a metric's judgements to tell of.

    The first that holds it for a symptom: limit, rate, then normal. Where none does, the one that the symptom was of so far
    (`before`), so that its end is told with the evidence of its beginning, or else the one about its normal.
    """
    by_way = {memory.removeprefix(memory.partition("|")[0]): judged for memory, judged in found.items()}
    active = [by_way[way] for way in (LIMIT, RATE, PAST) if way in by_way and by_way[way].state.active]
    if active:
        return active[0]
    way = PAST if before is None else _WAYS.get(before.normal.cause, PAST)
    return by_way.get(way) or next(iter(by_way.values()))


_WAYS = {Cause.LIMIT: LIMIT, Cause.RATE: RATE}


def _told(state: EntityState, metric: str, known: MetricState) -> late.Told:
    settled, incident = max(state.settled, known.settled), state.incident
    if incident is None:
        return late.Told(settled)
    return late.Told(settled, incident.opened_at, incident.symptoms.get(metric), incident.told)
