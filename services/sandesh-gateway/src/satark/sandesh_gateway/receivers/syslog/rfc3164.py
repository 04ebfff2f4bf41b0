"""RFC 3164, `TIMESTAMP HOST TAG[PID]: TEXT` after the priority, as the field writes it. Pure, and linear.

The RFC describes what it observed and lets a receiver take anything. Here, in this order, all of it optional:

* what Cisco's devices put before the time: a sequence number, the origin's name, the node of IOS XR, `*` or `.` for a
  clock that is not synchronised;
* a time: RFC 3164's with or without year (Junos writes it after the time, NX-OS before the month), RFC 3339's, or an
  uptime, which is no time at all;
* a host, which is the word after the time unless that is a tag already, or Cisco's colon ends the time;
* Cisco's `%FACILITY-SEVERITY-MNEMONIC:` or a tag with or without a process.

A line with neither priority nor time nor mnemonic has nothing that says it is syslog.
"""

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo

from satark.sandesh_gateway.receivers.allowlist import plain_address
from satark.sandesh_gateway.receivers.deliveries import UndecodableError
from satark.sandesh_gateway.receivers.syslog.line import USER_NOTICE, SyslogLine
from satark.sandesh_gateway.receivers.syslog.stamps import leading_time
from satark.sandesh_gateway.receivers.syslog.texts import decoded, legible

_BEFORE = re.compile(
    r"(?:\d{0,10}: *)?"  # a sequence number, or the bare colon of NX-OS and ASA
    r"(?:(?!(?:\d{1,4}[ywdhms])+:)(?P<origin>[A-Za-z0-9][\w.-]{0,254}) ?: +)?"  # which an uptime is not
    r"(?:(?:(?P<host>[A-Za-z0-9][\w.-]{0,254}) +)?[A-Z0-9]{1,8}(?:/[A-Z0-9]{1,8}){1,4}:)?"  # RP/0/RSP0/CPU0:
    r"[*.]?",
    re.ASCII,
)
_UPTIME = re.compile(r"(?:(?:\d{1,4}[ywdh]){1,2}\d{1,4}[wdhms]|\d{2,3}:\d\d:\d\d)(?=: )", re.ASCII)
_COLON = re.compile(r" ?: *")
_HOST = re.compile(r"([A-Za-z0-9][\w.:%-]{0,254})(?: +|$)", re.ASCII)
_REPEATED = re.compile(r"(?:last )?message repeated \d+ times", re.ASCII)
_MNEMONIC = re.compile(r"%([A-Z][A-Z0-9_]*(?:-[A-Za-z0-9_]+)*-([0-7])-[A-Z0-9_]+) ?:(?: |$)", re.ASCII)
_TAG = re.compile(r"([^\s:\[\]]{1,128})(?:\[([^\]\s]{0,128})\])?:(?: |$)", re.ASCII)
_JUNOS_EVENT = re.compile(r"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+): ", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands before the content; `stamped` also when the stamp was an uptime."""

    time: datetime | None
    stamped: bool
    host: str
    rest: str


@dataclass(frozen=True, slots=True)
class _Said:
    """The content; `severity` is the one that a mnemonic names."""

    text: str
    app: str = ""
    procid: str = ""
    msgid: str = ""
    severity: int | None = None


def parse_rfc3164(priority: int | None, content: bytes, *, now: datetime, zone: tzinfo) -> SyslogLine:
    """Return what the line says; `zone` is that of stamps without one.

    Raises UndecodableError for a line that nothing shows to be syslog.
    """
    head = _head(decoded(content), now, zone)
    said = _said(head.rest, now, zone)
    if priority is None and not head.stamped and said.severity is None:
        raise UndecodableError("not_syslog", f"neither a priority nor a time: {content[:32]!r}")
    if priority is None:
        priority = USER_NOTICE if said.severity is None else (USER_NOTICE & ~7) | said.severity
    return SyslogLine(
        priority=priority,
        time=head.time,
        host=head.host,
        app=legible(said.app),
        procid=legible(said.procid),
        msgid=said.msgid,
        text=legible(said.text),
    )


def _head(text: str, now: datetime, zone: tzinfo) -> _Head:
    before = _BEFORE.match(text)
    start = before.end() if before else 0
    origin = (before["host"] or before["origin"] or "") if before else ""
    stamp = leading_time(text[start:], now=now, zone=zone)
    uptime = _UPTIME.match(text, start) if stamp is None else None
    if stamp is not None:
        time, end = stamp[0], start + stamp[1]
    elif uptime is not None:
        time, end = None, uptime.end()
    elif _MNEMONIC.match(text, start):
        return _Head(None, stamped=False, host=origin, rest=text[start:])
    else:
        return _Head(None, stamped=False, host="", rest=text.lstrip(" "))
    if colon := _COLON.match(text, end):
        return _Head(time, stamped=True, host=origin, rest=text[colon.end() :])
    host, rest = _host(text[end:].lstrip(" "))
    return _Head(time, stamped=True, host=host or origin, rest=rest)


def _host(text: str) -> tuple[str, str]:
    """Return the host and what follows, an empty host where the first word is none."""
    found = _HOST.match(text)
    if found is None or _REPEATED.match(text):
        return "", text
    if found[1].endswith(":") and plain_address(found[1]) is None:
        return "", text  # a tag
    return found[1], text[found.end() :]


def _said(text: str, now: datetime, zone: tzinfo) -> _Said:
    if found := _MNEMONIC.match(text):
        return _Said(text[found.end() :].lstrip(" "), msgid=found[1], severity=int(found[2]))
    if found := _TAG.match(text):
        said = text[found.end() :]
        event = _MNEMONIC.match(said) or _JUNOS_EVENT.match(said)
        tag = found[1]
        if not (tag.isdigit() and found[2] is None):
            return _Said(said, app=tag, procid=found[2] or "", msgid=event[1] if event else "")
    relayed = _relayed(text, now, zone)
    return _Said(text) if relayed is None else relayed


def _relayed(text: str, now: datetime, zone: tzinfo) -> _Said | None:
    """Return what a Cisco device said to a relay that put a head of its own before the device's."""
    inner = _head(text, now, zone)
    found = _MNEMONIC.match(inner.rest)
    if found is None:
        return None
    return _Said(inner.rest[found.end() :].lstrip(" "), msgid=found[1], severity=int(found[2]))
