"""Rows of `getEdgeLinkSeries` (v1) and `linkStats/timeSeries` (v2): the samples of one edge's links over a window. Pure.

The two differ in the link's object only. Values may be numbers, texts of numbers or null; the start may be a number or
a text; the step is told and must not be assumed, for long intervals are made coarser (1.8).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from msgspec import Raw

from satark.poller.inventory import Edge, Link
from satark.poller.readings import Reading, Readings, Skipped
from satark.poller.schedule import Window, floored
from satark.poller.velocloud.decoding import (
    MAX_EPOCH_MS,
    WrongShape,
    decoded,
    epoch_ms,
    first_id,
    is_empty,
    text_of,
    time_of,
)
from satark.poller.velocloud.stats import FIELDS, metrics_of


def entries_of(result: Raw | None, window: Window, sample_s: int) -> list[Any]:
    """Return the decoded entries of an answer.

    Raises WrongShape when it is no list, or when all of it is of another time than the window.
    """
    entries: list[Any] = [] if is_empty(result) else decoded(result, list[Any], "a list of links")
    spans = list(_spans(entries, sample_s))
    if spans and not any(start < window.end and end > window.start for start, end in spans):
        first = min(start for start, _ in spans)
        raise WrongShape(f"expected series from {window.start:%FT%RZ}, they begin at {first:%FT%RZ}")
    return entries


def _spans(entries: list[Any], sample_s: int) -> Iterator[tuple[datetime, datetime]]:
    """Yield from when until when each series goes, as far as that can be told."""
    for entry in entries:
        listed = entry.get("series") if isinstance(entry, dict) else None
        for one in listed if isinstance(listed, list) else []:
            start, data = (time_of(one.get("startTime")), one.get("data")) if isinstance(one, dict) else (None, None)
            if start is not None and isinstance(data, list) and data and not _beyond(start, len(data), sample_s):
                yield start, start + timedelta(seconds=len(data) * sample_s)


def series(entries: list[Any], enterprise: str, edge: Edge, window: Window, *, sample_s: int) -> Readings:
    """Return a reading for each link and sample of the window, oldest first, also where nothing was measured.

    `entries` are decoded JSON: `[{"link": {"internalId": …}, "series": [{"metric", "startTime", "tickInterval",
    "data"}]}]`. What does not fit into samples of `sample_s` seconds is left out and told.
    """
    rows: list[Reading] = []
    skipped: list[Skipped] = []
    for number, entry in enumerate(entries):
        where = f"edge {edge.id} row {number}"
        link = _link(entry, edge)
        if link is None:
            skipped.append(Skipped("bad_link", where, number))
            continue
        columns: dict[datetime, dict[str, Any]] = {}
        skipped += [replace(one, row=number) for one in _fill(columns, entry, window, sample_s, where)]
        for start in sorted(columns):
            metrics, wrong = metrics_of(columns[start], sample_s)
            skipped += [Skipped(reason, f"{where} {field}", number) for field, reason in wrong]
            rows.append(Reading(enterprise, edge, link, start, metrics))
    rows.sort(key=lambda row: row.start)
    return Readings(tuple(rows), tuple(skipped))


def _fill(
    columns: dict[datetime, dict[str, Any]], entry: Mapping[str, Any], window: Window, sample_s: int, where: str
) -> Iterator[Skipped]:
    """Put the values of all metrics of a link side by side, by the start of their sample."""
    listed = entry.get("series")
    for one in listed if isinstance(listed, list) else []:
        metric = one.get("metric") if isinstance(one, dict) else None
        if metric not in FIELDS:
            continue
        start, tick_ms, data = time_of(one.get("startTime")), one.get("tickInterval"), one.get("data")
        if start is None or not isinstance(data, list) or _beyond(start, len(data), sample_s):
            yield Skipped("bad_series", f"{where} {metric}")
        elif tick_ms != sample_s * 1000:
            yield Skipped("other_resolution", f"{where} {metric} step {str(tick_ms)[:20]} ms")
        else:
            for number, value in enumerate(data):
                time = floored(start + timedelta(seconds=number * sample_s), sample_s)
                if window.start <= time < window.end:
                    columns.setdefault(time, {})[metric] = _value(value)


def _beyond(start: datetime, count: int, sample_s: int) -> bool:
    """Return whether so many samples lead to where time cannot be counted any more."""
    return epoch_ms(start) < 0 or epoch_ms(start) + count * sample_s * 1000 > MAX_EPOCH_MS


def _value(value: Any) -> Any:
    """Return a number for a text of one: the newer API may send either."""
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        return value


def _link(entry: Any, edge: Edge) -> Link | None:
    link = entry.get("link") if isinstance(entry, dict) else None
    if not isinstance(link, dict):
        return None
    internal_id = first_id(link.get("internalId"), entry.get("linkLogicalId"), entry.get("linkId"))
    if internal_id is None:
        return None
    return edge.links.get(str(internal_id)) or Link(
        str(internal_id),
        name=text_of(link.get("displayName")),
        interface=text_of(link.get("interface")),
        isp=text_of(link.get("isp")),
    )
