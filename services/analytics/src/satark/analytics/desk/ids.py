"""Ids of queries: version-1 UUIDs whose node is the server's IPv4 address (specs/analytics.md, clause 2.8)."""

import uuid
from ipaddress import IPv4Address
from uuid import UUID

from satark.analytics.query.errors import InvalidQueryError

_LARGEST_ADDRESS = 2**32 - 1


def new_id(address: IPv4Address) -> UUID:
    """Return an id that was not used before."""
    return uuid.uuid1(node=int(address))


def id_of(text: str) -> UUID:
    """Return the id that a path names. Raises InvalidQueryError for what is none, or holds no address."""
    try:
        found = UUID(text)
    except ValueError:
        raise InvalidQueryError(f"Invalid query id {text[:64]!r}") from None
    if found.version != 1 or found.node > _LARGEST_ADDRESS:
        raise InvalidQueryError(f"Invalid query id {text[:64]!r}: it names no server")
    return found


def server_of(query_id: UUID) -> IPv4Address:
    """Return the server that took the query."""
    return IPv4Address(query_id.node)
