"""The life of an incident: opened once, updated when it changes, resolved once. Pure: states and judgements in, events out.

An incident belongs to one entity and holds all its metrics that misbehave in one episode.

What backfilled samples cause is history: it is recorded, and nobody is told. An incident that began so and is still bad
in a sample of the present is told then, as *still open*. What was told is told to its end, whichever sample ends it.
So the events of an incident that are not historical are: opened or still open, updated any number of times, resolved.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from msgspec.structs import replace

from satark.detector.incidents import flapping
from satark.detector.incidents.state import IncidentState, MetricState, Normal, SymptomState
from satark.detector.rules.model import Plan
from satark.detector.seed.judgement import Judgement, Verdict
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

LIMIT = "limit"
"""The method's name in the events of an incident that absolute limits alone have told of."""

MAX_POINTS = 512
"""What the contract allows for a symptom's recent samples."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What an incident's events are about: the sample, its start in epoch seconds, how the entity is watched, and the method's name.

    Up to `settled` all has been told: what begins now began after it. `turns` are when incidents began and ended of late.
    `accepted`: what ends now ends because a person said that it is normal; `closed`: because they said that it is over.
    """

    sample: MetricSample
    start: int
    plan: Plan
    method: str
    settled: int = 0
    turns: tuple[int, ...] = ()
    accepted: bool = False
    closed: bool = False


def advance(
    incident: IncidentState | None,
    judgements: Mapping[str, Judgement],
    metrics: Mapping[str, MetricState],
    scene: Scene,
    *,
    worse: bool = False,
) -> tuple[IncidentState | None, IncidentEvent | None]:
    """Return the incident after a sample, and the event to publish, if any.

    `judgements` holds the metrics of this sample, `metrics` the state of all metrics of the entity after it; `worse` says
    that a further rise was confirmed in it.
    """
    before = incident.symptoms if incident else {}
    symptoms = _symptoms(before, judgements, scene)
    if not symptoms:
        return None, None
    severity = _severity(incident, judgements, symptoms)
    if incident is None:
        opened_at = min(symptom.since for symptom in symptoms.values())
        opened = IncidentState(opened_at, 0, severity, symptoms, told=not scene.sample.backfilled)
        return opened, _event(IncidentOpened, opened, Reason.FIRST_SYMPTOM, metrics, scene)
    told = incident.told or _is_bad_now(judgements, scene)
    following = replace(incident, symptoms=symptoms, severity=severity, told=told)
    following, restless = flapping.advance(following, scene.turns, scene.start, scene.plan.flapping)
    if not any(symptom.active for symptom in symptoms.values()) and (scene.closed or not restless):
        following = replace(following, sequence=incident.sequence + 1)
        return None, _resolved(following, metrics, scene)
    reason = _change(incident, following, worse=worse)
    if reason is None:
        return following, None
    following = replace(following, sequence=incident.sequence + 1)
    return following, _event(IncidentUpdated, following, reason, metrics, scene)


def _is_bad_now(judgements: Mapping[str, Judgement], scene: Scene) -> bool:
    """Return whether this sample is of the present and itself shows the trouble: a recovery is nothing to start with."""
    return not scene.sample.backfilled and any(j.verdict is Verdict.ANOMALOUS for j in judgements.values())


def _symptoms(
    before: Mapping[str, SymptomState], judgements: Mapping[str, Judgement], scene: Scene
) -> dict[str, SymptomState]:
    symptoms = dict(before)
    for metric, judgement in judgements.items():
        known = before.get(metric)
        normal = judgement.normal
        if normal is None or (known is None and not judgement.state.active):
            continue
        symptoms[metric] = _symptom(known, judgement, normal, scene)
    return symptoms


def _symptom(known: SymptomState | None, judgement: Judgement, normal: Normal, scene: Scene) -> SymptomState:
    start, active = scene.start, judgement.state.active
    if known is None or (active and not known.active):
        return _begun(known, judgement, normal, scene)
    bad = judgement.since is not None
    worse = bad and judgement.value > known.peak
    newest = start >= known.start
    return SymptomState(
        since=known.since if judgement.since is None else min(known.since, judgement.since),
        last_bad=max(known.last_bad, start) if bad and active else known.last_bad,
        peak=judgement.value if worse else known.peak,
        peak_start=start if worse else known.peak_start,
        active=active,
        value=judgement.value if newest else known.value,
        start=start if newest else known.start,
        normal=normal if newest else known.normal,
    )


