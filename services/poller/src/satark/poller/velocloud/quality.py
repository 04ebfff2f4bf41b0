"""Samples of `linkQualityEvent/getLinkQualityEvents`: the quality events of one edge's links (1.6). Pure.

These are sampled events, not means: they must not share a baseline with what `stats` gives.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Raw, Struct

from satark.poller.inventory import Edge, Link
from satark.poller.readings import Reading, Readings, Skipped
from satark.poller.schedule import EPOCH, Window, floored
from satark.poller.velocloud.decoding import MAX_EPOCH_MS, WrongShape, decoded, is_empty
from satark.poller.velocloud.stats import MAX_MS, Wrong, number
from satark.schemas.metrics import (
    JITTER_MS_RX,
    JITTER_MS_TX,
    LATENCY_MS_RX,
    LATENCY_MS_TX,
    LOSS_PCT_RX,
    LOSS_PCT_TX,
)

OVERALL = "overallLinkQuality"
OFFLINE = 0
DETAIL: Mapping[str, tuple[str, float]] = {
    "latencyMsRx": (LATENCY_MS_RX, MAX_MS),
    "latencyMsTx": (LATENCY_MS_TX, MAX_MS),
    "jitterMsRx": (JITTER_MS_RX, MAX_MS),
    "jitterMsTx": (JITTER_MS_TX, MAX_MS),
    "lossPctRx": (LOSS_PCT_RX, 100.0),
    "lossPctTx": (LOSS_PCT_TX, 100.0),
}
"""Field of `metadata.detail`, our name, and the largest value that means anything."""


class _Series(Struct):
    timeseries: list[Raw] | None = None


class _Metadata(Struct):
    detail: Any = None


class _Point(Struct):
    timestamp: int | float
    before: Any = None
    metadata: _Metadata | None = None


def quality(result: Raw | None, enterprise: str, edge: Edge, window: Window, *, sample_s: int) -> Readings:
    """Return the readings of an edge's links that start within the window, oldest first.

    Of two samples of the same interval the first counts. Raises WrongShape when the result as a whole is something
    else.
    """
    if result is None:
        return Readings(skipped=(Skipped("no_result", f"edge {edge.id}"),))
    rows: list[Reading] = []
    skipped: list[Skipped] = []
    if is_empty(result):
        return Readings()
    for internal_id, raw in decoded(result, dict[str, Raw], "an object with one member a link").items():
        if internal_id == OVERALL:
            continue
        where = f"edge {edge.id} link {internal_id[:80]}"
        try:
            points = decoded(raw, _Series, "a link's quality").timeseries or []
        except WrongShape:
            skipped.append(Skipped("bad_link", where))
            continue
        link = edge.links.get(internal_id) or Link(internal_id)
        taken: set[datetime] = set()
        for place, point in enumerate(points):
            start, metrics, notes = _sample(point, window, sample_s, taken)
            skipped += [Skipped(reason, f"{where} sample {place} {field}".rstrip()) for field, reason in notes]
            if start is not None:
                taken.add(start)
                rows.append(Reading(enterprise, edge, link, start, metrics))
    rows.sort(key=lambda row: (row.start, row.link.internal_id))
    return Readings(tuple(rows), tuple(skipped))


def _sample(
    point: Raw, window: Window, sample_s: int, taken: set[datetime]
) -> tuple[datetime | None, dict[str, float], list[Wrong]]:
    """Return a sample's start and metrics, None for one that is left out, and what is to be told of it."""
    start, detail, reason = _parts(point, window, sample_s)
    if start is None or reason:
        return None, {}, [("", reason)]
    if start in taken:
        return None, {}, [("", "duplicate_timestamp")]
    wrong: list[Wrong] = []
    metrics = dict(_metrics(detail, wrong))
    return (start, metrics, wrong) if metrics else (None, {}, [*wrong, ("", "no_values")])


def _parts(point: Raw, window: Window, sample_s: int) -> tuple[datetime | None, Mapping[str, Any], str]:
    """Return a sample's start and detail, or the reason why it is left out."""
    try:
        read = msgspec.json.decode(point, type=_Point)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None, {}, "bad_sample"
    if not 0 <= read.timestamp <= MAX_EPOCH_MS:
        return None, {}, "bad_timestamp"
    start = floored(EPOCH + timedelta(milliseconds=read.timestamp), sample_s)
    if not window.start <= start < window.end:
        return None, {}, "outside_window"
    detail = read.metadata.detail if read.metadata else None
    if detail is None:
        return None, {}, "no_detail"
    if not isinstance(detail, dict):
        return None, {}, "bad_detail"
    is_zero = bool(detail) and not any(detail.values())
    return (None, {}, "offline") if is_zero and _is_offline(read.before) else (start, detail, "")


def _is_offline(states: Any) -> bool:
    """Return whether the link was offline for every type of traffic: its zeros were not measured (1.10)."""
    return isinstance(states, dict) and bool(states) and all(state == OFFLINE for state in states.values())


def _metrics(detail: Mapping[str, Any], wrong: list[Wrong]) -> Iterator[tuple[str, float]]:
    for field, (name, highest) in DETAIL.items():
        value = number(detail, field, wrong, highest=highest)
        if value is not None:
            yield name, value
