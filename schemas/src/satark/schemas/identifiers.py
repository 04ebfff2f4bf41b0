"""Deterministic identifiers: the same fact always gets the same id, so a replay adds nothing.

Ids are RFC 9562 version 5 UUIDs (SHA-1 of a namespace and a name) over the parts that make a fact what it is.
"""

import uuid
from datetime import UTC, datetime

_NAMESPACE = uuid.UUID("6f0a4d1e-5a52-5d8b-9d3e-7361746172b6")


def identifier(kind: str, *parts: str) -> str:
    """Return the UUIDv5 of a fact of the given kind.

    Parts are length-prefixed before hashing, so ("ab", "c") and ("a", "bc") differ.
    """
    name = "".join(f"{len(part)}:{part}" for part in (kind, *parts))
    return str(uuid.uuid5(_NAMESPACE, name))


def instant(time: datetime) -> str:
    """Return the canonical text of an aware time, the one that goes into identifiers.

    Raises ValueError for a naive time.
    """
    if time.tzinfo is None:
        raise ValueError(f"a naive time has no place in an event: {time!r}")
    return time.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
