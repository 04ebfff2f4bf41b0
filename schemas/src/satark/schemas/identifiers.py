"""Deterministic identifiers: the same fact always gets the same id, so a replay adds nothing.

Ids are RFC 9562 version 5 UUIDs (SHA-1 of a namespace and a name) over the parts that make a fact what it is.
"""

import uuid
from datetime import UTC, datetime
from hashlib import sha1

_NAMESPACE = uuid.UUID("6f0a4d1e-5a52-5d8b-9d3e-7361746172b6").bytes


def identifier(kind: str, *parts: str) -> str:
    """Return the UUIDv5 of a fact of the given kind.

    Parts are length-prefixed before hashing, so ("ab", "c") and ("a", "bc") differ.
    """
    name = "".join([f"{len(part)}:{part}" for part in (kind, *parts)])
    # What `str(uuid.uuid5(...))` gives, three times as fast: every message of every daemon has one.
    digest = bytearray(sha1(_NAMESPACE + name.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def instant(time: datetime) -> str:
    """Return the canonical text of an aware time, the one that goes into identifiers.

    Raises ValueError for a naive time.
    """
    if time.tzinfo is None:
        raise ValueError(f"a naive time has no place in an event: {time!r}")
    return time.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
