"""From the bytes of a mail to what is shown of it. Mails are hostile: whatever the bytes, this answers.

Headers are decoded with replacement characters where they lie about themselves; a structure too deep to parse is
said to be unreadable. Everything is bounded: header count and length, parts, size of inline images.
"""

import email
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser

MAX_HEADERS = 200
MAX_HEADER_CHARS = 2000
MAX_REFERENCES = 100
MAX_PARTS = 200
MAX_TEXT_BYTES = 2_000_000
MAX_INLINE_BYTES = 5_000_000
INLINE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
OWN_PREFIX = "x-satark-"


@dataclass(frozen=True, slots=True)
class Summary:
    """The headers of a mail that lists and tests look at; `to` is the header, `recipients` who really got it."""

    id: str
    subject: str
    sender: str
    to: str
    date: str
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    recipients: tuple[str, ...]
    satark: dict[str, str]
    size: int

    @property
    def thread(self) -> str:
        """The id of the thread: the oldest mail it refers to, or itself."""
        return next(iter(self.references), self.in_reply_to or self.message_id or self.id)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a mail: its type, name and size in bytes."""

    content_type: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Content:
    """A whole mail; `html` is None when there is none, `problem` says why a mail cannot be read."""

    headers: tuple[tuple[str, str], ...] = ()
    text: str = ""
    html: str | None = None
    images: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    problem: str = ""


def summarise(mail_id: str, raw: bytes) -> Summary:
    """Return the summary of a mail; only its headers are read."""
    headers = _headers(BytesHeaderParser().parsebytes(raw))
    first: dict[str, str] = {}
    for name, value in headers:
        first.setdefault(name.lower(), value)
    return Summary(
        id=mail_id,
        subject=first.get("subject", ""),
        sender=first.get("from", ""),
        to=first.get("to", ""),
        date=first.get("date", ""),
        message_id=first.get("message-id", ""),
        in_reply_to=first.get("in-reply-to", ""),
        references=tuple(first.get("references", "").split())[:MAX_REFERENCES],
        recipients=tuple(value for name, value in headers if name.lower() == "delivered-to"),
        satark={name: value for name, value in headers if name.lower().startswith(OWN_PREFIX)},
        size=len(raw),
    )


def read(raw: bytes) -> Content:
    """Return the whole mail."""
    try:
        message = email.message_from_bytes(raw)
        parts = list(_leaves(message))
    except RecursionError:
        return Content(problem="its parts are nested too deep to be read")
    return Content(
        headers=_headers(message),
        text=_first_text(parts, "text/plain") or "",
        html=_first_text(parts, "text/html"),
        images=_images(parts),
        parts=tuple(
            Part(part.get_content_type(), decode_text(part.get_filename() or "", MAX_HEADER_CHARS), len(_payload(part)))
            for part in parts
        ),
    )


def decode_text(value: object, limit: int) -> str:
    """Return a header's value as text: encoded words decoded, folding undone, lies replaced, cut at a limit."""
    text = str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    with suppress(HeaderParseError, LookupError, ValueError):  # an encoded word that is none stays as it is
        text = str(make_header(decode_header(text)))
    return " ".join(text.encode("utf-8", "replace").decode().split())[:limit]


def _headers(message: Message) -> tuple[tuple[str, str], ...]:
    raw = list(message.raw_items())[:MAX_HEADERS]
    return tuple((decode_text(name, 100), decode_text(value, MAX_HEADER_CHARS)) for name, value in raw)


def _leaves(message: Message) -> Iterator[Message]:
    """Yield the parts that are no containers, in order, at most `MAX_PARTS`."""
    waiting: list[object] = [message]
    found = 0
    while waiting and found < MAX_PARTS:
        part = waiting.pop(0)
        if not isinstance(part, Message):
            continue
        payload = part.get_payload()
        if isinstance(payload, list):
            waiting[:0] = payload
        else:
            found += 1
            yield part


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _first_text(parts: list[Message], content_type: str) -> str | None:
    for part in parts:
        if part.get_content_type() == content_type and part.get_content_disposition() != "attachment":
            raw = _payload(part)[:MAX_TEXT_BYTES]
            try:
                return raw.decode(part.get_content_charset("utf-8"), "replace")
            except (LookupError, ValueError):
                return raw.decode("utf-8", "replace")
    return None


def _images(parts: list[Message]) -> dict[str, tuple[str, bytes]]:
    """Return the images that the HTML may show, by Content-ID."""
    found: dict[str, tuple[str, bytes]] = {}
    left = MAX_INLINE_BYTES
    for part in parts:
        content_id = decode_text(part.get("Content-ID", ""), MAX_HEADER_CHARS).strip("<>")
        if content_id and part.get_content_type() in INLINE_TYPES:
            image = _payload(part)
            left -= len(image)
            if left < 0:
                break
            found.setdefault(content_id, (part.get_content_type(), image))
    return found
