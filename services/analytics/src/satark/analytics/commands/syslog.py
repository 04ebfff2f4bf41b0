"""Sending log lines on by syslog (RFC 3164 over UDP), as `contrail-logs --send-syslog` does. Shell."""

import socket
from collections.abc import Callable, Iterable
from typing import Any

from satark.analytics.commands.usage import UsageError

FACILITY_USER = 1
MOST_BYTES = 2_048
"""What syslog servers take; a longer line is cut."""

_LEVELS = range(8)
_NOTICE = 5

Row = dict[str, Any]


def datagram(row: Row, line: str) -> bytes:
    """Return the datagram of a line: `<priority>contrail: line`, with the message's own severity where it has one."""
    level = row.get("Level")
    severity = level if isinstance(level, int) and level in _LEVELS else _NOTICE
    return f"<{FACILITY_USER * 8 + severity}>contrail: {line}".encode()[:MOST_BYTES]


def send(rows: Iterable[Row], line: Callable[[Row], str], *, host: str, port: int) -> None:
    """Send each row's line. Raises UsageError when there is no such server."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        sender = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UsageError(f"--syslog-server {host}:{port}: {error.strerror or error}") from error
    with sender:
        for row in rows:
            sender.sendto(datagram(row, line(row)), address)
