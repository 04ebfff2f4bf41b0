"""The priority that a line begins with, `<PRI>` (RFC 5424, 6.2.1; RFC 3164, 4.1.1). Pure."""

import re

from satark.sandesh_gateway.receivers.deliveries import UndecodableError

HIGHEST = 191
"""Facility 23, severity 7."""

_PRIORITY = re.compile(rb"<([0-9]{1,3})>")


def split_priority(raw: bytes) -> tuple[int | None, bytes]:
    """Return the priority, None where there is none, and what follows it.

    Leading zeros, which RFC 3164 forbids and old printers send, are read.
    Raises UndecodableError for a line that begins with `<` and has no priority.
    """
    if not raw.startswith(b"<"):
        return None, raw
    found = _PRIORITY.match(raw)
    if found is None or int(found[1]) > HIGHEST:
        raise UndecodableError("bad_priority", f"a priority is <0> to <{HIGHEST}>, this begins with {raw[:8]!r}")
    return int(found[1]), raw[found.end() :]
