"""One sample of one entity: what all ways of judging say, brought together in its incident. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from satark.detector.detection.course import Course
from satark.detector.incidents import conclusion
from satark.detector.incidents.lifecycle import Scene
from satark.detector.incidents.state import STATE_VERSION, EntityState, MetricState, Observation, SymptomState
from satark.detector.seed import metric
from satark.detector.seed.judgement import Judgement, Verdict
from satark.schemas.incidents import IncidentEvent
from satark.schemas.metrics import MetricSample

ROBUST, SEED = "robust", "seed"


@dataclass(frozen=True, slots=True)
class Findings:
    """What the banks say of one sample: judgements by metric, whether a further rise was confirmed, recent samples.

    `recorded` are the metrics whose samples the bank keeps, so that nobody else need remember them.
    """

    judgements: Mapping[str, Judgement] = field(default_factory=dict)
    worse: bool = False
    recent: Mapping[str, MetricState] = field(default_factory=dict)
    recorded: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """The outcome of one sample: the next state, the event to publish if any, and what became of each metric."""

    state: EntityState
    event: IncidentEvent | None = None
    verdicts: Counter[Verdict] = field(default_factory=Counter)


NOTHING = Findings()


def begun(start: int) -> EntityState:
    """Return the state of an entity whose first sample begins at `start`."""
    return EntityState(STATE_VERSION, start - 1, {})


def step(state: EntityState, sample: MetricSample, start: int, course: Course, found: Findings = NOTHING) -> Step:
    """Judge a sample that begins at `start`.

    A double changes nothing: the first sample of an interval wins. A late sample is judged as of its own time, except by
    the bank.
    """
    if state.accepted:
        state = replace(state, metrics={name: _rebased(name, known) for name, known in state.metrics.items()})
    verdicts: Counter[Verdict] = Counter()
    chosen: dict[str, Judgement] = {}
    remembered: dict[str, MetricState] = {}
    for name, value in sample.metrics.items():
        said = _said(state, name, metric.Seen(start, value, sample.interval_s), course, found)
        judged = {memory: one for memory, one in said.items() if isinstance(one, Judgement)}
        others = [one for one in said.values() if isinstance(one, Verdict)]
        remembered |= {memory: _kept(memory, one, found) for memory, one in judged.items()}
        if judged:
            chosen[name] = metric.gravest(judged, _symptom(state, name))
            verdicts[chosen[name].verdict] += 1
        else:
            verdicts[others[0] if others else Verdict.UNWATCHED] += 1
    chosen |= _given_up(state, course)
    if not chosen and start <= state.newest:
        return Step(state, verdicts=verdicts)
    method = ROBUST if found.judgements else SEED
    scene = Scene(sample, start, course.plan, method, state.settled, state.turns, state.accepted)
    following, event = conclusion.conclude(state, chosen, remembered, scene, worse=found.worse, recent=found.recent)
    return Step(_tidied(following, course), event, verdicts)


def ended(state: EntityState, sample: MetricSample, start: int, course: Course) -> Step:
    """End an incident that is history: what it was about is told of by another state of the entity."""
    symptoms = state.incident.symptoms if state.incident is not None else {}
    over = {
        name: Judgement(MetricState(), Verdict.LATE, symptom.value, symptom.normal)
        for name, symptom in symptoms.items()
        if symptom.active
    }
    scene = Scene(sample, start, course.plan, ROBUST, state.settled, state.turns)
    # A symptom that is over may be one whose memory is gone: what it was is in the incident.
    gone = {name: MetricState() for name in symptoms if name not in state.metrics}
    following, event = conclusion.conclude(state, over, {}, scene, recent=gone)
    return Step(following, event)


def _said(
    state: EntityState, name: str, seen: metric.Seen, course: Course, found: Findings
) -> dict[str, Judgement | Verdict]:
    plan = course.metric(name)
    if plan is None:
        return {}
    said = metric.judge(state, name, seen, plan, course.plan.evidence_s)
    if name in found.judgements:
        said[name] = found.judgements[name]
    elif name in course.rows or course.is_series(name):
        said.setdefault(name, Verdict.LATE if seen.start <= state.newest else Verdict.NORMAL)
    return said


def _rebased(memory: str, known: MetricState) -> MetricState:
    """Return a memory for which all of the recent past is normal. A limit is a limit whatever a person accepts."""
    if memory.endswith(metric.LIMIT):
        return known
    return MetricState(window=tuple(Observation(o.start, o.value) for o in known.window), settled=known.settled)


def _symptom(state: EntityState, name: str) -> SymptomState | None:
    return None if state.incident is None else state.incident.symptoms.get(name)


def _given_up(state: EntityState, course: Course) -> dict[str, Judgement]:
    """Return the symptoms that the rules no longer judge: they are none now, whatever their values."""
    if state.incident is None:
        return {}
    return {
        name: Judgement(MetricState(), Verdict.UNWATCHED, symptom.value, symptom.normal)
        for name, symptom in state.incident.symptoms.items()
        if symptom.active and ((plan := course.metric(name)) is None or not plan.judges)
    }


def _kept(memory: str, judged: Judgement, found: Findings) -> MetricState:
    """Return what is to be remembered of a judgement; the bank keeps the samples of its own metrics."""
    banked = memory in found.judgements and memory in found.recorded
    return replace(judged.state, window=()) if banked else judged.state


def _tidied(state: EntityState, course: Course) -> EntityState:
    """Return the state without the memories that an entity does not need while nothing is wrong with it."""
    if state.incident is not None or not state.metrics:
        return state
    kept = {memory: known for memory, known in state.metrics.items() if not _is_idle(memory, known, course)}
    return state if len(kept) == len(state.metrics) else replace(state, metrics=kept)


def _is_idle(memory: str, known: MetricState, course: Course) -> bool:
    name = memory.partition("|")[0]
    if course.is_series(name) and memory == name:
        return not (known.active or known.bad)
    if name not in course.rows or name in course.restless or known.active or known.bad:
        return False
    plan = course.metric(name)
    if not memory.endswith(metric.LIMIT) or plan is None or plan.limit is None:
        return memory == name
    return not any(o.anomalous and o.start > known.settled for o in known.window[-plan.limit.persistence.of :])
