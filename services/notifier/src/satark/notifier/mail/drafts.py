"""What a mail says and the headers it has, at length first and then ever shorter, for it must be small enough."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from satark.notifier.chart import Picture
from satark.notifier.events import RESOLVED, Event, state_of
from satark.notifier.mail import digest_view, group_view, heartbeat_view, incident_view, marks, threads
from satark.notifier.mail.asides import beside
from satark.notifier.mail.headers import clean
from satark.notifier.mail.letterhead import Draw, Letterhead, console_link
from satark.notifier.mail.mime import Enclosed
from satark.notifier.mail.view import AnyView, Image, View
from satark.notifier.routing.model import Target
from satark.notifier.telling import Heartbeat, Occasion, Part, Telling, Told
from satark.schemas.incident_groups import IncidentGroupOpened, IncidentGroupResolved, IncidentGroupUpdated

log = structlog.get_logger(__name__)

MAX_ALT_CHARS = 500
DEFAULT_RECEIVER = "default"
"""The receiver that there is without a file of routes."""

_SIZES = ((50, True), (50, False), (20, False), (5, False))
"""How many lines a table may have, and whether there is a picture."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a mail says, the headers that follow from it, and the picture that goes with it."""

    view: AnyView
    headers: Mapping[str, str]
    enclosed: Enclosed | None = None


def drafts(told: Told, head: Letterhead, now: datetime) -> Iterator[Draft]:
    """Yield what to say, each time in fewer words: with fewer lines in tables, and without the picture."""
    match told:
        case Heartbeat():
            said = heartbeat_view.view(told, now=now, why=_why(told.target))
            yield Draft(said, threads.of_heartbeat(told, head.domain) | marks.of_heartbeat(told, head.domain))
        case Telling(_, (part,)):
            yield from _of_one(told, part, head, now)
        case Telling():
            headers = threads.of_digest(told, head.domain) | marks.of_digest(told, head.domain)
            for lines in dict.fromkeys(lines for lines, _ in _SIZES):
                yield Draft(_digest(told, head, now, lines), headers)


def _digest(told: Telling, head: Letterhead, now: datetime, lines: int) -> AnyView:
    return digest_view.view(
        told, now=now, why=_why(told.target), link=lambda event: console_link(head.console_url, event), max_lines=lines
    )


def _of_one(told: Telling, part: Part, head: Letterhead, now: datetime) -> Iterator[Draft]:
    event = part.shown
    picture = _picture(head.draw, event, now)
    for lines, is_pictured in _SIZES:
        if is_pictured and picture is None:
            continue
        said = beside(_view(event, now, console_link(head.console_url, event), lines), event, part.aside, now)
        said = replace(said, why=_why(told.target), actions=_actions(told, part, head, now))
        headers = threads.of_one(part.event, told, head.domain, said.state)
        headers |= marks.of_one(event, head.domain, said.state, part.aside.occasion)
        if not is_pictured or picture is None:
            yield Draft(said, headers)
            continue
        cid = f"chart.{threads.safe(told.id)}@{head.domain}"
        image = Image(cid, clean(picture.alt, MAX_ALT_CHARS), picture.width, picture.height)
        yield Draft(replace(said, image=image), headers, Enclosed(cid, picture.png))


def _picture(draw: Draw | None, event: Event, now: datetime) -> Picture | None:
    try:
        return draw(event, now) if draw is not None else None
    except Exception:
        log.exception("chart_not_drawn", event_id=event.id)
        return None


def _view(event: Event, now: datetime, link: str | None, lines: int) -> View:
    match event:
        case IncidentGroupOpened() | IncidentGroupUpdated() | IncidentGroupResolved():
            return group_view.view(event, now=now, link=link, max_members=lines)
        case _:
            return incident_view.view(event, now=now, link=link)


def _actions(told: Telling, part: Part, head: Letterhead, now: datetime) -> tuple[tuple[str, str], ...]:
    """Return the links that do something; there is nothing to do about what is over or does not exist."""
    if head.links is None or part.aside.occasion is Occasion.TEST or state_of(part.shown) == RESOLVED:
        return ()
    return head.links(part, told.target, now)


def _why(target: Target) -> str:
    name = clean(target.receiver, 80)
    if name in {"", DEFAULT_RECEIVER}:
        return "You get this mail because your address is a receiver of Satark's alerts."
    return f"You get this mail because your address belongs to the receiver {name}."
