"""Results of the v1 portal API as values. Unknown fields are ignored; what is left out is told, with reason and place.

Only ids decide whether a row can be used: a name that is no text, a null site or a date of zeros costs nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct

from satark.poller.inventory import MAX_ENTITY_CHARS, Edge, Enterprise, Id, Link, Place
from satark.poller.schedule import EPOCH, Window, floored
from satark.schemas.metrics import (
    JITTER_MS_RX,
    JITTER_MS_TX,
    LATENCY_MS_RX,
    LATENCY_MS_TX,
    LOSS_PCT_RX,
    LOSS_PCT_TX,
    WAN_LINK,
    MetricSample,
)

OVERALL = "overallLinkQuality"
METRICS: Mapping[str, tuple[str, float]] = {
    "latencyMsRx": (LATENCY_MS_RX, float("inf")),
    "latencyMsTx": (LATENCY_MS_TX, float("inf")),
    "jitterMsRx": (JITTER_MS_RX, float("inf")),
    "jitterMsTx": (JITTER_MS_TX, float("inf")),
    "lossPctRx": (LOSS_PCT_RX, 100.0),
    "lossPctTx": (LOSS_PCT_TX, 100.0),
}
"""Field of `metadata.detail`, our name, and the largest value that means anything (1.6 of the specification)."""

MAX_TEXT_CHARS = 1_024
MAX_EPOCH_MS = 253_402_300_799_000
"""The last second of the year 9999."""

T = TypeVar("T")


class WrongShape(ValueError):  # noqa: N818 - the client turns it into WrongShapeError, which knows who was asked what
    """A result is not of the shape that its method is documented to give."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was left out: a short stable reason, and where it was."""

    reason: str
    where: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of edges; `next_page` asks for the following one."""

    edges: tuple[Edge, ...]
    next_page: str | None
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """The samples of an edge's links, oldest first, what was left out, and links that the inventory lacks."""

    samples: tuple[MetricSample, ...]
    skipped: tuple[Skipped, ...]
    unknown_links: frozenset[str]

    @property
    def reasons(self) -> Counter[str]:
        """How much was left out, by reason."""
        return Counter(skipped.reason for skipped in self.skipped)


class _Version(Struct):
    version: Any = None
    build: Any = None


class _Enterprise(Struct):
    id: Id
    name: Any = None
    timezone: Any = None


class _Link(Struct, rename="camel"):
    internal_id: Id
    display_name: Any = None
    interface: Any = None
    isp: Any = None


class _Edge(Struct, rename="camel"):
    id: Id
    name: Any = None
    edge_state: Any = None
    site: Any = None
    recent_links: Raw = Raw(b"[]")


class _Paging(Struct, rename="camel"):
    more: Any = None
    next_page_link: Any = None


class _Paged(Struct, rename="camel"):
    data: list[Raw]
    meta_data: _Paging | None = None


class _Series(Struct):
    timeseries: list[Raw] | None = None


class _Metadata(Struct):
    detail: Any = None


class _Point(Struct):
    timestamp: int | float
    metadata: _Metadata | None = None


def version(result: Raw | None) -> str:
    """Return the orchestrator's release, empty when it does not tell."""
    try:
        return _text(_decoded(result, _Version, "a version").version)
    except WrongShape:
        return ""


def enterprise(result: Raw | None) -> Enterprise | None:
    """Return the customer that a credential belongs to, None for an operator's or partner's.

    Raises WrongShape.
    """
    if result is None or bytes(result) in {b"{}", b"[]"}:
        return None
    return _enterprise(_decoded(result, _Enterprise, "an enterprise"))


def enterprises(result: Raw | None) -> tuple[tuple[Enterprise, ...], tuple[Skipped, ...]]:
    """Return all enterprises of a list, not only the first, and the rows that were left out.

    Raises WrongShape.
    """
    rows = _decoded(result, list[Raw], "a list of enterprises")
    good, skipped = _rows(rows, _Enterprise, "enterprise")
    return tuple(_enterprise(row) for row in good), skipped


def edges(result: Raw | None) -> Page:
    """Return one page of edges: a bare array, or an object with `data` and `metaData`.

    Raises WrongShape.
    """
    try:
        paged = _Paged(_decoded(result, list[Raw], "a list"))
    except WrongShape:
        paged = _decoded(result, _Paged, "a list of edges, bare or paged")
    rows, skipped = _rows(paged.data, _Edge, "edge")
    parsed = [_edge(row) for row in rows]
    paging = paged.meta_data or _Paging()
    more = _text(paging.next_page_link) if paging.more else ""
    return Page(
        tuple(edge for edge, _ in parsed), more or None, (*skipped, *(one for _, some in parsed for one in some))
    )


