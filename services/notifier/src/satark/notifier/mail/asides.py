"""What a mail says beside its event: that the incident was kept back and lasts, and who has seen it. Pure."""

from dataclasses import replace
from datetime import UTC, datetime

from satark.notifier.events import OPENED, Event, is_group
from satark.notifier.mail import wording
from satark.notifier.mail.headers import clean
from satark.notifier.mail.view import View
from satark.notifier.telling import Aside
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.incidents import Reason

LASTING = "STILL OPEN"
"""In the subject, in place of the state."""

COMMENT_CHARS = 500
NAME_CHARS = 80


def beside(view: View, event: Event, aside: Aside, now: datetime) -> View:
    """Return what to say of an event, with what is to be said beside it."""
    remarks = [] if aside.latest is None else [_lasting(event, aside, now)]
    remarks += [] if aside.seen is None else [seen(aside.seen)]
    if aside.latest is None:
        return replace(view, remarks=tuple(remarks))
    return replace(
        view,
        state=OPENED if aside.is_news else view.state,
        title=LASTING,
        gists=_gists(view, event, now),
        remarks=tuple(remarks),
    )


def seen(word: Acknowledgement) -> str:
    """Return who has seen an incident, when, and what they said."""
    who = clean(word.by, NAME_CHARS) or "Somebody"
    said = clean(word.comment, COMMENT_CHARS)
    return f"{who} has seen it, at {wording.moment(word.time)}" + (f": {said}" if said else ".")


def _lasting(event: Event, aside: Aside, now: datetime) -> str:
    lasted = wording.duration(max(0.0, (now - event.opened_at).total_seconds()))
    why = "no mail told of it before" if aside.is_news else "what changed meanwhile was not told"
    return f"It is still open, since {wording.moment(event.opened_at)}, for {lasted} by now; {why}: it was silenced."


def _gists(view: View, event: Event, now: datetime) -> tuple[str, ...]:
    if not is_group(event) and event.reason is Reason.STILL_OPEN:
        return view.gists
    same_day = event.opened_at.astimezone(UTC).date() == now.astimezone(UTC).date()
    since = wording.clock(event.opened_at) if same_day else wording.moment(event.opened_at)
    return (*(f"{gist}, since {since}" for gist in view.gists), *view.gists[-1:])
