"""What an event's symptoms rest on, as the cells of a table. Pure."""

from datetime import datetime

from satark.detector.explain.words import Clock, duration, metric_words, number, printable
from satark.schemas.incidents import Baseline, Cause, IncidentEvent, Symptom

COLUMNS = ("metric", "state", "seen", "centre", "spread", "floor", "limit", "distance", "n", "window", "too much for")
NUMERIC = frozenset({"seen", "centre", "spread", "floor", "limit", "distance", "n"})
NONE = "-"
CAUSES = {
    Cause.WINDOW: "the mean before",
    Cause.UNUSUAL: "this time of day",
    Cause.RECENT: "the level of late",
    Cause.SHIFT: "a constant level",
    Cause.NOVEL: "anything seen so far",
    Cause.LIMIT: "an absolute limit",
    Cause.RATE: "a limit of its rise",
}


def cells(symptom: Symptom, event: IncidentEvent, clock: Clock) -> tuple[str, ...]:
    """Return one row of COLUMNS: values in the metric's unit, the distance in spreads (or floors where those are larger).

    Where no normal was learnt (n = 0) an absolute limit alone decided, and the cells of the normal are empty.
    """
    words, normal = metric_words(symptom.metric), symptom.baseline
    learnt = normal.n > 0
    return (
        words.title,
        _state(symptom, clock, event.time),
        number(symptom.value),
        number(normal.centre) if learnt else NONE,
        number(normal.spread) if learnt else NONE,
        number(normal.floor) if learnt else NONE,
        number(symptom.limit),
        f"{symptom.distance:.1f} x" if learnt else NONE,
        str(normal.n) if learnt else NONE,
        _window(normal, clock, event.time) if learnt else NONE,
        cause(symptom),
    )


def headline(event: IncidentEvent, clock: Clock) -> str:
    """Return one event in a line: its number, when, what, how bad, why and by which method."""
    parts = [
        f"#{event.sequence}",
        clock.moment(event.time),
        f"{kind(event)}: {event.reason.value.replace('_', ' ')}",
        event.severity.value,
        f"method {event.method}",
    ]
    if event.rules:
        parts.append(f"rules {', '.join(printable(name) for name in event.rules)}")
    if event.flapping:
        parts.append("flapping")
    if event.historical:
        parts.append("for the record, nobody was told")
    return "  ".join(parts)


def kind(event: IncidentEvent) -> str:
    """Return whether the event opened, updated or resolved its incident."""
    return str(event.__struct_config__.tag)


def cause(symptom: Symptom) -> str:
    """Return what the value is too much for; where the event does not say, what its baseline tells."""
    if symptom.cause is not None:
        return CAUSES[symptom.cause]
    return CAUSES[Cause.WINDOW if symptom.baseline.n else Cause.LIMIT]


def _state(symptom: Symptom, clock: Clock, beside: datetime) -> str:
    if symptom.active:
        return f"bad since {clock.hour(symptom.since, beside=beside)}"
    ended = symptom.until or symptom.time
    return f"well since {clock.hour(ended, beside=beside)}"


def _window(normal: Baseline, clock: Clock, beside: datetime) -> str:
    start, end = clock.hour(normal.start, beside=beside), clock.hour(normal.end, beside=beside)
    return f"{duration(normal.window_s)} ({start} to {end})"
