"""Flapping: an entity that goes bad and well again too often is one incident, which ends when it has been calm for a while.

A turn is the beginning or the end of an incident. Turns are counted in the time of the samples, so that a replay counts
the same ones.
"""

from msgspec.structs import replace

from satark.detector.incidents.state import IncidentState
from satark.detector.rules.model import Flapping

MAX_TURNS = 64


def advance(incident: IncidentState, turns: tuple[int, ...], start: int, flaps: Flapping) -> tuple[IncidentState, bool]:
    """Return the incident after a sample that began at `start`, and whether it stays open although nothing is wrong now.

    `turns` are those before this sample, epoch seconds. An incident without an active symptom ends now, which is a turn,
    unless that makes `flaps.transitions` of them within `flaps.within_s`, or it flaps already and was not calm for long.
    """
    active = any(symptom.active for symptom in incident.symptoms.values())
    if not incident.flapping:
        if active or len(recent(turns, start, flaps)) + 1 < flaps.transitions:
            return incident, False
        return replace(incident, flapping=True, calm_since=start), True
    if active:
        return replace(incident, calm_since=0), True
    calm_since = incident.calm_since or start
    return replace(incident, calm_since=calm_since), start - calm_since < flaps.calm_s


def recent(turns: tuple[int, ...], start: int, flaps: Flapping) -> tuple[int, ...]:
    """Return the turns that still count at `start`, the youngest at most."""
    return tuple(turn for turn in turns if turn > start - flaps.within_s)[-MAX_TURNS:]


def after(
    before: IncidentState | None,
    following: IncidentState | None,
    turns: tuple[int, ...],
    start: int,
    flaps: Flapping,
) -> tuple[int, ...]:
    """Return the turns after a sample, given the incident before and after it."""
    if (before is None) is (following is None):
        return turns
    return recent((*turns, start), start, flaps)
