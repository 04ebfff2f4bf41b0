"""What all mails of an installation share, and what a mail is. Values only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from satark.notifier.chart import Picture
from satark.notifier.events import Event, incident_of
from satark.notifier.mail.packs import Folder
from satark.notifier.routing.model import Target
from satark.notifier.telling import Part

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


def console_link(template: str | None, event: Event) -> str | None:
    """Return the configured link for an event."""
    if template is None:
        return None
    entity = quote(event.entity, safe="")
    return template.replace("{incident}", quote(incident_of(event), safe="")).replace("{entity}", entity)
