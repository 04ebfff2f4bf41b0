"""From texts and headers to one RFC 5322 message: plain text, HTML, and the picture in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any

from satark.notifier.mail.headers import folded
from satark.notifier.mail.render import Rendered

FREE_TEXT = frozenset(
    {"subject", "x-satark-enterprise", "x-satark-edge", "x-satark-link", "x-satark-incident", "x-satark-event"}
)


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
class Enclosed:
    """A picture to be sent along. `cid` is its Content-ID without brackets."""

    cid: str
    png: bytes


def message(
    sender: Address,
    receiver: Address,
    texts: Rendered,
    headers: Mapping[str, Any],
    *,
    boundary: str,
    enclosed: Enclosed | None = None,
) -> EmailMessage:
    """Return the message; the same arguments always give the same bytes. `boundary` is an id that no text holds."""
    ascii_only = sender.addr_spec.isascii() and receiver.addr_spec.isascii()
    made = EmailMessage(policy=POLICY if ascii_only else POLICY_UTF8)
    made["From"] = sender
    made["To"] = receiver
    made["Subject"] = texts.subject
    for name, value in headers.items():
        made[name] = value
    made.set_content(texts.text, cte=_encoding(texts.text))
    made.add_alternative(texts.html, subtype="html", cte=_encoding(texts.html))
    if enclosed is not None:
        _enclose(made, enclosed, f"=_satark_related_{boundary}")
    made.set_boundary(f"=_satark_{boundary}")
    return made


def _enclose(made: EmailMessage, enclosed: Enclosed, boundary: str) -> None:
    html = made.get_body(("html",))
    assert isinstance(html, EmailMessage)  # noqa: S101 - it was added just now
    html.add_related(enclosed.png, "image", "png", cid=f"<{enclosed.cid}>", disposition="inline", filename="chart.png")
    html.set_boundary(boundary)


def _encoding(text: str) -> str:
    """Return the shorter encoding: quoted-printable takes three letters for a byte that is not ASCII, base64 four for three."""
    raw = text.encode("utf-8", "replace")
    strange = sum(byte > 126 for byte in raw)  # noqa: PLR2004 - the last printable byte of ASCII
    return "quoted-printable" if strange * 6 <= len(raw) else "base64"
