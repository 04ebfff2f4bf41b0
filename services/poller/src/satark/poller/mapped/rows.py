"""From a vendor's rows to enterprises, edges, readings and events, as a mapping says. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec

from satark.poller.inventory import Edge, Enterprise, Link
from satark.poller.mapped.expressions import number_of
from satark.poller.mapped.model import Listing, Metric, Rows, Samples
from satark.poller.mapped.times import time_in
from satark.poller.readings import EdgePage, Enterprises, Reading, Readings, Skipped, VendorEvent, VendorEvents
from satark.poller.schedule import Window, floored
from satark.poller.velocloud.decoding import WrongShape
from satark.schemas.messages import Level

MAX_NAME_CHARS = 256
MOMENT = timedelta(microseconds=1)

Links = Mapping[str, Mapping[str, Link]]
"""Links by id, by their edge's id."""


def rows_in(document: Any, rows: Rows) -> list[Any]:
    """Return the rows of an answer.

    Raises WrongShape where the expression finds no list: no rows must be told apart from an answer of another kind.
    """
    found = rows.rows.find(document)
    if not isinstance(found, list):
        raise WrongShape(
            f"expected a list at {rows.rows.text}, found {'nothing' if found is None else type(found).__name__}"
        )
    return found


def enterprises(listed: Iterable[Any], listing: Listing) -> Enterprises:
    """Return the enterprises of rows."""
    good: list[Enterprise] = []
    skipped: list[Skipped] = []
    for number, row in enumerate(listed):
        texts = _texts(row, listing.rows)
        if not texts.get("id"):
            skipped.append(Skipped("bad_enterprise", f"enterprise row {number}"))
            continue
        good.append(Enterprise(texts["id"], texts["name"], texts["timezone"], texts["uid"]))
    return Enterprises(tuple(good), tuple(skipped))


def edges(listed: Iterable[Any], listing: Listing, nested: Rows | None, known: Links) -> EdgePage:
    """Return the edges of rows: their links are in the row itself, or those that are known from elsewhere."""
    good: list[Edge] = []
    skipped: list[Skipped] = []
    for number, row in enumerate(listed):
        texts = _texts(row, listing.rows)
        if not texts.get("id"):
            skipped.append(Skipped("bad_edge", f"edge row {number}"))
            continue
        edge, links = texts["id"], dict(known.get(texts["id"], {}))
        inner = nested.rows.find(row) if nested is not None else []
        for place, one in enumerate(inner if isinstance(inner, list) else []):
            link = _link(_texts(one, nested), "id") if nested is not None else None
            if link is None:
                skipped.append(Skipped("bad_link", f"edge {edge} link row {place}"))
            else:
                links[link.internal_id] = link
        state = texts["state"].upper()
        good.append(Edge(edge, texts["name"], state, texts["site"], texts["timezone"], links, texts["uid"]))
    return EdgePage(tuple(good), tuple(skipped))


@dataclass(slots=True)
class _Sample:
    """All rows of one link and sample: what names it, and the values to combine by metric."""

    edge: Edge
    link: Link
    values: dict[str, list[float]] = field(default_factory=dict)


def readings(
    listed: Iterable[Any], samples: Samples, enterprise: str, window: Window, *, sample_s: int, edge: Edge | None = None
) -> Readings:
    """Return a reading for each link and sample of a window, oldest first; of one edge where that is given.

    Rows outside of the window are of no interest: some vendors round it. A row that names no link or has no time where it
    should is left out and told; so is a value that is no number, or too large to mean anything.
    """
    found: dict[tuple[datetime, str, str], _Sample] = {}
    skipped: list[Skipped] = []
    for number, row in enumerate(listed):
        where = f"row {number}"
        texts = _texts(row, samples.rows)
        link = _link(texts, "link")
        edge_id = texts["edge"] or (edge.key if edge is not None else "")
        start = _start(row, samples, window, sample_s)
        if link is None or not edge_id:
            skipped.append(Skipped("bad_row", where))
        elif start is None:
            skipped.append(Skipped("bad_time", where))
        elif window.start <= start < window.end and (edge is None or edge.key == edge_id):
            named = edge or Edge(edge_id, texts["edge_name"])
            sample = found.setdefault((start, edge_id, link.internal_id), _Sample(named, link))
            skipped += _collect(sample, row, samples, sample_s, where)
    rows = [
        Reading(enterprise, sample.edge, sample.link, start, _combined(sample, samples.metrics))
        for (start, _, _), sample in sorted(found.items(), key=lambda item: item[0])
    ]
    return Readings(tuple(rows), tuple(skipped))


