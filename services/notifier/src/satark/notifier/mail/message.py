"""From what is told to one mail for one receiver, of a size that every mail server takes."""

from datetime import UTC, datetime

from satark.notifier.mail import mime, threads
from satark.notifier.mail.addresses import mailbox
from satark.notifier.mail.drafts import Draft, drafts
from satark.notifier.mail.letterhead import Draw, Letterhead, Links, Mail, console_link
from satark.notifier.mail.render import render
from satark.notifier.telling import Told

__all__ = ["MAX_BYTES", "Draw", "Letterhead", "Links", "Mail", "compose", "console_link"]

MAX_BYTES = 200_000


def compose(told: Told, head: Letterhead, now: datetime) -> Mail:
    """Return the mail that says what is to be told, of at most `MAX_BYTES`; the same always has the same Message-ID.

    Raises jinja2.TemplateError for a broken template.
    """
    content = b""
    for draft in drafts(told, head, now):
        content = _written(draft, told, head, now)
        if len(content) <= MAX_BYTES:
            break
    return Mail(
        sender=mailbox(head.sender).addr_spec,
        receiver=told.target.name,
        message_id=threads.own_id(told.id, head.domain),
        content=content,
    )


def _written(draft: Draft, told: Told, head: Letterhead, now: datetime) -> bytes:
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
