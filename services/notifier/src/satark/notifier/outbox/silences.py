"""What people said of an event that is to be told: that they want to hear nothing of it, or that they have seen it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from satark.notifier.events import Event
from satark.runtime.said import Said
from satark.schemas.incident_groups import (
    GroupMember,
    IncidentGroupEvent,
    IncidentGroupOpened,
    IncidentGroupResolved,
    IncidentGroupUpdated,
)
from satark.schemas.incidents import IncidentEvent, Reason, Severity
from satark.schemas.silences import Silence, subject_of

Subject = dict[str, str]

MOST_NAMED = 5
"""Ids of silences in one outcome."""

GRAVITY = {Severity.MINOR: 0, Severity.WARNING: 1, Severity.MAJOR: 2, Severity.CRITICAL: 3}


@dataclass(frozen=True, slots=True)
class Cover:
    """Nobody is to be told before `until`, because of `silences` (their ids)."""

    silences: tuple[str, ...]
    until: datetime

    @property
    def detail(self) -> str:
        """What an outcome says of it."""
        named = ", ".join(self.silences[:MOST_NAMED])
        more = len(self.silences) - MOST_NAMED
        which = f"silence {named}" + (f" and {more} more" if more > 0 else "")
        return f"{which}, until {self.until:%Y-%m-%d %H:%M:%S} UTC"


def holding(said: Said, now: datetime) -> list[Silence]:
    """Return the silences that hold at a time, the one that ends last first."""
    found = [silence for silence in said.silences.every() if silence.starts <= now < silence.ends]
    return sorted(found, key=lambda silence: (silence.ends, silence.silence), reverse=True)


def cover(event: Event, silences: Sequence[Silence], now: datetime) -> Cover | None:
    """Return what keeps an event from being told, None if nothing does. `silences` as `holding` returns them.

    A group is covered when all of its members are, those that are well again too; of more than it names nothing is known.
    """
    found = [
        next((each for each in silences if each.covers(subject, now)), None)
        for subject in (subjects(event) if silences else ())
    ]
    covering = [each for each in found if each is not None]
    if not covering or len(covering) < len(found):
        return None
    ids = tuple(dict.fromkeys(each.silence for each in covering))
    return Cover(ids, min(each.ends for each in covering))


def subjects(event: Event) -> list[Subject]:
    """Return what silences are held against; nothing for a group that has more members than it names."""
    match event:
        case IncidentGroupOpened() | IncidentGroupUpdated() | IncidentGroupResolved():
            if event.member_count > len(event.members):
                return []
            return [_subject_of(member, event) for member in event.members]
        case _:
            return [subject_of(event)]


def is_no_graver(event: IncidentEvent, told: Severity | None) -> bool:
    """Return whether an update is no graver than what was told last; if that is not known, its own reason decides."""
    if told is None:
        return event.reason is not Reason.SEVERITY_RAISED
    return GRAVITY[event.severity] <= GRAVITY[told]


def _subject_of(member: GroupMember, group: IncidentGroupEvent) -> Subject:
    own = {
        "entity": member.entity,
        "kind": member.kind,
        "severity": member.severity.value,
        "incident": member.incident,
    }
    return {**group.labels, **member.labels, **own}
