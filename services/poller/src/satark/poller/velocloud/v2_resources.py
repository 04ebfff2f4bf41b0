"""Resources of the v2 API as values: enterprises, edges, links, events (1.11 of the specification). Pure.

Objects refer to each other by `_href`, a path that ends in the other's id: a link's is
`…/enterprises/{logicalId}/edges/{logicalId}/links/{internalId}`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Raw

from satark.poller.inventory import Edge, Enterprise, Link
from satark.poller.readings import Reading, Readings, Skipped, VendorEvents
from satark.poller.schedule import Window
from satark.poller.velocloud import events as shared
from satark.poller.velocloud.decoding import WrongShape, decoded, text_of, time_of, with_originals
from satark.poller.velocloud.stats import metrics_of

T = TypeVar("T")

EdgeLinks = Mapping[str, Mapping[str, Link]]
"""Links by their internal id, by the logical id of their edge."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, what was left out of them, and the token that asks for the following ones.

    `is_bare` says that a row refers to others without telling what they are.
    """

    rows: T
    skipped: tuple[Skipped, ...] = ()
    next_page: str = ""
    is_bare: bool = False


def enterprises(body: Raw) -> Page[tuple[Enterprise, ...]]:
    """Return one page of enterprises. Raises WrongShape."""
    return _page(body, "enterprise", _enterprise)


def edges(body: Raw, since: datetime) -> Page[tuple[Edge, ...]]:
    """Return one page of edges with those of their links that are included and were active since a time.

    An edge refers to all links it ever had; the page is bare where it does not say what they are. Raises WrongShape.
    """
    page: Page[tuple[tuple[Edge, bool], ...]] = _page(body, "edge", lambda row: _edge(row, since))
    is_bare = any(bare for _, bare in page.rows)
    return Page(tuple(edge for edge, _ in page.rows), page.skipped, page.next_page, is_bare)


def with_links(edge: Edge, known: EdgeLinks) -> Edge:
    """Return an edge with links that are known from elsewhere beside its own."""
    return replace(edge, links={**known.get(edge.key, {}), **edge.links}) if edge.key in known else edge


def links(body: Raw) -> EdgeLinks:
    """Return the links of all rows of statistics, whatever these say. Raises WrongShape."""
    found: dict[str, dict[str, Link]] = {}
    for row in decoded(body, list[Any], "a list of links"):
        edge, link = _identities(row)
        if edge and link:
            found.setdefault(edge, {})[link.internal_id] = link
    return found


def stats(body: Raw, enterprise: str, window: Window) -> Readings:
    """Return a reading for each link of an enterprise over a window. Raises WrongShape."""
    rows: list[Reading] = []
    skipped: list[Skipped] = []
    interval_s = (window.end - window.start).total_seconds()
    for number, row in enumerate(decoded(body, list[Any], "a list of links")):
        where = f"row {number}"
        edge, link = _identities(row)
        if not edge or link is None:
            skipped.append(Skipped("bad_row", where, number))
            continue
        metrics, wrong = metrics_of(row, interval_s)
        skipped += [Skipped(reason, f"{where} {field}", number) for field, reason in wrong]
        rows.append(Reading(enterprise, Edge(id=edge, uid=edge), link, window.start, metrics))
    return Readings(tuple(rows), with_originals(skipped, body))


def events(body: Raw) -> Page[VendorEvents]:
    """Return one page of events. Raises WrongShape.

    Events without an `id` are known by their `_href`, or by all that they say.
    """
    page: Any = decoded(body, dict[str, Any], "a page of events")
    listed = page.get("data")
    if isinstance(listed, list):
        page["data"] = [_identified(row) for row in listed]
    found = shared.events(msgspec.json.encode(page))
    return Page(found.events, next_page=found.next_page or "")


def coarsest_ms(entries: Iterable[Any]) -> float:
    """Return the longest step of any series, in milliseconds; 0 where none is told."""
    series = [one for entry in entries if isinstance(entry, dict) for one in _list(entry.get("series"))]
    steps = [one.get("tickInterval") for one in series if isinstance(one, dict)]
    return max((step for step in steps if isinstance(step, int | float)), default=0)


def _page(body: Raw, what: str, read: Any) -> Page[tuple[Any, ...]]:
    page = decoded(body, dict[str, Any], f"a page of {what}s")
    listed = page.get("data")
    if not isinstance(listed, list):
        raise WrongShape(f"expected a page of {what}s, there is no list `data`")
    read_rows = [read(row) if isinstance(row, dict) else None for row in listed]
    skipped = tuple(Skipped(f"bad_{what}", f"{what} row {n}") for n, row in enumerate(read_rows) if row is None)
    paging = _object(page.get("metaData"))
    following = text_of(paging.get("nextPageLink")) if paging.get("more", True) else ""
    return Page(tuple(row for row in read_rows if row is not None), skipped, following)


def _enterprise(row: Mapping[str, Any]) -> Enterprise | None:
    uid = text_of(row.get("logicalId")) or _after(row, "enterprises")
    return Enterprise(uid, text_of(row.get("name")), text_of(row.get("timezone")), uid) if uid else None


def _edge(row: Mapping[str, Any], since: datetime) -> tuple[Edge, bool] | None:
    uid = text_of(row.get("logicalId")) or _after(row, "edges")
    if not uid:
        return None
    site = _object(row.get("site"))
    listed = [_object(link) for link in _list(row.get("links"))]
    whole = [_link(link) for link in listed if "lastActive" in link]
    recent = {one.internal_id: one for one in whole if one and one.last_active and one.last_active >= since}
    edge = Edge(
        id=uid,
        name=text_of(row.get("name")),
        state=text_of(row.get("edgeState")).upper(),
        site=text_of(site.get("name")) or text_of(site.get("city")),
        timezone=text_of(site.get("timezone")),
        links=recent,
        uid=uid,
    )
    return edge, len(whole) < len(listed)


def _identities(row: Any) -> tuple[str, Link | None]:
    """Return the edge's logical id and the link of a row of statistics."""
    link = _object(_object(row).get("link"))
    return _after(_object(link.get("edge")), "edges") or _after(link, "edges"), _link(link)


def _link(link: Mapping[str, Any]) -> Link | None:
    internal_id = text_of(link.get("internalId")) or _after(link, "links")
    if not internal_id:
        return None
    return Link(
        internal_id=internal_id,
        name=text_of(link.get("displayName")),
        interface=text_of(link.get("interface")),
        isp=text_of(link.get("isp")),
        state=text_of(link.get("state")).upper(),
        mode=text_of(link.get("linkMode")).upper(),
        backup_state=text_of(link.get("backupState")).upper(),
        last_active=time_of(link.get("lastActive")),
    )


def _after(row: Mapping[str, Any], collection: str) -> str:
    """Return the id that follows a collection's name in a resource's `_href`, empty when there is none."""
    parts = text_of(row.get("_href")).split("/")
    return parts[parts.index(collection) + 1] if collection in parts[:-1] else ""


def _identified(row: Any) -> Any:
    if not isinstance(row, dict) or isinstance(row.get("id"), int | str):
        return row
    known = text_of(row.get("logicalId")) or _after(row, "events")
    return row | {"id": known or sha256(msgspec.json.encode(row, order="sorted")).hexdigest()[:32]}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
