"""What a message says, in the words of the mails, before it has the markup of any channel. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from satark.notifier.events import RESOLVED, Event
from satark.notifier.mail import digest_view, group_view, heartbeat_view, incident_view
from satark.notifier.mail.asides import beside
from satark.notifier.mail.message import console_link
from satark.notifier.mail.view import Member, Pair, View
from satark.notifier.telling import Heartbeat, Part, Telling
from satark.schemas.incident_groups import IncidentGroupOpened, IncidentGroupResolved, IncidentGroupUpdated

MAX_MEMBERS = 10
MAX_LINES = 40

Link = Callable[[Event], str | None]


@dataclass(frozen=True, slots=True)
class Said:
    """A message in words. `gist` is what is wrong, in short; `lines` go one below the other."""

    title: str
    place: str
    gist: str
    sentences: tuple[str, ...]
    facts: tuple[Pair, ...] = ()
    lines: tuple[str, ...] = ()
    link: str | None = None

    @property
    def headline(self) -> str:
        """What the subject of a mail says."""
        return f"[{self.title}] {self.place}: {self.gist}" if self.gist else f"[{self.title}] {self.place}"


def linking(template: str | None) -> Link:
    """Return how an event is linked to the console."""
    return lambda event: console_link(template, event)


def of_part(part: Part, link: Link, now: datetime) -> Said:
    """Return what to say of one incident, or of one group of incidents."""
    event = part.shown
    view = beside(_view(event, link(event), now), event, part.aside, now)
    title = view.title or view.state.upper()
    return Said(
        title=f"{title}] [CRITICAL" if view.critical and view.state != RESOLVED else title,
        place=view.place,
        gist=view.gists[0],
        sentences=tuple(text for text in (*view.remarks, view.lead, *view.sentences, view.around) if text),
        facts=view.facts,
        lines=_members(view),
        link=view.link,
    )


def of_digest(telling: Telling, link: Link, now: datetime) -> Said:
    """Return what to say of several incidents at once, the gravest of which have a line each."""
    view = digest_view.view(telling, now=now, why="", link=link, max_lines=MAX_LINES)
    more = (f"and {view.more_lines} more",) if view.more_lines else ()
    return Said(
        title="DIGEST] [CRITICAL" if view.critical else "DIGEST",
        place=view.place,
        gist="",
        sentences=(*view.remarks, *view.sentences),
        facts=(*view.counts, *view.causes),
        lines=(*(f"{line.state}, {line.severity}: {line.place}: {line.gist}" for line in view.lines), *more),
    )


def of_heartbeat(heartbeat: Heartbeat, now: datetime) -> Said:
    """Return what to say as a sign of life."""
    view = heartbeat_view.view(heartbeat, now=now, why="")
    more = (f"and {view.more_failing} more",) if view.more_failing else ()
    return Said(
        title="HEARTBEAT",
        place=view.place,
        gist="",
        sentences=view.sentences,
        facts=view.facts,
        lines=(*(f"cannot be reached: {name}" for name in view.failing), *more),
    )


def _view(event: Event, link: str | None, now: datetime) -> View:
    match event:
        case IncidentGroupOpened() | IncidentGroupUpdated() | IncidentGroupResolved():
            return group_view.view(event, now=now, link=link, max_members=MAX_MEMBERS)
        case _:
            return incident_view.view(event, now=now, link=link)


def _members(view: View) -> tuple[str, ...]:
    more = (f"and {view.more_members} more",) if view.more_members else ()
    return (*(_member(member) for member in view.members), *more)


def _member(member: Member) -> str:
    return f"{member.place}: {member.worst}, since {member.since}, {member.state}"
