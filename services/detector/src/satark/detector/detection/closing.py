"""Closing an incident because a person says so: it ends at once, by its last sample, and begins anew like any other."""

from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec.structs import replace

from satark.detector.detection.course import Course
from satark.detector.detection.entity import ROBUST, SEED
from satark.detector.incidents import conclusion
from satark.detector.incidents.lifecycle import Scene
from satark.detector.incidents.state import EntityState, IncidentState, MetricState
from satark.detector.seed.judgement import Judgement, Verdict
from satark.schemas.closings import IncidentClosed
from satark.schemas.identifiers import instant
from satark.schemas.incidents import IncidentResolved, incident_id
from satark.schemas.metrics import MetricSample


def is_about(closed: IncidentClosed, incident: IncidentState | None) -> bool:
    """Return whether a word is about the incident that is open, if one is."""
    return incident is not None and closed.incident == incident_id(closed.entity, instant(_time(incident.opened_at)))


def sample_of(closed: IncidentClosed, state: EntityState) -> MetricSample:
    """Return what stands for the sample that ends the incident: the newest one's interval, without a value."""
    return MetricSample(
        id=closed.id,
        entity=closed.entity,
        kind=closed.kind,
        time=_time(state.newest),
        interval_s=closed.interval_s,
        metrics={},
        labels=closed.labels,
    )


def close(
    state: EntityState, closed: IncidentClosed, course: Course, recent: Mapping[str, MetricState]
) -> tuple[EntityState, IncidentResolved | None]:
    """Return the state without its incident, and the event that ends it; `recent` are samples for its evidence."""
    if state.incident is None:
        return state, None
    calm = {name: _calm(known, state.newest) for name, known in state.metrics.items()}
    shown = {name: _shown(name, calm) for name in state.incident.symptoms} | dict(recent)
    over = {
        name: Judgement(shown[name], Verdict.UNWATCHED, symptom.value, symptom.normal)
        for name, symptom in state.incident.symptoms.items()
        if symptom.active
    }
    method = ROBUST if any(name in course.rows for name in state.incident.symptoms) else SEED
    scene = Scene(sample_of(closed, state), state.newest, course.plan, method, state.settled, state.turns, closed=True)
    following, event = conclusion.conclude(state, over, calm, scene, recent=shown)
    if not isinstance(event, IncidentResolved):
        return state, None
    return replace(following, accepted=state.accepted), replace(event, closed_by=closed.by, because=closed.because)


def _shown(metric: str, calm: Mapping[str, MetricState]) -> MetricState:
    """Return the memory of a metric that holds the most samples: each way of judging has its own."""
    known = [one for memory, one in calm.items() if memory.partition("|")[0] == metric]
    return max(known, key=lambda one: len(one.window), default=MetricState())


def _calm(known: MetricState, newest: int) -> MetricState:
    """Return a memory in which nothing is wrong, and all so far is told."""
    return replace(known, bad=0, good=0, active=False, settled=newest)


def _time(start: int) -> datetime:
    return datetime.fromtimestamp(start, UTC)
