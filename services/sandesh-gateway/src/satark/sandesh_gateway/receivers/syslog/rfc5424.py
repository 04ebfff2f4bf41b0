"""RFC 5424: `VERSION TIMESTAMP HOST APP PROCID MSGID STRUCTURED-DATA [MSG]`, after the priority. Pure.

Strict where a lenient reading would invent something, lenient in two places that deployed senders need: names longer
than the RFC's limits, and a fraction of a second finer than microseconds.
"""

import re
from datetime import datetime

from satark.sandesh_gateway.receivers.deliveries import UndecodableError
from satark.sandesh_gateway.receivers.syslog.line import SyslogLine
from satark.sandesh_gateway.receivers.syslog.stamps import iso_time
from satark.sandesh_gateway.receivers.syslog.structured import split_structured
from satark.sandesh_gateway.receivers.syslog.texts import decoded, is_utf8, legible

NIL = "-"
MAX_NAME_CHARS = 255
BOM = "\ufeff"

_VERSION = re.compile(rb"([1-9][0-9]{0,2}) (?=- |\d{4}-\d\d-\d\dT)")
_HEADER = re.compile(
    rb"(?P<version>[1-9][0-9]{0,2}) (?P<time>[!-~]{1,64})"
    rb" (?P<host>[!-~]+) (?P<app>[!-~]+) (?P<procid>[!-~]+) (?P<msgid>[!-~]+) "
)


def claims_rfc5424(content: bytes) -> bool:
    """Return whether what follows the priority means to be RFC 5424."""
    return content.startswith(b"1 ") or _VERSION.match(content) is not None


def parse_rfc5424(priority: int, content: bytes) -> SyslogLine:
    """Return what the line says.

    Raises UndecodableError.
    """
    header = _HEADER.match(content)
    if header is None:
        raise UndecodableError("bad_header", f"this is no header of RFC 5424: {content[:64]!r}")
    if header["version"] != b"1":
        raise UndecodableError("unknown_version", f"version {header['version'].decode()} of syslog is not known")
    names = {name: _name(header, name) for name in ("host", "app", "procid", "msgid")}
    time = _time(header["time"].decode())
    data, text = _rest(content[header.end() :])
    return SyslogLine(priority=priority, time=time, data=data, text=text, **names)


def _name(header: re.Match[bytes], part: str) -> str:
    text = header[part].decode()
    if len(text) > MAX_NAME_CHARS:
        raise UndecodableError("bad_header", f"the {part} has {len(text)} characters")
    return "" if text == NIL else text


def _time(text: str) -> datetime | None:
    if text == NIL:
        return None
    time = iso_time(text)
    if time is None:
        raise UndecodableError("bad_time", f"{text!r} is no time of RFC 5424")
    return time


def _rest(rest: bytes) -> tuple[dict[str, str], str]:
    """Return the structured data, which is UTF-8, and the text, which need not be unless a BOM says so (6.4)."""
    data, text = split_structured(decoded(rest))
    if not all(is_utf8(value) for value in data.values()):
        raise UndecodableError("not_utf8", "the structured data is not UTF-8")
    if text and not text.startswith(" "):
        raise UndecodableError("bad_structured_data", f"structured data is followed by {legible(text[:20])!r}")
    said = text[1:]
    if not said.startswith(BOM):
        return data, legible(said)
    if not is_utf8(said):
        raise UndecodableError("not_utf8", "the text has the mark of UTF-8 and is not UTF-8")
    return data, said[1:]
