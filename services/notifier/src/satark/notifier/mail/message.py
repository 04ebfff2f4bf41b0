"""From rendered texts to one mail for one receiver: RFC 5322 headers, one thread an incident, text and HTML."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any
from urllib.parse import quote

from satark.notifier.events import OPENED, RESOLVED, Event, first_event, incident_of, state_of
from satark.notifier.mail import group_view
from satark.notifier.mail.addresses import mailbox
from satark.notifier.mail.asides import beside
from satark.notifier.mail.headers import clean, folded, slug
from satark.notifier.mail.render import Rendered, render
from satark.notifier.mail.view import View, view
from satark.notifier.routing.model import EMAIL
from satark.notifier.telling import PLAIN, Aside, Telling, Told
from satark.schemas.identifiers import identifier
from satark.schemas.incident_groups import IncidentGroupOpened, IncidentGroupResolved, IncidentGroupUpdated
from satark.schemas.incidents import Severity
from satark.schemas.notifications import notification_id

FREE_TEXT = frozenset({"subject", "x-satark-edge", "x-satark-link", "x-satark-incident", "x-satark-event"})
_SAFE_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


class MailPolicy(EmailPolicy):
    """The standard library's policy for SMTP, but free text is folded by `headers.folded`."""

    def fold(self, name: str, value: Any) -> str:
        """Return a header's lines."""
        return folded(name, str(value), self.linesep) if name.lower() in FREE_TEXT else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return a header's lines as bytes."""
        if name.lower() in FREE_TEXT:
            return folded(name, str(value), self.linesep).encode("ascii")
        return super().fold_binary(name, value)


POLICY = MailPolicy(linesep="\r\n", raise_on_defect=False)
POLICY_UTF8 = POLICY.clone(utf8=True)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all mails of an installation share."""

    sender: str
    domain: str
    subject_prefix: str = ""
    console_url: str | None = None


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


def compose(told: Told, head: Letterhead, now: datetime) -> Mail:
    """Return the mail that says what is to be told.

    Raises jinja2.TemplateError for a broken template.
    """
    match told:
        case Telling(target, (part,)):
            return compose_one(part.event, target.name, head, now, part.aside)
        case _:
            raise NotImplementedError(f"a mail of a {type(told).__name__} of {len(getattr(told, 'parts', ()))} parts")


def compose_one(event: Event, receiver: str, head: Letterhead, now: datetime, aside: Aside = PLAIN) -> Mail:
    """Return the mail that tells a receiver about an incident event; the same event has the same Message-ID each time.

    With `aside.latest` it shows that later event of the incident, under the ids of the first.
    """
    shown = event if aside.latest is None else aside.latest
    said = beside(_view(shown, now, console_link(head.console_url, shown)), shown, aside, now)
    texts = render(said, subject_prefix=head.subject_prefix)
    message = build(event, receiver, head, texts, now, shown=shown, state=said.state)
    return Mail(
        sender=mailbox(head.sender).addr_spec,
        receiver=receiver,
        message_id=str(message["Message-ID"]),
        content=message.as_bytes(),
    )


def _view(event: Event, now: datetime, link: str | None) -> View:
    match event:
        case IncidentGroupOpened() | IncidentGroupUpdated() | IncidentGroupResolved():
            return group_view.view(event, now=now, link=link)
        case _:
            return view(event, now=now, link=link)


def build(
    event: Event,
    receiver: str,
    head: Letterhead,
    texts: Rendered,
    now: datetime,
    *,
    shown: Event | None = None,
    state: str | None = None,
) -> EmailMessage:
    """Return the message with all its headers; `shown` and `state` are what it tells, if not just its event."""
    shown, state = shown or event, state or state_of(event)
    sender = mailbox(head.sender)
    ascii_only = sender.addr_spec.isascii() and receiver.isascii()
    message = EmailMessage(policy=POLICY if ascii_only else POLICY_UTF8)
    message["From"] = sender
    message["To"] = mailbox(receiver)
    message["Subject"] = texts.subject
    message["Date"] = now.astimezone(UTC)
    for name, value in (_thread(event, receiver, head.domain, state) | _marks(shown, head.domain, state)).items():
        message[name] = value
    message.set_content(texts.text, cte="quoted-printable")
    message.add_alternative(texts.html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_satark_{notification_id(event.id, EMAIL, receiver)}")
    return message


def message_id(event: str, receiver: str, domain: str) -> str:
    """Return the Message-ID of the mail that tells a receiver about an event: stable, so that a double is known as one."""
    return f"<{notification_id(event, EMAIL, receiver)}@{domain}>"


def thread_id(incident: str, domain: str) -> str:
    """Return the id that all mails of an incident refer to. No mail has it: a thread holds even if its first is lost."""
    name = incident if _SAFE_ID.fullmatch(incident) else identifier("thread", incident)
    return f"<inc-{name}.root@{domain}>"


def console_link(template: str | None, event: Event) -> str | None:
    """Return the configured link for an event."""
    if template is None:
        return None
    entity = quote(event.entity, safe="")
    return template.replace("{incident}", quote(incident_of(event), safe="")).replace("{entity}", entity)


def _thread(event: Event, receiver: str, domain: str, state: str) -> dict[str, str]:
    """Return the headers of the thread; the first mail of an incident refers to nothing but its root."""
    root = thread_id(incident_of(event), domain)
    opened = message_id(first_event(event), receiver, domain)
    return {
        "Message-ID": message_id(event.id, receiver, domain),
        "In-Reply-To": root,
        "References": root if state == OPENED else f"{root} {opened}",
    }


def _marks(event: Event, domain: str, state: str) -> dict[str, str]:
    enterprise = slug(event.labels.get("enterprise", ""), "all")
    marks = {
        "List-Id": f"<wan-alerts.{enterprise}.{domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Satark-Incident": clean(incident_of(event)),
        "X-Satark-Event": clean(event.id),
        "X-Satark-State": state,
        "X-Satark-Severity": event.severity.value,
    }
    for label in ("edge", "link"):
        if name := clean(event.labels.get(label, "")):
            marks[f"X-Satark-{label.capitalize()}"] = name
    if event.severity is Severity.CRITICAL and state != RESOLVED:
        marks["Importance"] = "high"
    return marks
