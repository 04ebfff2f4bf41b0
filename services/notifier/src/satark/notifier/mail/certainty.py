"""How sure it is that an incident is one: what is behind its normal, how far from it, and for how long. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from satark.notifier.mail import wording
from satark.schemas.incidents import IncidentEvent, IncidentResolved, Symptom

FEW_SAMPLES = 12
"""Fewer samples than an hour of the usual five minutes has make a weak baseline."""


def certainty(event: IncidentEvent, symptoms: Sequence[Symptom]) -> str:
    """Return how sure it is, of the first symptom that lasts; nothing of what is over or was not measured."""
    symptom = next((each for each in symptoms if each.active), None)
    if symptom is None or isinstance(event, IncidentResolved):
        return ""
    end = symptom.time + timedelta(seconds=event.interval_s)
    lasted = wording.duration((end - symptom.since).total_seconds())
    return f"{_behind(symptom)}; beyond the limit for {lasted}{_in_a_row(symptom)}."


def _behind(symptom: Symptom) -> str:
    normal = symptom.baseline
    if not normal.n:
        return "The limit is a fixed one and needs no history"
    samples = f"{wording.counted(normal.n, 'sample')} of the {wording.window(normal.window_s)} before"
    few = ", which is few" if normal.n < FEW_SAMPLES else ""
    unit = wording.distance_unit(symptom)
    return f"{samples} are behind what is normal{few}; {abs(symptom.distance):.1f} {unit} from it{_limit(symptom)}"


def _limit(symptom: Symptom) -> str:
    scale = max(symptom.baseline.spread, symptom.baseline.floor)
    if scale <= 0:
        return ""
    return f", where {abs(symptom.limit - symptom.baseline.centre) / scale:.1f} are allowed"


def _in_a_row(symptom: Symptom) -> str:
    """Return how many of the newest samples are beyond the limit, where the event shows them."""
    count = 0
    for point in reversed(symptom.recent):
        if not point.anomalous:
            break
        count += 1
    in_a_row = " in a row" if count > 1 else ""
    return f" ({wording.counted(count, 'sample')}{in_a_row})" if count else ""
