"""What people said of an event that is to be told: that they want to hear nothing of it, or that they have seen it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from satark.notifier.events import Event
from satark.notifier.outbox.subjects import names_all, subjects
from satark.runtime.said import Said
from satark.schemas.incidents import IncidentEvent, Reason, Severity
from satark.schemas.silences import Silence

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
    if not silences or not names_all(event):
        return None
    found = [next((each for each in silences if each.covers(subject, now)), None) for subject in subjects(event)]
    covering = [each for each in found if each is not None]
    if not covering or len(covering) < len(found):
        return None
    ids = tuple(dict.fromkeys(each.silence for each in covering))
    return Cover(ids, min(each.ends for each in covering))


def is_no_graver(event: IncidentEvent, told: Severity | None) -> bool:
    """Return whether an update is no graver than what was told last; if that is not known, its own reason decides."""
    if told is None:
        return event.reason is not Reason.SEVERITY_RAISED
    return GRAVITY[event.severity] <= GRAVITY[told]
