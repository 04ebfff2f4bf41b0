"""An incident in sentences: what is wrong, what would be normal, and what decided it."""

from msgspec import Struct

from satark.analytics.routes.v1.questions.series import unit_of
from satark.schemas.incidents import Cause, IncidentEvent, IncidentResolved, Symptom

BECAUSE = {
    Cause.WINDOW: "the mean of the recent past",
    Cause.UNUSUAL: "what is usual at this time of day",
    Cause.RECENT: "the level of late",
    Cause.SHIFT: "a level that had been constant",
    Cause.NOVEL: "anything seen so far",
    Cause.LIMIT: "an absolute limit",
    Cause.RATE: "how fast it may rise",
    None: "what was normal",
}


class Explained(Struct, frozen=True, kw_only=True):
    """Why an incident is, or was: sentences, and the symptoms with the evidence they are made of."""

    incident: str
    sentences: list[str]
    method: str
    rules: list[str]
    symptoms: list[Symptom]


def explained(event: IncidentEvent) -> Explained:
    """Return the explanation of an incident as its latest event has it."""
    return Explained(
        incident=event.incident,
        sentences=[*_alarm(event), *(_sentence(symptom) for symptom in event.symptoms), *_end(event), *_decided(event)],
        method=event.method,
        rules=list(event.rules),
        symptoms=list(event.symptoms),
    )


def _sentence(symptom: Symptom) -> str:
    unit = unit_of(symptom.metric)
    normal = symptom.baseline
    was = "is" if symptom.active else "was"
    return (
        f"{symptom.metric} {was} {_number(symptom.value, unit)}, more than {_number(symptom.limit, unit)}, measured by "
        f"{BECAUSE[symptom.cause]}: {_number(normal.centre, unit)} with a spread of {_number(normal.spread, unit)}, "
        f"learnt from {normal.n} samples. The worst was {_number(symptom.peak, unit)}."
    )


def _alarm(event: IncidentEvent) -> list[str]:
    if event.alarm is None:
        return []
    about = event.alarm.description or "no description"
    return [f"The conditions of the rule {event.alarm.type} hold ({about})."]


def _end(event: IncidentEvent) -> list[str]:
    if isinstance(event, IncidentResolved):
        return [f"It is over since {event.ended_at:%Y-%m-%d %H:%M} UTC, after {event.duration_s} s."]
    words = ["It is open."]
    if event.flapping:
        words.append("It came and went so often that it counts as open until it has been calm for a while.")
    return words


def _decided(event: IncidentEvent) -> list[str]:
    by = f", by the rules {', '.join(event.rules)}" if event.rules else ""
    late = (
        " It was decided on samples that came long after their time, so nobody was paged." if event.historical else ""
    )
    return [f"The method {event.method} decided{by}; the last word was {event.reason.value}.{late}"]


def _number(value: float, unit: str) -> str:
    return f"{value:.4g} {unit}".rstrip()
