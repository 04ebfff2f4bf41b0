"""What keeps a notice back: mute times of its route, an incident that explains it, a silence. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from satark.notifier.events import Event
from satark.notifier.outbox.notices import Entry, Reason
from satark.notifier.outbox.silences import cover
from satark.notifier.outbox.subjects import Subject, subjects
from satark.schemas.silences import Silence

LOOK_AGAIN = timedelta(seconds=60)
"""What an incident explains is looked at this often; news of incidents come sooner."""

Inhibitor = Callable[[Subject], str | None]
"""Returns the id of an open incident that explains a subject (Alertmanager's inhibit_rules)."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Why a notice is kept back, and until when at least. `source` is the incident that explains it, if one does."""

    reason: Reason
    detail: str
    until: datetime
    source: str = ""


def nothing_inhibits(_subject: Subject) -> None:
    """Return that no incident explains a subject."""


def keeping(entry: Entry, silences: Sequence[Silence], inhibitor: Inhibitor, now: datetime) -> Keeping | None:
    """Return what keeps a notice back now, None if nothing does."""
    times = entry.notice.policy.times
    until = times.quiet_until(now) if times is not None else None
    if until is not None:
        detail = f"mute times of the route {entry.notice.policy.route}, until {until:%Y-%m-%d %H:%M:%S} UTC"
        return Keeping(Reason.MUTED, detail, until)
    covered = cover(entry.latest, silences, now)
    if covered is not None:
        return Keeping(Reason.SILENCED, covered.detail, covered.until)
    source = _source(entry.latest, inhibitor)
    if source is not None:
        return Keeping(Reason.INHIBITED, f"the incident {source} explains it", now + LOOK_AGAIN, source)
    return None


def _source(event: Event, inhibitor: Inhibitor) -> str | None:
    """Return the incident that explains all subjects of an event."""
    source = None
    for subject in subjects(event):
        source = inhibitor(subject)
        if source is None:
            return None
    return source
