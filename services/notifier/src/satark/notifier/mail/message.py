"""From what is told to one mail for one receiver: its words, its headers, and a size that every mail server takes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote

import structlog

from satark.notifier.chart import Picture
from satark.notifier.events import RESOLVED, Event, incident_of, state_of
from satark.notifier.mail import digest_view, group_view, heartbeat_view, incident_view, marks, mime, threads
from satark.notifier.mail.addresses import mailbox
from satark.notifier.mail.asides import beside
from satark.notifier.mail.headers import clean
from satark.notifier.mail.mime import Enclosed
from satark.notifier.mail.packs import Folder
from satark.notifier.mail.render import render
from satark.notifier.mail.threads import message_id, thread_id
from satark.notifier.mail.view import AnyView, Image, View
from satark.notifier.routing.model import EMAIL, Target
from satark.notifier.routing.receivers import EmailConfig
from satark.notifier.telling import PLAIN, Aside, Heartbeat, Occasion, Part, Telling, Told
from satark.schemas.incident_groups import IncidentGroupOpened, IncidentGroupResolved, IncidentGroupUpdated
from satark.schemas.notifications import notification_id

__all__ = ["Draw", "Letterhead", "Links", "Mail", "compose", "compose_one", "console_link", "message_id", "thread_id"]

log = structlog.get_logger(__name__)

MAX_BYTES = 200_000
MAX_ALT_CHARS = 500
DEFAULT_RECEIVER = "default"
"""The receiver that there is without a file of routes."""

_SIZES = ((50, True), (50, False), (20, False), (5, False))
"""How many lines a table may have, and whether there is a picture: tried in this order until the mail is small enough."""


Draw = Callable[[Event, datetime], Picture | None]
"""Draws what an event shows at a time; what it raises costs the mail its picture, not its way."""

Links = Callable[[Part, Target, datetime], tuple[tuple[str, str], ...]]
"""What a receiver can do about an event by one click, as pairs of a label and an address, best first."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all mails of an installation share."""

    sender: str
    domain: str
    subject_prefix: str = ""
    console_url: str | None = None
    draw: Draw | None = None
    links: Links | None = None
    templates: Folder | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail for one receiver, ready to be sent. Addresses are bare; `content` is the whole message."""

    sender: str
    receiver: str
    message_id: str
    content: bytes

    @property
    def needs_smtputf8(self) -> bool:
        """True when an address is not ASCII (RFC 6531)."""
        return not (self.sender.isascii() and self.receiver.isascii())


@dataclass(frozen=True, slots=True)
class _Draft:
    view: AnyView
    headers: Mapping[str, str]
    enclosed: Enclosed | None = None


def compose(told: Told, head: Letterhead, now: datetime) -> Mail:
    """Return the mail that says what is to be told, of at most `MAX_BYTES`; the same always has the same Message-ID.

    Raises jinja2.TemplateError for a broken template.
    """
    content = b""
    for draft in _drafts(told, head, now):
        content = _written(draft, told, head, now)
        if len(content) <= MAX_BYTES:
            break
    return Mail(
        sender=mailbox(head.sender).addr_spec,
        receiver=told.target.name,
        message_id=threads.own_id(told.id, head.domain),
        content=content,
    )


def compose_one(event: Event, receiver: str, head: Letterhead, now: datetime, aside: Aside = PLAIN) -> Mail:
    """Return the mail that tells an address about one event."""
    target = Target(DEFAULT_RECEIVER, EMAIL, receiver, EmailConfig(receiver))
    return compose(Telling(target, (Part(notification_id(event.id, EMAIL, receiver), event, aside),)), head, now)


def console_link(template: str | None, event: Event) -> str | None:
    """Return the configured link for an event."""
    if template is None:
        return None
    entity = quote(event.entity, safe="")
    return template.replace("{incident}", quote(incident_of(event), safe="")).replace("{entity}", entity)


def _drafts(told: Told, head: Letterhead, now: datetime) -> Iterator[_Draft]:
    """Yield what to say, each time in fewer words."""
    match told:
        case Heartbeat():
            said = heartbeat_view.view(told, now=now, why=_why(told.target))
            yield _Draft(said, threads.of_heartbeat(told, head.domain) | marks.of_heartbeat(told, head.domain))
        case Telling(_, (part,)):
            yield from _of_one(told, part, head, now)
        case Telling():
            headers = threads.of_digest(told, head.domain) | marks.of_digest(told, head.domain)
            for lines in dict.fromkeys(lines for lines, _ in _SIZES):
                yield _Draft(_digest(told, head, now, lines), headers)


def _digest(told: Telling, head: Letterhead, now: datetime, lines: int) -> AnyView:
    return digest_view.view(
        told, now=now, why=_why(told.target), link=lambda event: console_link(head.console_url, event), max_lines=lines
    )


def _of_one(told: Telling, part: Part, head: Letterhead, now: datetime) -> Iterator[_Draft]:
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
            yield _Draft(said, headers)
            continue
        cid = f"chart.{threads.safe(told.id)}@{head.domain}"
        image = Image(cid, clean(picture.alt, MAX_ALT_CHARS), picture.width, picture.height)
        yield _Draft(replace(said, image=image), headers, Enclosed(cid, picture.png))


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


def _written(draft: _Draft, told: Told, head: Letterhead, now: datetime) -> bytes:
    pack = None if head.templates is None else head.templates.pack()
    texts = render(draft.view, subject_prefix=head.subject_prefix, pack=pack)
    if head.templates is not None:
        head.templates.report(texts.broken)
    message = mime.message(
        mailbox(head.sender),
        mailbox(told.target.name),
        texts,
        {"Date": now.astimezone(UTC), **draft.headers},
        boundary=threads.safe(told.id),
        enclosed=draft.enclosed,
    )
    return message.as_bytes()
