from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.poller.inventory import Edge, Link
from satark.poller.mapped import rows
from satark.poller.mapped.model import Mapping
from satark.poller.mapped.sections import mapping
from satark.poller.readings import Skipped
from satark.poller.schedule import Window
from satark.poller.velocloud.decoding import WrongShape
from satark.schemas.messages import Level
from tests.unit.poller.mapped.manager import NOON

FIVE = timedelta(minutes=5)
HOUR = Window(NOON, NOON + timedelta(hours=1))
NOON_S = 1_773_144_000


def mapped(samples: str = "", metrics: str = "latency_ms_rx: v", time: str = "time: t,") -> Mapping:
    """Return a mapping with some of its samples' section."""
    return mapping(
        f"""
version: 1
vendor: Any
enterprises: {{request: {{path: /c}}, rows: "@", fields: {{id: id, name: n, uid: u}}}}
edges:
  request: {{path: /e}}
  rows: edges
  fields: {{id: id, name: name, state: st}}
  states: {{"1": CONNECTED}}
  links: {{rows: ports, fields: {{id: p, name: label, state: s}}, states: {{bad: DISCONNECTED}}}}
samples:
  request: {{path: /s}}
  rows: "@"
  fields: {{edge: e, link: l, {time} state: s}}
  time: s
  metrics: {{{metrics}}}
  {samples}
events:
  request: {{path: /v}}
  rows: "@"
  fields: {{id: id, time: t, name: n, level: l}}
  time: s
  levels: {{high: ALERT}}
""".encode()
    )


def read(listed: list[Any], one: Mapping | None = None, edge: Edge | None = None) -> Any:
    """Return the readings of rows."""
    samples = (one or mapped()).samples
    assert samples is not None
    return rows.readings(listed, samples, "c", HOUR, sample_s=300, edge=edge)


class TestRowsIn:
    def test_a_list(self) -> None:
        """Rows are where the expression points; anything but a list is another answer than was expected."""
        where = mapped().edges.rows

        assert rows.rows_in({"edges": []}, where) == []
        others: tuple[Any, ...] = ({}, {"edges": {}}, [], None)
        for document in others:
            with pytest.raises(WrongShape, match="expected a list at edges"):
                rows.rows_in(document, where)


class TestInventory:
    def test_enterprises(self) -> None:
        """Enterprises need an id; other fields may be missing."""
        listing = mapped().enterprises
        assert listing is not None
        found = rows.enterprises([{"id": 7, "n": "Ada", "u": "x"}, {"n": "?"}], listing)

        assert [(row.key, row.name, row.stable_id) for row in found.rows] == [("7", "Ada", "x")]
        assert found.skipped == (Skipped("bad_enterprise", "enterprise row 1"),)

    def test_edges(self) -> None:
        """Edges have the links of their own row and those known from elsewhere; states are told in our words."""
        one = mapped()
        page = rows.edges(
            [{"id": "e", "st": 1, "ports": [{"p": "a", "label": "A", "s": "bad"}, {}]}, {"id": "f", "ports": 3}, {}],
            one.edges,
            one.links,
            {"e": {"b": Link("b")}},
        )

        assert [edge.key for edge in page.edges] == ["e", "f"]
        assert page.edges[0].state == "CONNECTED"
        assert {link.internal_id: (link.name, link.state) for link in page.edges[0].links.values()} == {
            "a": ("A", "DISCONNECTED"),
            "b": ("", ""),
        }
        assert [skipped.reason for skipped in page.skipped] == ["bad_link", "bad_edge"]


