"""What the table, the sentences and the picture of a mail agree on: which symptom is gravest, and what is normal. Pure."""

from collections.abc import Iterable

from satark.schemas.incidents import Symptom


def gravest_first(symptoms: Iterable[Symptom]) -> list[Symptom]:
    """Return symptoms in the order in which they are told: those that last, then by how far their peak was."""
    return sorted(symptoms, key=lambda symptom: (not symptom.active, -peak_distance(symptom)))


def peak_distance(symptom: Symptom) -> float:
    """Return how far the peak was from the centre, in spreads, or in floors where those are larger."""
    scale = max(symptom.baseline.spread, symptom.baseline.floor)
    return (symptom.peak - symptom.baseline.centre) / scale if scale > 0 else symptom.distance


def normal_range(symptom: Symptom) -> tuple[float, float]:
    """Return the range from as far below the centre as the limit is above it; no metric so far goes below zero."""
    centre = symptom.baseline.centre
    low = centre - abs(symptom.limit - centre)
    return (max(0.0, low) if centre >= 0 else low), symptom.limit
