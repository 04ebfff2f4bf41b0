"""The end of a step: an entity's judgements become its next state, and an event if there is something to tell."""

from collections.abc import Mapping

from satark.detector.incidents import flapping, lifecycle
from satark.detector.incidents.lifecycle import Scene
from satark.detector.incidents.state import STATE_VERSION, EntityState, MetricState
from satark.detector.seed.judgement import Judgement
from satark.schemas.incidents import IncidentEvent, IncidentResolved


def conclude(
    state: EntityState,
    judgements: Mapping[str, Judgement],
    judged: Mapping[str, MetricState],
    scene: Scene,
    *,
    worse: bool = False,
    recent: Mapping[str, MetricState] | None = None,
) -> tuple[EntityState, IncidentEvent | None]:
    """Return the entity's state after a sample, and the event to publish, if any.

    `judgements` are the sample's, one a metric; `judged` is what is to be remembered of each; `worse` says that a further
    rise was confirmed; `recent` holds the recent samples of metrics that this one lacks.
    """
    metrics = {**state.metrics, **judged}
    shown = {**metrics, **(recent or {}), **{name: judgement.state for name, judgement in judgements.items()}}
    incident, event = lifecycle.advance(state.incident, judgements, shown, scene, worse=worse)
    newest = max(state.newest, scene.start)
    settled = _settled(event, scene.start, newest) if isinstance(event, IncidentResolved) else state.settled
    turns = flapping.after(state.incident, incident, state.turns, scene.start, scene.plan.flapping)
    following = EntityState(STATE_VERSION, newest, metrics, incident, settled, turns, acceptance=state.acceptance)
    return following, event


def _settled(event: IncidentResolved, start: int, newest: int) -> int:
    """Return up to when all is told: an end that is only history leaves open what came after it."""
    if not event.historical:
        return newest
    return max(start, int(event.ended_at.timestamp()) - event.interval_s)
