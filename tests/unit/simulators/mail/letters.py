"""Mails for tests, and a way to send them."""

import asyncio
import smtplib
import ssl
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from email.policy import SMTP

from satark.simulators.mail.server import RunningMailCatcher

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
"""A PNG of one red pixel."""


def letter(subject: str = "Latency of WAN Rádio D", *, html: str | None = None, **headers: str) -> EmailMessage:
    """Return a mail; headers by name with underscores for dashes."""
    message = EmailMessage()
    message["From"] = "Satark <satark@example.net>"
    message["To"] = "noc@example.net"
    message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("São Paulo 03 is slow.\n")
    if html is not None:
        message.add_alternative(html, subtype="html")
        body = message.get_payload()
        assert isinstance(body, list)
        part = body[1]
        assert isinstance(part, EmailMessage)
        part.add_related(PIXEL, "image", "png", cid="<chart@satark>")
    return message


async def talk(
    catcher: RunningMailCatcher, dialogue: Callable[[smtplib.SMTP], object], *, implicit: ssl.SSLContext | None = None
) -> object:
    """Hold a dialogue with the catcher in a thread; return what it returns."""

    def run() -> object:
        if implicit is not None:
            with smtplib.SMTP_SSL(catcher.host, catcher.port, timeout=10, context=implicit) as smtp:
                return dialogue(smtp)
        with smtplib.SMTP(catcher.host, catcher.port, timeout=10) as smtp:
            return dialogue(smtp)

    return await asyncio.to_thread(run)


async def send(
    catcher: RunningMailCatcher, message: EmailMessage | bytes, recipients: Sequence[str] = ("noc@example.net",)
) -> object:
    """Send a mail."""
    raw = message if isinstance(message, bytes) else message.as_bytes(policy=SMTP)
    return await talk(catcher, lambda smtp: smtp.sendmail("satark@example.net", list(recipients), raw))
