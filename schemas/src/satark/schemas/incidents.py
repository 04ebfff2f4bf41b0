"""Incidents: an entity is worse than its own normal, told once, with the evidence.

One incident holds all metrics of one entity that misbehave in one episode (its symptoms). It is opened once,
updated when its symptoms or its severity change, and resolved once. The incident's id does not change on the way.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from satark.schemas.alarms import AlarmView
from satark.schemas.identifiers import identifier
from satark.schemas.metrics import EntityKey, Time


class Severity(StrEnum):
    """How bad an incident is."""

    WARNING = "warning"
    CRITICAL = "critical"
    MAJOR = "major"
    """Of an alarm of a rule, between the two."""
    MINOR = "minor"
    """Of an alarm of a rule, the least grave."""


class Reason(StrEnum):
    """Why an incident event was published."""

    FIRST_SYMPTOM = "first_symptom"
    SYMPTOM_ADDED = "symptom_added"
    SYMPTOM_CLEARED = "symptom_cleared"
    SEVERITY_RAISED = "severity_raised"
    ALL_CLEAR = "all_clear"
    STILL_OPEN = "still_open"
    DETAILS_CHANGED = "details_changed"
    """Of an alarm: its conditions hold for other values, or its rule says something else."""
    ACKNOWLEDGED = "acknowledged"
    """Of an alarm: a person has seen it."""
    WORSE = "worse"
    FLAPPING = "flapping"
    CALM = "calm"
    ACCEPTED = "accepted"
    CLOSED = "closed"
    """A person said that it is over, whatever its metrics say."""


class Cause(StrEnum):
    """What a symptom's value is too much for."""

    WINDOW = "window"
    """The mean of the recent past, as in the method `seed`."""
    UNUSUAL = "unusual"
    """What is usual at this time of day."""
    RECENT = "recent"
    """The level of late."""
    SHIFT = "shift"
    """A level that had been constant, and shifted."""
    NOVEL = "novel"
    """Anything seen so far."""
    LIMIT = "limit"
    """An absolute limit."""
    RATE = "rate"
    """A limit of how fast it may rise."""


class Point(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One value of a metric's recent past, for a chart."""

    time: Annotated[Time, Meta(description="Start of the interval, UTC.")]
    value: Annotated[float, Meta(description="The metric's value, in its unit.")]
    anomalous: Annotated[bool, Meta(description="Beyond the limit, and so kept out of the baseline.")] = False


class Baseline(Struct, frozen=True, kw_only=True):
    """What was normal for one metric of one entity when it was judged."""

    centre: Annotated[float, Meta(description="Centre of the history, in the metric's unit.")]
    spread: Annotated[float, Meta(description="Spread of the history, in the metric's unit, before any floor.")]
    floor: Annotated[float, Meta(description="Least spread that is believed, in the metric's unit.")]
    n: Annotated[int, Meta(description="Number of samples behind the baseline.", ge=0)]
    start: Annotated[Time, Meta(description="Start of the oldest sample behind the baseline, UTC.")]
    end: Annotated[Time, Meta(description="End of the youngest sample behind the baseline, UTC.")]
    window_s: Annotated[int, Meta(description="Length of the history that was asked for, in seconds.")]


class Symptom(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One metric of the entity that is, or during this incident was, beyond its limit, with the evidence."""

    metric: Annotated[str, Meta(description="Name of the metric; the unit is in the name.")]
    active: Annotated[bool, Meta(description="Still beyond the limit.")]
    since: Annotated[Time, Meta(description="Start of the first sample beyond the limit, UTC.")]
    time: Annotated[Time, Meta(description="Start of the judged interval, UTC.")]
    value: Annotated[float, Meta(description="Observed value: the mean over the present window.")]
    distance: Annotated[float, Meta(description="(value - centre) / the larger of spread and floor.")]
    limit: Annotated[float, Meta(description="Values above this are anomalous, in the metric's unit.")]
    peak: Annotated[float, Meta(description="Worst value of this incident, in the metric's unit.")]
    peak_time: Annotated[Time, Meta(description="Start of the interval with the worst value, UTC.")]
    baseline: Baseline
    recent: Annotated[tuple[Point, ...], Meta(description="The recent samples, oldest first.", max_length=512)] = ()
    until: Annotated[Time | None, Meta(description="End of the last sample beyond the limit, once cleared.")] = None
    cause: Annotated[Cause | None, Meta(description="What the value is too much for.")] = None


class _IncidentEvent(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="event"):
    id: Annotated[str, Meta(description="Deterministic id of this event.")]
    incident: Annotated[str, Meta(description="Id of the incident, the same in all its events.")]
    sequence: Annotated[int, Meta(description="0 for opened, then counting up.", ge=0)]
    entity: Annotated[EntityKey, Meta(description="The entity's key, also the Kafka key.")]
    kind: Annotated[str, Meta(description="What the entity is, for example wan-link.")]
    severity: Severity
    reason: Reason
    method: Annotated[str, Meta(description="Name of the detection method.")]
    opened_at: Annotated[Time, Meta(description="Start of the first sample beyond its limit, UTC.")]
    time: Annotated[Time, Meta(description="Start of the sample that caused this event, UTC.")]
    interval_s: Annotated[int, Meta(description="Length of a sample's interval in seconds.", gt=0)]
    symptoms: Annotated[
        tuple[Symptom, ...],
        Meta(description="The metrics that misbehave or did so in this incident; none of an alarm.", max_length=512),
    ]
    labels: Annotated[
        dict[str, str],
        Meta(description="Names a person knows the entity by: orchestrator, enterprise, edge, link."),
    ] = {}
    alarm: Annotated[AlarmView | None, Meta(description="The alarm, if the incident is that a rule holds.")] = None
    historical: Annotated[
        bool,
        Meta(description="Decided on samples that were collected long after their time: for the record, not to page."),
    ] = False
    flapping: Annotated[
        bool, Meta(description="It came and went too often: it counts as open until it has been calm for a while.")
    ] = False
    rules: Annotated[tuple[str, ...], Meta(description="Names of the rules that decided how it is watched.")] = ()


class IncidentOpened(_IncidentEvent, frozen=True, kw_only=True, omit_defaults=True, tag="opened"):
    """The entity became worse than its own normal."""


class IncidentUpdated(_IncidentEvent, frozen=True, kw_only=True, omit_defaults=True, tag="updated"):
    """An open incident changed: another metric joined, one recovered, or it became more severe."""


class IncidentResolved(_IncidentEvent, frozen=True, kw_only=True, omit_defaults=True, tag="resolved"):
    """All metrics of the incident are back within their limits, and stayed there; or a person said that it is over."""

    closed_by: Annotated[str, Meta(description="Who closed it, if a person did.")] = ""
    because: Annotated[str, Meta(description="Why they did, in their words.")] = ""
    ended_at: Annotated[Time, Meta(description="End of the last sample beyond a limit, UTC.")]
    duration_s: Annotated[int, Meta(description="Seconds from opened_at to ended_at.", ge=0)]


IncidentEvent = IncidentOpened | IncidentUpdated | IncidentResolved


def incident_id(entity: str, opened_at: str) -> str:
    """Return the id of the incident of an entity that began at the given instant (`identifiers.instant`)."""
    return identifier("incident", entity, opened_at)


def incident_event_id(incident: str, sequence: int) -> str:
    """Return the id of an incident's event: a replay of the same decision gives the same id."""
    return identifier("incident-event", incident, str(sequence))
