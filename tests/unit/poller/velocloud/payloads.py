"""What the tests of the parsers share: sample payloads as results, any JSON, and questions to readings."""

from collections import Counter
from datetime import datetime
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import Raw

from satark.poller.http.exchange import Asked
from satark.poller.inventory import Edge, Link
from satark.poller.readings import Readings, Skipped
from satark.poller.schedule import Window
from satark.poller.velocloud.answers import result_of
from tests.unit.poller.doubles import BROADBAND_B, ELEVEN, FIBRE_A, NOON, place_of, sample_answer

HOUR = Window(ELEVEN, NOON)
ELEVEN_MS = 1_773_140_400_000
CABLE_C = "00000001-77aa-4f10-8c21-93b5d7e10a33"
MPLS = "00000001-c0de-4b02-8d77-55c1e9a20a77"
ASKED = Asked("vco.example.net", "any/method")
LONDON = place_of().edge

_NUMBERS = st.integers() | st.integers(-(10**20), 10**300) | st.floats(allow_nan=False, allow_infinity=False)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | _NUMBERS | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
"""Anything that JSON can hold."""


def mostly(good: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return values of a kind, and now and then anything else."""
    return st.one_of(good, good, good, JSON_VALUES)


def objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return objects that have some of these members, each of which may be anything else; or anything else."""
    return mostly(st.fixed_dictionaries({}, optional={name: mostly(kind) for name, kind in fields.items()}))


def encoded(value: Any) -> bytes:
    """Return a value as JSON; integers may be of any size."""
    if isinstance(value, dict):
        return b"{" + b",".join(encoded(name) + b":" + encoded(inner) for name, inner in value.items()) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(encoded, value)) + b"]"
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value).encode() if is_number else msgspec.json.encode(value)


def raw(value: Any) -> Raw:
    """Return a value as undecoded JSON."""
    return Raw(encoded(value))


def result(file: str) -> Raw | None:
    """Return a sample payload's result."""
    return result_of(sample_answer(f"{file}.response.json"), ASKED)


def reasons(skipped: tuple[Skipped, ...]) -> Counter[str]:
    """Return how often each reason is given."""
    return Counter(one.reason for one in skipped)


def values(found: Readings, metric: str, link: str = FIBRE_A) -> dict[int, float]:
    """Return a link's values of a metric by the minute after eleven."""
    return {
        minute(row.start): row.metrics[metric] for row in found.rows if row.link.internal_id == link and row.metrics
    }


def minute(time: datetime) -> int:
    """Return the minutes since eleven."""
    return int((time - ELEVEN).total_seconds() // 60)


def edge_with(*links: str) -> Edge:
    """Return London's edge with some of its links."""
    known = {link: LONDON.links.get(link, Link(link)) for link in links}
    return Edge(LONDON.id, LONDON.name, LONDON.state, LONDON.site, LONDON.timezone, known)


__all__ = ["ASKED", "BROADBAND_B", "CABLE_C", "ELEVEN", "ELEVEN_MS", "FIBRE_A", "HOUR", "LONDON", "MPLS", "NOON"]
__all__ += ["JSON_VALUES", "edge_with", "encoded", "minute", "mostly", "objects", "raw", "reasons", "result", "values"]