def _begun(known: SymptomState | None, judgement: Judgement, normal: Normal, scene: Scene) -> SymptomState:
    since = max(scene.settled + 1, scene.start if judgement.since is None else judgement.since)
    run = [o for o in judgement.state.window if o.anomalous and o.start >= since]
    worst = max(run, key=attrgetter("value"))
    peak, peak_start = worst.value, worst.start
    if known is not None and known.peak >= peak:
        peak, peak_start = known.peak, known.peak_start
    return SymptomState(
        since=run[0].start,
        last_bad=run[-1].start,
        peak=peak,
        peak_start=peak_start,
        active=True,
        value=judgement.value,
        start=scene.start,
        normal=normal,
    )


def _severity(
    incident: IncidentState | None,
    judgements: Mapping[str, Judgement],
    symptoms: Mapping[str, SymptomState],
) -> Severity:
    """Return the severity, which never falls while the incident is open. Above an absolute limit is always critical."""
    if incident is not None and incident.severity is Severity.CRITICAL:
        return Severity.CRITICAL
    for metric, judgement in judgements.items():
        normal, symptom = judgement.normal, symptoms.get(metric)
        if normal is None or symptom is None or not symptom.active:
            continue
        if normal.is_critical(judgement.value):
            return Severity.CRITICAL
    return Severity.WARNING


def _change(before: IncidentState, after: IncidentState, *, worse: bool) -> Reason | None:
    """Return why an update is worth publishing, the gravest reason first, or None.

    What flaps is told of when it begins to, and when it becomes more severe; not each time it comes and goes.
    """
    if after.told and not before.told:
        return Reason.STILL_OPEN
    raised = after.severity is not before.severity
    if after.flapping:
        return Reason.FLAPPING if not before.flapping else Reason.SEVERITY_RAISED if raised else None
    was = {metric for metric, symptom in before.symptoms.items() if symptom.active}
    now = {metric for metric, symptom in after.symptoms.items() if symptom.active}
    changes = (
        (Reason.SEVERITY_RAISED, raised),
        (Reason.SYMPTOM_ADDED, bool(now - was)),
        (Reason.WORSE, worse),
        (Reason.SYMPTOM_CLEARED, bool(was - now)),
    )
    return next((reason for reason, happened in changes if happened), None)


def _end(incident: IncidentState, scene: Scene) -> Reason:
    if scene.closed:
        return Reason.CLOSED
    if scene.accepted:
        return Reason.ACCEPTED
    return Reason.CALM if incident.flapping else Reason.ALL_CLEAR


def _resolved(incident: IncidentState, metrics: Mapping[str, MetricState], scene: Scene) -> IncidentResolved:
    ended = max(symptom.last_bad for symptom in incident.symptoms.values()) + scene.sample.interval_s
    return IncidentResolved(
        **_common(incident, _end(incident, scene), metrics, scene),
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
        "method": LIMIT if _is_by_limit(incident) else scene.method,
        "opened_at": _time(incident.opened_at),
        "time": sample.time,
        "interval_s": sample.interval_s,
        "labels": sample.labels,
        "flapping": incident.flapping,
        "rules": scene.plan.rules,
        "symptoms": tuple(
            _evidence(name, symptom, metrics[name], scene) for name, symptom in sorted(incident.symptoms.items())
        ),
    }


def _is_by_limit(incident: IncidentState) -> bool:
    return all(symptom.normal.fixed is not None for symptom in incident.symptoms.values())


def _evidence(metric: str, symptom: SymptomState, state: MetricState, scene: Scene) -> Symptom:
    normal, interval_s = symptom.normal, scene.sample.interval_s
    oldest = scene.start - scene.plan.evidence_s
    return Symptom(
        metric=metric,
        active=symptom.active,
        since=_time(symptom.since),
        until=None if symptom.active else _time(symptom.last_bad + interval_s),
        time=_time(symptom.start),
        value=symptom.value,
        distance=normal.distance(symptom.value),
        limit=normal.limit,
        cause=normal.cause,
        peak=symptom.peak,
        peak_time=_time(symptom.peak_start),
        baseline=Baseline(
            centre=normal.centre,
            spread=normal.spread,
            floor=normal.floor,
            n=normal.n,
            start=_time(normal.first),
            end=_time(normal.last + interval_s if normal.n else normal.last),
            window_s=normal.window_s if normal.n else 0,
        ),
        recent=tuple(
            Point(time=_time(o.start), value=o.value, anomalous=o.anomalous)
            for o in state.window[-MAX_POINTS:]
            if o.start > oldest
        ),
    )


def _time(start: int) -> datetime:
    return datetime.fromtimestamp(start, UTC)
