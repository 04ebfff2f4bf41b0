"""From the bytes of one line to what it says: the one place that tells the two RFCs apart. Pure."""

from datetime import datetime, tzinfo

from satark.sandesh_gateway.receivers.deliveries import UndecodableError
from satark.sandesh_gateway.receivers.syslog.line import USER_NOTICE, SyslogLine
from satark.sandesh_gateway.receivers.syslog.priority import split_priority
from satark.sandesh_gateway.receivers.syslog.rfc3164 import parse_rfc3164
from satark.sandesh_gateway.receivers.syslog.rfc5424 import claims_rfc5424, parse_rfc5424

TRAILERS = b"\r\n\0"
"""What senders end a line with, also inside a datagram and an octet-counted frame, where nothing should."""


def decode_line(raw: bytes, *, now: datetime, zone: tzinfo) -> SyslogLine:
    """Return what the line says. `now` is aware; `zone` is that of stamps that name none.

    Raises UndecodableError: empty, bad_priority, not_syslog, bad_header, unknown_version, bad_time,
    bad_structured_data, too_many_parameters, not_utf8. Any other exception is a defect.
    """
    stripped = raw.rstrip(TRAILERS)
    if not stripped.strip():
        raise UndecodableError("empty", "the line is empty")
    priority, content = split_priority(stripped)
    if claims_rfc5424(content):
        return parse_rfc5424(USER_NOTICE if priority is None else priority, content)
    return parse_rfc3164(priority, content, now=now, zone=zone)