def events(listed: Iterable[Any], listing: Listing, form: str) -> VendorEvents:
    """Return the events of rows, oldest first. One without an id is known by all that it says."""
    good: list[VendorEvent] = []
    skipped: list[Skipped] = []
    for number, row in enumerate(listed):
        texts = _texts(row, listing.rows, words_for="level")
        field_of_time = listing.rows.fields.get("time")
        time = time_in(field_of_time.find(row), form) if field_of_time is not None else None
        if time is None or not texts["name"]:
            skipped.append(Skipped("bad_event", f"event row {number}"))
            continue
        good.append(
            VendorEvent(
                id=texts["id"] or sha256(msgspec.json.encode(row, order="sorted")).hexdigest()[:32],
                time=time,
                name=texts["name"][:MAX_NAME_CHARS],
                level=Level.__members__.get(texts["level"].upper(), Level.INFO),
                edge_name=texts["edge_name"],
                category=texts["category"][:MAX_NAME_CHARS],
                text=texts["text"],
            )
        )
    return VendorEvents(tuple(sorted(good, key=lambda event: (event.time, event.id))), tuple(skipped))


class _Texts(dict[str, str]):
    """Fields of a row; what the mapping does not name is empty."""

    def __missing__(self, key: str) -> str:
        return ""


def _texts(row: Any, rows: Rows, words_for: str = "state") -> _Texts:
    """Return the fields of a row as texts, its state or level in our words."""
    texts = _Texts({name: one.text_in(row) for name, one in rows.fields.items()})
    if words_for in texts:
        texts[words_for] = rows.words.get(texts[words_for], texts[words_for])
    return texts


def _link(texts: Mapping[str, str], id_field: str) -> Link | None:
    if not texts[id_field]:
        return None
    return Link(
        internal_id=texts[id_field],
        name=texts["name"],
        interface=texts["interface"],
        isp=texts["isp"],
        state=texts["state"].upper(),
        mode=texts["mode"].upper(),
        backup_state=texts["backup_state"].upper(),
    )


def _start(row: Any, samples: Samples, window: Window, sample_s: int) -> datetime | None:
    """Return the start of the sample that a row belongs to."""
    expression = samples.rows.fields.get("time")
    if expression is None:
        return window.start
    time = time_in(expression.find(row), samples.time_form)
    if time is None:
        return None
    return floored(time - MOMENT if samples.marks_end else time, sample_s)


def _collect(sample: _Sample, row: Any, samples: Samples, sample_s: int, where: str) -> Iterable[Skipped]:
    """Add a row's values to a sample; yield those that cannot be used. No value is never a zero."""
    if samples.no_data is not None and samples.no_data.find(row):
        return
    for name, metric in samples.metrics.items():
        value = metric.value.find(row)
        if value is None or value == "":
            continue
        number = number_of(value)
        if number is None:
            yield Skipped("not_a_number", f"{where} {name}")
            continue
        scaled = number * metric.factor / (sample_s if metric.is_total else 1)
        if 0 <= scaled <= metric.highest and scaled != float("inf"):
            sample.values.setdefault(name, []).append(scaled)
        else:
            yield Skipped("out_of_range", f"{where} {name}")


def _combined(sample: _Sample, metrics: Mapping[str, Metric]) -> dict[str, float]:
    return {name: _COMBINED[metrics[name].combine](values) for name, values in sample.values.items()}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


_COMBINED: Mapping[str, Callable[[Sequence[float]], float]] = {"mean": _mean, "min": min, "max": max, "sum": sum}
