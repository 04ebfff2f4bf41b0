"""Enterprises, edges and links of the v1 portal API as values (1.9 of the specification). Pure."""

from dataclasses import dataclass
from typing import Any

from msgspec import Raw, Struct

from satark.poller.inventory import Edge, Enterprise, Id, Link
from satark.poller.readings import EdgePage, Enterprises, Skipped
from satark.poller.velocloud.decoding import Paged, WrongShape, decoded, first_id, good_rows, is_empty, text_of, time_of


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of edges; `next_page` asks for the following one."""

    page: EdgePage
    next_page: str | None


class _Version(Struct):
    version: Any = None


class _Enterprise(Struct, rename="camel"):
    id: Id
    logical_id: Any = None
    name: Any = None
    timezone: Any = None


class _Link(Struct, rename="camel"):
    internal_id: Any = None
    id: Any = None
    display_name: Any = None
    interface: Any = None
    isp: Any = None
    state: Any = None
    link_mode: Any = None
    backup_state: Any = None
    last_active: Any = None


class _Edge(Struct, rename="camel"):
    id: Id
    logical_id: Any = None
    name: Any = None
    edge_state: Any = None
    site: Any = None
    recent_links: Raw = Raw(b"[]")


def version(result: Raw | None) -> str:
    """Return the orchestrator's release, empty when it does not tell."""
    try:
        return text_of(decoded(result, _Version, "a version").version)
    except WrongShape:
        return ""


def enterprise(result: Raw | None) -> Enterprise | None:
    """Return the customer that a credential belongs to, None for an operator's or partner's.

    Raises WrongShape.
    """
    if is_empty(result):
        return None
    return _enterprise(decoded(result, _Enterprise, "an enterprise"))


def enterprises(result: Raw | None) -> Enterprises:
    """Return all enterprises of a list, not only the first, and the rows that were left out.

    Raises WrongShape.
    """
    rows, skipped = good_rows(decoded(result, list[Raw], "a list of enterprises"), _Enterprise, "enterprise")
    return Enterprises(tuple(_enterprise(row) for row in rows), skipped)


def edges(result: Raw | None) -> Listed:
    """Return one page of edges: a bare array, or an object with `data` and `metaData`.

    Raises WrongShape.
    """
    try:
        paged = Paged(decoded(result, list[Raw], "a list"))
    except WrongShape:
        paged = decoded(result, Paged, "a list of edges, bare or paged")
    rows, skipped = good_rows(paged.data, _Edge, "edge")
    parsed = [_edge(row) for row in rows]
    left_out = (*skipped, *(one for _, some in parsed for one in some))
    return Listed(EdgePage(tuple(edge for edge, _ in parsed), left_out), paged.next_page or None)


def _enterprise(row: _Enterprise) -> Enterprise:
    return Enterprise(row.id, text_of(row.name), text_of(row.timezone), text_of(row.logical_id))


def _edge(row: _Edge) -> tuple[Edge, tuple[Skipped, ...]]:
    site = row.site if isinstance(row.site, dict) else {}
    try:
        raw_links = decoded(row.recent_links, list[Raw] | None, "links") or []
    except WrongShape:
        raw_links = [Raw(b"null")]
    rows, skipped = good_rows(raw_links, _Link, f"edge {row.id} link")
    links = [link for link in map(_link, rows) if link is not None]
    skipped += (Skipped("bad_link", f"edge {row.id} link without an id"),) * (len(rows) - len(links))
    edge = Edge(
        id=row.id,
        name=text_of(row.name),
        state=text_of(row.edge_state).upper(),
        site=text_of(site.get("name")) or text_of(site.get("city")),
        timezone=text_of(site.get("timezone")),
        links={link.internal_id: link for link in links},
        uid=text_of(row.logical_id),
    )
    return edge, skipped


def _link(row: _Link) -> Link | None:
    internal_id = first_id(row.internal_id, row.id)
    if internal_id is None:
        return None
    return Link(
        internal_id=str(internal_id),
        name=text_of(row.display_name),
        interface=text_of(row.interface),
        isp=text_of(row.isp),
        state=text_of(row.state).upper(),
        mode=text_of(row.link_mode).upper(),
        backup_state=text_of(row.backup_state).upper(),
        last_active=time_of(row.last_active),
    )
