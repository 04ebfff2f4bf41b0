"""Whether bytes are a message as RFC 5322 has it: a strict reader, where the standard library's forgives."""

import re
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageDefect
from email.policy import SMTP
from email.utils import parsedate_to_datetime

MAX_LINE = 998
"""Clause 2.1.1: octets of a line without its CRLF."""

ONCE = frozenset({"date", "from", "to", "subject", "message-id", "mime-version", "content-type"})
"""What each of our mails must have, once."""

AT_MOST_ONCE = ONCE | {"in-reply-to", "references", "sender", "reply-to", "list-id", "auto-submitted", "precedence"}
AT_MOST_ONCE |= {"importance", "x-auto-response-suppress"}

_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]+):(.*)", re.DOTALL)
_ID = rb"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>"
_IDS = {"message-id": rb"\s*" + _ID + rb"\s*", "in-reply-to": rb"(\s*" + _ID + rb")+\s*"}
_IDS["references"] = _IDS["in-reply-to"]


def faults(content: bytes) -> list[str]:
    """Return what is wrong with a message, in words; nothing of one that is right."""
    head, _, body = content.partition(b"\r\n\r\n")
    return [*_lines(content), *_fields(head), *_structure(content), *([] if body else ["there is no body"])]


def _lines(content: bytes) -> Iterator[str]:
    if re.search(rb"(?<!\r)\n|\r(?!\n)", content):
        yield "a CR or LF stands alone"
    if b"\x00" in content:
        yield "there is a NUL"
    for number, line in enumerate(content.split(b"\r\n"), start=1):
        if len(line) > MAX_LINE:
            yield f"line {number} has {len(line)} octets"
        if not line.isascii():
            yield f"line {number} is not ASCII"


def _fields(head: bytes) -> Iterator[str]:
    found: Counter[str] = Counter()
    for field in re.sub(rb"\r\n(?=[ \t])", b"", head).split(b"\r\n"):
        match = _FIELD.fullmatch(field)
        if match is None:
            yield f"{field[:40]!r} is no field"
            continue
        name, value = match[1].decode().lower(), match[2]
        found[name] += 1
        if not value.strip():
            yield f"{name} is empty"
        if name in _IDS and not re.fullmatch(_IDS[name], value):
            yield f"{name} is {value!r}"
        if name == "date" and parsedate_to_datetime(value.decode()).utcoffset() is None:
            yield f"date is {value!r}"
    yield from (f"{name} is there {found[name]} times" for name in sorted(ONCE) if found[name] != 1)
    yield from (f"{name} is there {found[name]} times" for name in sorted(AT_MOST_ONCE - ONCE) if found[name] > 1)
    if any(not line.strip() for line in head.split(b"\r\n")):
        yield "a folded line is blank"


def _structure(content: bytes) -> Iterator[str]:
    try:
        message = message_from_bytes(content, policy=SMTP.clone(raise_on_defect=True))
        for part in message.walk():
            yield from (f"{part.get_content_type()} has {defect}" for defect in part.defects)
            if not part.is_multipart():
                part.get_payload(decode=True)
    except MessageDefect as defect:
        yield f"a parser finds {defect!r}"
