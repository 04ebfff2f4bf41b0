"""The life of an incident: opened once, updated when it changes, resolved once. Pure: states and judgements in, events out.

An incident belongs to one entity and holds all its metrics that misbehave in one episode.

What backfilled samples cause is history: it is recorded, and nobody is told. An incident that began so and is still bad
in a sample of the present is told then, as *still open*. What was told is told to its end, whichever sample ends it.
So the events of an incident that are not historical are: opened or still open, updated any number of times, resolved.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from satark.detector import baseline
from satark.detector.judgement import Judgement, Verdict
from satark.detector.settings import DetectorSettings
from satark.detector.state import IncidentState, MetricState, SymptomState
from satark.schemas.identifiers import instant
from satark.schemas.incidents import (
    Baseline,
    IncidentEvent,
    IncidentOpened,
    IncidentResolved,
    IncidentUpdated,
    Point,
    Reason,
    Severity,
    Symptom,
    incident_event_id,
    incident_id,
)
from satark.schemas.metrics import MetricSample


@dataclass(frozen=True, slots=True)
class Scene:
    """What an incident's events are about: the sample, its start in epoch seconds, the rules and the method's name."""

    sample: MetricSample
    start: int
    rules: DetectorSettings
    method: str


def advance(
    incident: IncidentState | None,
    judgements: Mapping[str, Judgement],
    metrics: Mapping[str, MetricState],
    scene: Scene,
) -> tuple[IncidentState | None, IncidentEvent | None]:
    """Return the incident after a sample, and the event to publish, if any.

    `judgements` holds the metrics of this sample, `metrics` the state of all metrics of the entity after it.
    """
    before = incident.symptoms if incident else {}
    symptoms = _symptoms(before, judgements, scene.start)
    if not symptoms:
        return None, None
    severity = _severity(incident, symptoms, scene.rules)
    if incident is None:
        opened_at = min(symptom.since for symptom in symptoms.values())
        opened = IncidentState(opened_at, 0, severity, symptoms, told=not scene.sample.backfilled)
        return opened, _event(IncidentOpened, opened, Reason.FIRST_SYMPTOM, metrics, scene)
    told = incident.told or _is_bad_now(judgements, scene)
    following = replace(incident, symptoms=symptoms, severity=severity, told=told)
    if not any(symptom.active for symptom in symptoms.values()):
        following = replace(following, sequence=incident.sequence + 1)
        return None, _resolved(following, metrics, scene)
    reason = _change(incident, following)
    if reason is None:
        return following, None
    following = replace(following, sequence=incident.sequence + 1)
    return following, _event(IncidentUpdated, following, reason, metrics, scene)


def _is_bad_now(judgements: Mapping[str, Judgement], scene: Scene) -> bool:
    """Return whether this sample is of the present and itself shows the trouble: a recovery is nothing to start with."""
    return not scene.sample.backfilled and any(j.verdict is Verdict.ANOMALOUS for j in judgements.values())


def _symptoms(
    before: Mapping[str, SymptomState], judgements: Mapping[str, Judgement], start: int
) -> dict[str, SymptomState]:
    symptoms = dict(before)
    for metric, judgement in judgements.items():
        known = before.get(metric)
        normal = judgement.normal
        if normal is None or (known is None and not judgement.state.active):
            continue
        symptoms[metric] = _symptom(known, judgement, start, normal)
    return symptoms


def _symptom(known: SymptomState | None, judgement: Judgement, start: int, normal: Any) -> SymptomState:
    state = judgement.state
    bad_now = state.bad > 0
    if known is None or (state.active and not known.active):
        run = state.window[-state.bad :]
        worst = max(run, key=lambda o: o.value)
        peak, peak_start = worst.value, worst.start
        if known is not None and known.peak >= peak:
            peak, peak_start = known.peak, known.peak_start
        return SymptomState(run[0].start, start, peak, peak_start, True, judgement.value, start, normal)
    worse = bad_now and judgement.value > known.peak
    return SymptomState(
        since=known.since,
        last_bad=start if bad_now and state.active else known.last_bad,
        peak=judgement.value if worse else known.peak,
        peak_start=start if worse else known.peak_start,
        active=state.active,
        value=judgement.value,
        start=start,
        normal=normal,
    )


def _severity(
    incident: IncidentState | None, symptoms: Mapping[str, SymptomState], rules: DetectorSettings
) -> Severity:
    """Return the severity, which never falls while the incident is open."""
    if incident is not None and incident.severity is Severity.CRITICAL:
        return Severity.CRITICAL
    worst = max((baseline.distance(s.value, s.normal) for s in symptoms.values() if s.active), default=0.0)
    return Severity.CRITICAL if worst >= rules.critical_factor else Severity.WARNING


def _change(before: IncidentState, after: IncidentState) -> Reason | None:
    """Return why an update is worth publishing, the gravest reason first, or None."""
    if after.told and not before.told:
        return Reason.STILL_OPEN
    was = {metric for metric, symptom in before.symptoms.items() if symptom.active}
    now = {metric for metric, symptom in after.symptoms.items() if symptom.active}
    if after.severity is not before.severity:
        return Reason.SEVERITY_RAISED
    if now - was:
        return Reason.SYMPTOM_ADDED
    return Reason.SYMPTOM_CLEARED if was - now else None


def _resolved(incident: IncidentState, metrics: Mapping[str, MetricState], scene: Scene) -> IncidentResolved:
    ended = max(symptom.last_bad for symptom in incident.symptoms.values()) + scene.sample.interval_s
    return IncidentResolved(
        **_common(incident, Reason.ALL_CLEAR, metrics, scene),
        historical=not incident.told,
        ended_at=_time(ended),
        duration_s=ended - incident.opened_at,
    )


def _event(
    kind: type[IncidentOpened | IncidentUpdated],
    incident: IncidentState,
    reason: Reason,
    metrics: Mapping[str, MetricState],
    scene: Scene,
) -> IncidentOpened | IncidentUpdated:
    historical = scene.sample.backfilled or not incident.told
    return kind(**_common(incident, reason, metrics, scene), historical=historical)


def _common(
    incident: IncidentState, reason: Reason, metrics: Mapping[str, MetricState], scene: Scene
) -> dict[str, Any]:
    sample = scene.sample
    identity = incident_id(sample.entity, instant(_time(incident.opened_at)))
    return {
        "id": incident_event_id(identity, incident.sequence),
        "incident": identity,
        "sequence": incident.sequence,
        "entity": sample.entity,
        "kind": sample.kind,
        "severity": incident.severity,
        "reason": reason,
        "method": scene.method,
        "opened_at": _time(incident.opened_at),
        "time": sample.time,
        "interval_s": sample.interval_s,
        "labels": sample.labels,
        "symptoms": tuple(
            _evidence(name, symptom, metrics[name], scene) for name, symptom in sorted(incident.symptoms.items())
        ),
    }


def _evidence(metric: str, symptom: SymptomState, state: MetricState, scene: Scene) -> Symptom:
    normal, interval_s, rules = symptom.normal, scene.sample.interval_s, scene.rules
    oldest = scene.start - rules.evidence_s
    return Symptom(
        metric=metric,
        active=symptom.active,
        since=_time(symptom.since),
        until=None if symptom.active else _time(symptom.last_bad + interval_s),
        time=_time(symptom.start),
        value=symptom.value,
        distance=baseline.distance(symptom.value, normal),
        limit=baseline.limit(normal, rules.factor),
        peak=symptom.peak,
        peak_time=_time(symptom.peak_start),
        baseline=Baseline(
            centre=normal.centre,
            spread=normal.spread,
            floor=normal.floor,
            n=normal.n,
            start=_time(normal.first),
            end=_time(normal.last + interval_s),
            window_s=rules.history_s,
        ),
        recent=tuple(
            Point(time=_time(o.start), value=o.value, anomalous=o.anomalous) for o in state.window if o.start > oldest
        ),
    )


def _time(start: int) -> datetime:
    return datetime.fromtimestamp(start, UTC)
