"""What the pages behind links say, as plain values, and their HTML: templates only lay it out. Pure but for the templates."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from satark.analytics.routes.actions.deeds import SPANS, Length, matcher
from satark.analytics.routes.v1.questions.incidents import Incident, IncidentState
from satark.runtime.signed import Grant, Purpose
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.metrics import WAN_LINK
from satark.schemas.silences import Silence

TEMPLATES = Path(__file__).parent / "templates"
MAX_METRICS = 4

Pair = tuple[str, str]

_NAMES = ("edge", "link", "name")
_FACTS = ("site", "isp", "enterprise")
_DIRECTIONS = {"rx": "download", "tx": "upload"}
_UNITS = {"ms", "pct", "bps"}


@dataclass(frozen=True, slots=True)
class Shown:
    """An incident, as a page shows it."""

    place: str
    severity: str
    state: str
    facts: tuple[Pair, ...]
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One length that can be chosen."""

    value: str
    title: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Form:
    """What the button does: `deed` is sent with it."""

    deed: str
    button: str
    choices: tuple[Choice, ...] = ()
    has_comment: bool = True
    length: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `mood` is asking, done or sorry; `others` are links to other lengths; `foot` is small print."""

    status: int
    mood: str
    heading: str
    lines: tuple[str, ...]
    incident: Shown | None = None
    form: Form | None = None
    others: tuple[Pair, ...] = ()
    foot: tuple[str, ...] = field(default=())


def render(page: Page) -> bytes:
    """Return a page as HTML."""
    return _template().render(page=page).encode()


@cache
def _template() -> Template:
    engine = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return engine.get_template("page.html.j2")


def asking(grant: Grant, incident: Incident, length: Length, seen: Acknowledgement | None, now: datetime) -> Page:
    """Return the page that asks whether to do it."""
    shown = _shown(incident, seen)
    if grant.purpose is Purpose.ACKNOWLEDGE:
        lines = (
            f"Others will see that {grant.who} looks after it.",
            "Reminders and escalations of it stop. The mail that it is over comes as always.",
        )
        form = Form("acknowledge", "Acknowledge")
        return Page(200, "asking", "Acknowledge this incident?", lines, shown, form, foot=_small_print(grant))
    choices = tuple(_choice(incident, one, one is length, now) for one in Length)
    line, form = "For everybody who is told of it, not only for you:", Form("silence", "Silence", choices)
    return Page(200, "asking", "Keep quiet about it?", (line,), shown, form, foot=_small_print(grant))


def acknowledged(event: Acknowledgement, incident: Incident, *, before: bool) -> Page:
    """Return the page that says who acknowledged it, and when; `before`: not just now."""
    lines = (
        _said_by(event.by, event.time, event.comment),
        "There is nothing to undo: it ends nothing. Who takes over acknowledges it too.",
    )
    return Page(200, "done", "Already acknowledged" if before else "Acknowledged", lines, _shown(incident))


def silenced(silence: Silence, incident: Incident, length: Length, now: datetime, *, before: bool) -> Page:
    """Return the page that says what is silenced and until when, and how to end it."""
    others = tuple((f"?for={one.value}", _TITLES[one]) for one in Length if one is not length)
    made = _said_by(silence.by, silence.starts, silence.comment)
    if silence.ends <= now:
        ended = f"It was ended at {moment(silence.ends)}" + (f" by {silence.ended_by}." if silence.ended_by else ".")
        lines = (made, ended, "A link silences once for each length.")
        return Page(200, "done", "The silence is over", lines, _shown(incident), others=others)
    until = f"until {moment(silence.ends)}" if length is not Length.RESOLVED else "until it is resolved"
    lines = (
        made,
        "If it is still open when the silence ends, one mail says so.",
        f"To end it before, press the button, or run: satark silence end {silence.silence}",
    )
    form = Form("end", "End the silence", has_comment=False, length=length.value)
    heading = f"Already silenced, {until}" if before else f"Silenced {until}"
    return Page(200, "done", heading, lines, _shown(incident), form)


def over(incident: Incident, *, status: int) -> Page:
    """Return the page for an incident that was resolved meanwhile."""
    ended = f"It ended at {moment(incident.ended_at)}." if incident.ended_at else "It has ended."
    return Page(status, "sorry", "This is over already", (ended, "There is nothing left to be done."), _shown(incident))


def sorry(status: int, heading: str, *lines: str) -> Page:
    """Return the page that says why nothing can be done."""
    return Page(status, "sorry", heading, (*lines, "Nothing was changed."))


def moment(time: datetime) -> str:
    """Return a time as people read it."""
    utc = time.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y, %H:%M} UTC"


_TITLES = {Length.HOUR: "1 hour", Length.FOUR_HOURS: "4 hours", Length.RESOLVED: "Until it is resolved"}


def _choice(incident: Incident, length: Length, chosen: bool, now: datetime) -> Choice:
    thing = "link" if incident.kind == WAN_LINK else "object"
    if matcher(incident, length).name == "entity":
        text = f"until {moment(now + SPANS[length])}; new incidents of this {thing} are not mailed either"
    elif length is Length.RESOLVED:
        text = f"this incident only; a new one of this {thing} is mailed"
    else:
        text = f"until {moment(now + SPANS[length])}; this incident only"
    return Choice(length.value, _TITLES[length], text, chosen)


def _shown(incident: Incident, seen: Acknowledgement | None = None) -> Shown:
    labels = incident.labels
    facts = [(name.upper() if name == "isp" else name.capitalize(), labels.get(name, "")) for name in _FACTS]
    what = incident.alarm or ", ".join(_metric(name) for name in incident.metrics[:MAX_METRICS])
    more = len(incident.metrics) - MAX_METRICS
    facts = [
        ("What", what + (f" and {more} more" if more > 0 and not incident.alarm else "")),
        ("Since", moment(incident.opened_at)),
        *facts,
        ("Incident", incident.incident),
    ]
    return Shown(
        place=" / ".join(labels[name] for name in _NAMES if labels.get(name)) or incident.entity,
        severity=incident.severity,
        state="open" if incident.state is IncidentState.OPEN else "resolved",
        facts=tuple((name, value) for name, value in facts if value),
        seen=f"Seen by {_said_by(seen.by, seen.time, seen.comment)}" if seen else "",
    )


def _said_by(who: str, time: datetime, comment: str) -> str:
    return f"{who or 'somebody'} at {moment(time)}" + (f": {comment}" if comment else "")


def _metric(name: str) -> str:
    words = name.split("_")
    direction = _DIRECTIONS.get(words[-1], "")
    plain = [word for word in words if word not in _UNITS | _DIRECTIONS.keys()]
    return " ".join([*plain, *([f"({direction})"] if direction else [])])


def _small_print(grant: Grant) -> tuple[str, ...]:
    return (
        "Nothing happens until you press the button.",
        f"This link was sent to {grant.who} and is good until {moment(grant.expires)}.",
    )
