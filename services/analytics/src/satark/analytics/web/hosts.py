"""The Host header: what a caller took this server for."""

import re

_HOST = re.compile(r"(?P<host>[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::(?P<port>[0-9]{1,5}))?")


def host_name(header: str) -> str | None:
    """Return the host of a Host header, without the brackets of an IPv6 address, or None for what is no such header."""
    found = _HOST.fullmatch(header)
    return found["host"].strip("[]") if found else None
