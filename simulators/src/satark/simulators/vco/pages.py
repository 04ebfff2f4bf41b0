"""The tokens of `nextPageLink`: opaque to clients, self-contained, good for the kind of list that gave them."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TypeVar

import msgspec
from msgspec import Struct


class BadPageLink(ValueError):  # noqa: N818 - what it is
    """A link that no list of this kind gave."""


P = TypeVar("P", bound=Struct)


class EdgesPage(Struct, frozen=True, array_like=True, tag="edges"):
    """The rest of a list of edges."""

    enterprise_id: int
    offset: int
    limit: int
    parts: tuple[str, ...]


class EventsPage(Struct, frozen=True, array_like=True, tag="events"):
    """The rest of a list of events or alerts (`what`) in [start, end), newest first; the end stays where it was."""

    what: str
    enterprise_id: int
    offset: int
    limit: int
    start_ms: int
    end_ms: int
    edges: tuple[int, ...] | None
    rules: tuple[tuple[str, str, tuple[str, ...]], ...] = ()


def page_link(page: Struct) -> str:
    """Return the token of a page."""
    return urlsafe_b64encode(msgspec.json.encode(page)).decode()


def read_page(link: str, kind: type[P]) -> P:
    """Return the page of a token.

    Raises BadPageLink for what is no token, or one of another kind of list.
    """
    try:
        page = msgspec.json.decode(urlsafe_b64decode(link.encode()), type=kind)
    except (binascii.Error, UnicodeEncodeError, msgspec.DecodeError) as error:
        raise BadPageLink(link[:80]) from error
    if getattr(page, "offset", 0) < 0 or getattr(page, "limit", 1) < 1:
        raise BadPageLink(link[:80])
    return page