def quality(result: Raw | None, place: Place, window: Window, *, sample_s: int) -> Quality:
    """Return the samples of `linkQualityEvent/getLinkQualityEvents` that start within the window.

    Times are those of the bucket's start. Of two samples of a bucket the first counts. Null is not zero: a value that
    is not there is absent. Raises WrongShape when the result as a whole is something else.
    """
    if result is None:
        return Quality((), (Skipped("no_result", f"edge {place.edge.id}"),), frozenset())
    by_link = _decoded(result, dict[str, Raw], "an object with one member a link")
    samples: list[MetricSample] = []
    skipped: list[Skipped] = []
    for internal_id, raw in by_link.items():
        if internal_id != OVERALL:
            for item in _link_samples(internal_id, raw, place, window, sample_s):
                (samples if isinstance(item, MetricSample) else skipped).append(item)  # type: ignore[arg-type]
    samples.sort(key=lambda sample: (sample.time, sample.entity))
    unknown = frozenset(id_ for id_ in by_link if id_ != OVERALL and id_ not in place.edge.links)
    return Quality(tuple(samples), tuple(skipped), unknown)


def _link_samples(
    internal_id: str, raw: Raw, place: Place, window: Window, sample_s: int
) -> Iterator[MetricSample | Skipped]:
    where = f"edge {place.edge.id} link {internal_id[:80]}"
    entity = place.entity(internal_id)
    if not internal_id or len(entity) > MAX_ENTITY_CHARS:
        yield Skipped("bad_link_id", where)
        return
    try:
        rows = _decoded(raw, _Series, "a link's quality").timeseries or []
    except WrongShape:
        yield Skipped("bad_link", where)
        return
    labels = place.labels(internal_id)
    taken: set[datetime] = set()
    for number, row in enumerate(rows):
        start, detail, reason = _point(row, window, sample_s)
        here = f"{where} sample {number}"
        if start is None or reason:
            yield Skipped(reason, here)
        elif start in taken:
            yield Skipped("duplicate_timestamp", here)
        else:
            metrics, left_out = _metrics(detail)
            yield from (Skipped(why, f"{here} {field}") for field, why in left_out)
            if metrics:
                taken.add(start)
                yield MetricSample.of(
                    entity=entity, kind=WAN_LINK, time=start, interval_s=sample_s, metrics=metrics, labels=labels
                )
            else:
                yield Skipped("no_values", here)


def _point(row: Raw, window: Window, sample_s: int) -> tuple[datetime | None, dict[str, Any], str]:
    """Return a sample's start and detail, or the reason why it is left out."""
    try:
        point = msgspec.json.decode(row, type=_Point)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None, {}, "bad_sample"
    if not 0 <= point.timestamp <= MAX_EPOCH_MS:
        return None, {}, "bad_timestamp"
    start = floored(EPOCH + timedelta(milliseconds=point.timestamp), sample_s)
    if not window.start <= start < window.end:
        return None, {}, "outside_window"
    detail = point.metadata.detail if point.metadata else None
    if detail is None:
        return None, {}, "no_detail"
    return (start, detail, "") if isinstance(detail, dict) else (None, {}, "bad_detail")


def _metrics(detail: Mapping[str, Any]) -> tuple[dict[str, float], list[tuple[str, str]]]:
    good: dict[str, float] = {}
    bad: list[tuple[str, str]] = []
    for field, (name, highest) in METRICS.items():
        value = detail.get(field)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
            bad.append((field, "not_a_number"))
        elif not 0 <= value <= highest:
            bad.append((field, "out_of_range"))
        else:
            good[name] = float(value)
    return good, bad


def _finite(value: float) -> bool:
    try:
        return isfinite(value)
    except OverflowError:
        return False


def _enterprise(row: _Enterprise) -> Enterprise:
    return Enterprise(row.id, _text(row.name), _text(row.timezone))


def _edge(row: _Edge) -> tuple[Edge, tuple[Skipped, ...]]:
    site = row.site if isinstance(row.site, dict) else {}
    try:
        raw_links = _decoded(row.recent_links, list[Raw] | None, "links") or []
    except WrongShape:
        raw_links = [Raw(b"null")]
    links, skipped = _rows(raw_links, _Link, f"edge {row.id} link")
    known = {str(link.internal_id): _link(link) for link in links}
    edge = Edge(
        id=row.id,
        name=_text(row.name),
        state=_text(row.edge_state),
        site=_text(site.get("name")) or _text(site.get("city")),
        timezone=_text(site.get("timezone")),
        links=known,
    )
    return edge, skipped


def _link(row: _Link) -> Link:
    return Link(str(row.internal_id), _text(row.display_name), _text(row.interface), _text(row.isp))


def _rows(raw: Iterable[Raw], kind: type[T], what: str) -> tuple[list[T], tuple[Skipped, ...]]:
    good: list[T] = []
    skipped: list[Skipped] = []
    for number, row in enumerate(raw):
        try:
            good.append(_decoded(row, kind, what))
        except WrongShape:
            skipped.append(Skipped(f"bad_{what.rsplit(maxsplit=1)[-1]}", f"{what} row {number}"))
    return good, tuple(skipped)


def _decoded(raw: Raw | None, kind: Any, what: str) -> Any:
    """Return the value of a type, else raise WrongShape."""
    if raw is None:
        raise WrongShape(f"expected {what}, there is no result")
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WrongShape(f"expected {what}: {str(error)[:200]}") from error


def _text(value: Any) -> str:
    """Return a name on one line without control characters, empty for what is no text."""
    if not isinstance(value, str):
        return ""
    return "".join(c if c.isprintable() else " " for c in value[:MAX_TEXT_CHARS]).strip()
