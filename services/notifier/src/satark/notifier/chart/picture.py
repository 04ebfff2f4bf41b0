"""A picture of an incident's metrics for a mail: its bytes, and what it shows in words for who cannot see it."""

from dataclasses import dataclass
from datetime import datetime

from satark.notifier.chart.alt import alt
from satark.notifier.chart.course import course
from satark.notifier.events import Event
from satark.schemas.incidents import IncidentOpened, IncidentResolved, IncidentUpdated


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG file, and how large it is shown: CSS pixels; the file has twice as many, for sharp screens."""

    png: bytes
    alt: str
    width: int
    height: int


def chart(event: Event, now: datetime) -> Picture | None:
    """Return the picture of an incident at the time `now`; None if there is nothing to draw, as of a group or an alarm.

    The same event and time give the same bytes. Takes tens of milliseconds, and seconds to load the library when it is
    the first. Draws whatever values the event has; raises ImportError or OSError if the library cannot be loaded.
    """
    if not isinstance(event, IncidentOpened | IncidentUpdated | IncidentResolved):
        return None
    shown = course(event, now)
    if shown is None:
        return None
    from satark.notifier.chart.drawing import draw  # noqa: PLC0415 - loads the library

    png, width, height = draw(shown)
    return Picture(png, alt(shown), width, height)
