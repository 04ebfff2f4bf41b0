"""What a mail says beside its event: why it comes, that the incident lasts, and who has seen it. Pure."""

from dataclasses import replace
from datetime import datetime

from satark.notifier.events import OPENED, RESOLVED, UPDATED, Event, is_group, state_of
from satark.notifier.mail import wording
from satark.notifier.mail.headers import clean
from satark.notifier.mail.view import View
from satark.notifier.telling import Aside, Occasion
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.incidents import Reason

LASTING, ESCALATED, TEST = "STILL OPEN", "ESCALATED", "TEST"
"""In the subject, in place of the state."""

COMMENT_CHARS = 500
NAME_CHARS = 80
A_SILENCE = "a silence"
NOTHING_NEWER = "Nothing newer was found that is worth telling."
TRIED = "This is a test of the way to you. There is no such incident; what follows is an example."


def beside(view: View, event: Event, aside: Aside, now: datetime) -> View:
    """Return what to say of an event, with what is to be said beside it."""
    remarks = (*occasion(event, aside, now), *_kept_back(event, aside, now), *_grown(event, aside), *_seen(aside))
    lasts = aside.latest is not None or aside.occasion in {Occasion.REMINDER, Occasion.ESCALATION}
    lasts = lasts and view.state != RESOLVED
    return replace(
        view,
        state=_state(view, aside),
        title=_title(event, aside, now),
        gists=_gists(view, event, now) if lasts else view.gists,
        lead="" if remarks else view.lead,
        remarks=remarks,
        sure=f"As of {wording.since(event.time, now)}: {view.sure}" if lasts and view.sure else view.sure,
        age=view.age if aside.latest is None or not lasts else f"{view.age} {NOTHING_NEWER}",
        link=None if aside.occasion is Occasion.TEST else view.link,
    )


def seen(word: Acknowledgement) -> str:
    """Return who has seen an incident, when, and what they said."""
    who = clean(word.by, NAME_CHARS) or "Somebody"
    said = clean(word.comment, COMMENT_CHARS)
    return f"{who} has seen it, at {wording.moment(word.time)}" + (f": {said}" if said else ".")


def occasion(event: Event, aside: Aside, now: datetime) -> tuple[str, ...]:
    """Return why this receiver is told now, where it is not just that something happened."""
    match aside.occasion:
        case Occasion.REMINDER:
            unseen = "" if aside.seen else " Nobody has acknowledged it."
            return (f"{_lasting(event, now)}: this is reminder {max(1, aside.count)}.{unseen}",)
        case Occasion.ESCALATION:
            level = f" (escalation, level {aside.count})" if aside.count > 1 else " (escalation)"
            return (f"You get this because nobody has acknowledged it. {_lasting(event, now)}{level}.",)
        case Occasion.FALLBACK:
            other = clean(aside.instead_of, NAME_CHARS) or "another receiver"
            return (f"You get this because {other} could not be reached.",)
        case Occasion.TEST:
            return (TRIED,)
        case Occasion.EVENT:
            return ()


def _kept_back(event: Event, aside: Aside, now: datetime) -> tuple[str, ...]:
    if aside.latest is None or aside.occasion is not Occasion.EVENT:
        return ()
    why = "no mail told of it before" if aside.is_news else "what changed meanwhile was not told"
    by = clean(aside.kept_back_by, NAME_CHARS) or A_SILENCE
    return (f"{_lasting(event, now)}; {why}: {by} kept it back.",)


def _grown(event: Event, aside: Aside) -> tuple[str, ...]:
    """Return why somebody hears of an incident that had begun before: it leads to them only since it is so grave."""
    if not aside.is_news or aside.latest is not None or state_of(event) != UPDATED:
        return ()
    return (f"It began before, and comes to you because it is {event.severity.value} by now.",)


def _seen(aside: Aside) -> tuple[str, ...]:
    return () if aside.seen is None else (seen(aside.seen),)


def _lasting(event: Event, now: datetime) -> str:
    zone = None if is_group(event) else event.labels.get("timezone")
    lasted = wording.duration(max(0.0, (now - event.opened_at).total_seconds()))
    return f"It is still open, since {wording.moment(event.opened_at, zone)}, for {lasted} by now"


def _state(view: View, aside: Aside) -> str:
    """Return what the mail is to this receiver: a beginning, if it is the first that they hear of it."""
    if view.state == RESOLVED:
        return RESOLVED
    if aside.occasion is Occasion.REMINDER:
        return UPDATED
    return OPENED if aside.is_news or aside.occasion is Occasion.ESCALATION else view.state


def _title(event: Event, aside: Aside, now: datetime) -> str:
    if aside.occasion is Occasion.TEST:
        return TEST
    if state_of(event) == RESOLVED:
        return ""
    match aside.occasion:
        case Occasion.REMINDER:
            return f"{LASTING} {wording.rounded(max(60.0, (now - event.opened_at).total_seconds()))}"
        case Occasion.ESCALATION:
            return ESCALATED
        case _:
            return "" if aside.latest is None else LASTING


def _gists(view: View, event: Event, now: datetime) -> tuple[str, ...]:
    if not is_group(event) and event.reason is Reason.STILL_OPEN:
        return view.gists
    since = wording.since(event.opened_at, now)
    return (*(f"{gist}, since {since}" for gist in view.gists), *view.gists[-1:])
