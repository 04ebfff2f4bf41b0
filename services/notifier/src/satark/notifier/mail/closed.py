"""What a mail says of an incident that a person has closed. Pure."""

from typing import TypeGuard

from satark.notifier.mail import wording
from satark.notifier.mail.headers import clean
from satark.notifier.mail.words import Words
from satark.schemas.incidents import IncidentEvent, IncidentResolved, Reason

MAX_CHARS = 500


def is_closed(event: IncidentEvent) -> TypeGuard[IncidentResolved]:
    """Return whether an event is the end that a person gave to an incident."""
    return isinstance(event, IncidentResolved) and event.reason is Reason.CLOSED


def words(event: IncidentResolved) -> Words:
    """Return what to say: who closed it and why, and that nothing is known to be well."""
    length, who = wording.duration(event.duration_s), clean(event.closed_by)
    why = clean(event.because, MAX_CHARS).rstrip(".")
    by = f"by {who}" if who else "by hand"
    return Words(
        (f"closed {by} after {length}", f"closed after {length}"),
        (
            f"The incident of {wording.whereabouts(event)} was closed {by}" + (f": {why}." if why else "."),
            f"It had lasted {length}, since {wording.moment(event.opened_at, event.labels.get('timezone'))}.",
            "It may not be back to normal: trouble that goes on, or comes back, is a new incident and a new mail.",
        ),
    )
