"""What to say of a link without data: nobody can say that it is well, and nobody measured that it is bad."""

from datetime import datetime, timedelta
from math import floor

from satark.notifier.mail import wording
from satark.notifier.mail.words import Words
from satark.schemas.incidents import IncidentEvent, IncidentResolved, Symptom
from satark.schemas.metrics import WAN_LINK

MISSING_CYCLES = "missing_cycles"
"""In how many looks in a row a link had no data that should have had some."""

MEANING = (
    "Others of the same orchestrator do have data, so it is the link, its edge, or what the orchestrator knows of it."
)
CHECKS = (
    "Is it down? Look at the state of the edge and of the link in the orchestrator, and at its events.",
    "Was it unplugged, swapped or renamed, or removed from the orchestrator? Then this is the end of it, and no fault.",
    "Is its edge reachable by another link? If not, look at the site: power, router, cabling.",
)


def is_silence(event: IncidentEvent) -> bool:
    """Return whether all that is wrong is that a link has no data."""
    wrong = [each for each in event.symptoms if each.active] or event.symptoms
    return event.kind == WAN_LINK and bool(wrong) and all(each.metric == MISSING_CYCLES for each in wrong)


def words(event: IncidentEvent) -> Words:
    """Return what to say. Raises StopIteration for an event that is no silence."""
    symptom = next(each for each in event.symptoms if each.metric == MISSING_CYCLES)
    return _over(event, symptom) if isinstance(event, IncidentResolved) else _silent(event, symptom)


def sentence(event: IncidentEvent, symptom: Symptom) -> str:
    """Return that a link has no data, and since when."""
    since = wording.moment(_began(event, symptom), event.labels.get("timezone"))
    return f"{wording.whereabouts(event)} has had no data for {_length(event, symptom.value)}, since {since}."


def _silent(event: IncidentEvent, symptom: Symptom) -> Words:
    return Words((f"no data for {_length(event, symptom.value)}",), (sentence(event, symptom), MEANING), CHECKS)


def _over(event: IncidentResolved, symptom: Symptom) -> Words:
    length = wording.duration((event.ended_at - _began(event, symptom)).total_seconds())
    span = f"from {wording.moment(_began(event, symptom))} to {wording.moment(event.ended_at)}"
    return Words(
        (f"has data again after {length}",),
        (f"{wording.whereabouts(event)} has data again. It had none for {length}: {span}.",),
    )


def _length(event: IncidentEvent, cycles: float) -> str:
    return wording.duration(cycles * event.interval_s)


def _began(event: IncidentEvent, symptom: Symptom) -> datetime:
    """Return the start of the first sample without data: as many before the incident's beginning as the limit allows."""
    return symptom.since - timedelta(seconds=floor(symptom.limit) * event.interval_s)