class TestReadings:
    def test_samples_by_time(self) -> None:
        """Rows are put into samples by their time; those outside of the window are left out silently."""
        times = [NOON_S - 1, NOON_S, NOON_S + 299, NOON_S + 300, NOON_S + 3600]
        found = read([{"e": "e", "l": "l", "t": t, "v": n} for n, t in enumerate(times)])

        assert [(row.start, row.metrics["latency_ms_rx"]) for row in found.rows] == [(NOON, 1.5), (NOON + FIVE, 3.0)]
        assert found.skipped == ()

    def test_time_of_the_end(self) -> None:
        """Where a time marks the end of an interval, it belongs to the sample that ends then."""
        found = read([{"e": "e", "l": "l", "t": NOON_S + 300, "v": 1}], mapped("marks: end"))

        assert found.rows[0].start == NOON

    def test_without_time(self) -> None:
        """Rows without a time are of the whole window."""
        assert read([{"e": "e", "l": "l", "v": 1}], mapped(time="")).rows[0].start == NOON

    def test_bad_rows(self) -> None:
        """Rows without link, edge or time are left out and told."""
        found = read([{"e": "e", "t": NOON_S}, {"l": "l", "t": NOON_S}, {"e": "e", "l": "l", "t": "?"}, None])

        assert [skipped.reason for skipped in found.skipped] == ["bad_row", "bad_row", "bad_time", "bad_row"]

    def test_values(self) -> None:
        """Null and empty are no value, texts of numbers are; what is no number or means nothing is left out and told."""
        metrics = (
            "latency_ms_rx: a, jitter_ms_rx: b, loss_pct_rx: c, loss_pct_tx: {value: d, factor: 100}, jitter_ms_tx: f"
        )
        row = {"e": "e", "l": "l", "t": NOON_S, "a": None, "b": "2.5", "c": 101, "d": 0.25, "f": "?"}
        found = read([row], mapped(metrics=metrics))

        assert dict(found.rows[0].metrics) == {"jitter_ms_rx": 2.5, "loss_pct_tx": 25.0}
        assert set(found.skipped) == {
            Skipped("out_of_range", "row 0 loss_pct_rx"),
            Skipped("not_a_number", "row 0 jitter_ms_tx"),
        }

    @pytest.mark.parametrize(("how", "value"), [("mean", 3.0), ("min", 1.0), ("max", 5.0), ("sum", 6.0)])
    def test_combine(self, how: str, value: float) -> None:
        """Rows of the same link and sample are combined as the mapping says."""
        one = mapped(metrics=f"latency_ms_rx: {{value: v, combine: {how}}}")
        listed = [{"e": "e", "l": "l", "t": NOON_S, "v": v} for v in (1, 5)]

        assert read(listed, one).rows[0].metrics["latency_ms_rx"] == value

    def test_totals(self) -> None:
        """What is a total of the sample becomes a rate."""
        one = mapped(metrics="throughput_bps_rx: {value: v, factor: 8, per: sample}")

        assert read([{"e": "e", "l": "l", "t": NOON_S, "v": 300}], one).rows[0].metrics["throughput_bps_rx"] == 8.0

    def test_no_data(self) -> None:
        """A row that says that nothing was measured is a reading without metrics."""
        found = read([{"e": "e", "l": "l", "t": NOON_S, "v": 0, "n": 0}], mapped("no_data: n == `0`"))

        assert [dict(row.metrics) for row in found.rows] == [{}]

    def test_one_edge(self) -> None:
        """For one edge, rows of others are left out, and rows need not name it."""
        edge = Edge("e", "E")
        found = read([{"l": "l", "t": NOON_S, "v": 1}, {"e": "f", "l": "l", "t": NOON_S, "v": 9}], edge=edge)

        assert [(row.edge, row.metrics["latency_ms_rx"]) for row in found.rows] == [(edge, 1.0)]

    @settings(deadline=None)
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["e", "l", "t", "v", "id", "n", "ports"]), inner)
            ),
        )
    )
    def test_any_row(self, row: Any) -> None:
        """Any JSON may be a row; nothing is raised, and every value is a finite number that is not negative."""
        one = mapped()
        assert one.events is not None
        rows.edges([row], one.edges, one.links, {})
        rows.events([row], one.events, "s")
        for reading in read([row, {"e": "e", "l": "l", "t": NOON_S, "v": row}]).rows:
            assert all(0 <= value < float("inf") for value in reading.metrics.values())


class TestEvents:
    def test_events(self) -> None:
        """Events come oldest first, their level in our words; one without an id is known by what it says."""
        listing = mapped().events
        assert listing is not None
        found = rows.events(
            [{"id": 2, "t": NOON_S + 1, "n": "up", "l": "low"}, {"t": NOON_S, "n": "down", "l": "high"}, {"n": "?"}],
            listing,
            "s",
        )

        assert [(event.name, event.level) for event in found.rows] == [("down", Level.ALERT), ("up", Level.INFO)]
        assert len(found.rows[0].id) == 32
        assert [skipped.reason for skipped in found.skipped] == ["bad_event"]
