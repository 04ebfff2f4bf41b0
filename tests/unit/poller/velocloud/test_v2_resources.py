import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from satark.poller.inventory import Enterprise, Link
from satark.poller.readings import Skipped
from satark.poller.schedule import Window
from satark.poller.velocloud import v2_resources as resources
from satark.poller.velocloud.decoding import WrongShape
from tests.unit.poller.velocloud.v2_server import (
    BROADBAND_B,
    ELEVEN,
    FIBRE_A,
    LONDON,
    NOON,
    NORTHWIND,
    sample,
)

HOUR = Window(ELEVEN, NOON)


def raw(value: Any) -> Raw:
    """Return a value as undecoded JSON."""
    return Raw(json.dumps(value).encode())


class TestEnterprises:
    def test_sample(self) -> None:
        """An enterprise is known by its logical id, which is also its id in entity keys."""
        page = resources.enterprises(Raw(sample("v2_enterprises.response")))

        assert page.rows == (Enterprise(NORTHWIND.key, "Northwind Freight Ltd", "Europe/London", NORTHWIND.key),)
        assert page.next_page == ""

    def test_id_from_the_reference(self) -> None:
        """Without a logical id the reference tells; without either the row is left out and told."""
        page = resources.enterprises(raw({"data": [{"_href": "/api/sdwan/v2/enterprises/e1"}, {"name": "?"}, None]}))

        assert [row.key for row in page.rows] == ["e1"]
        assert [skipped.reason for skipped in page.skipped] == ["bad_enterprise"] * 2

    @pytest.mark.parametrize("body", [[], {}, {"data": {}}, {"data": None}])
    def test_wrong_shape(self, body: Any) -> None:
        """What is no page is refused as a whole."""
        with pytest.raises(WrongShape):
            resources.enterprises(raw(body))


class TestEdges:
    def test_sample(self) -> None:
        """Edges have their state; links that are only referred to are known from elsewhere."""
        links = resources.links(Raw(sample("v2_enterprise_link_stats.response")))

        page = resources.edges(Raw(sample("v2_edges_p1.response")), NOON)

        london = page.rows[0]
        assert (london.key, london.uid, london.name, london.state) == (LONDON, LONDON, "LDN-BR-01", "CONNECTED")
        assert page.is_bare
        assert dict(london.links) == {}
        assert set(resources.with_links(london, links).links) == {FIBRE_A, BROADBAND_B}
        assert resources.with_links(london, {}) is london
        assert page.next_page == "eyJzYW1wbGUiOiJ2Mi1wYWdlMiJ9"

    def test_included(self) -> None:
        """An included site names place and time zone; of included links those count that were active lately."""
        times = {"a": "2026-03-10T12:00:00.000Z", "b": "2026-03-10T11:59:59.000Z", "c": None}
        links = [{"internalId": key, "displayName": key.upper(), "lastActive": time} for key, time in times.items()]
        row = {"logicalId": "e", "site": {"name": None, "city": "York", "timezone": "Europe/London"}, "links": links}

        page = resources.edges(raw({"data": [row]}), NOON)

        assert (page.rows[0].site, page.rows[0].timezone) == ("York", "Europe/London")
        assert {key: link.name for key, link in page.rows[0].links.items()} == {"a": "A"}
        assert not page.is_bare

    def test_last_page(self) -> None:
        """A page that says that there are no more names none."""
        last = {"data": [], "metaData": {"more": False, "nextPageLink": "x"}}

        assert resources.edges(Raw(sample("v2_edges_p2.response")), NOON).next_page == ""
        assert resources.edges(raw(last), NOON).next_page == ""
        assert resources.edges(raw({"data": [], "metaData": {"nextPageLink": "x"}}), NOON).next_page == "x"


class TestStats:
    def test_sample(self) -> None:
        """A row is joined to its edge by the reference, to its link by the internal id; bytes become a rate."""
        readings = resources.stats(Raw(sample("v2_enterprise_link_stats.response")), "e", HOUR)

        first = readings.rows[0]
        assert (first.enterprise, first.edge.key, first.edge.uid, first.start) == ("e", LONDON, LONDON, ELEVEN)
        assert first.link == Link(
            FIBRE_A,
            "Fibre A",
            "GE3",
            "Example Telecom",
            "STABLE",
            "ACTIVE",
            "UNCONFIGURED",
            datetime(2026, 3, 10, 12, 8, 25, tzinfo=UTC),
        )
        assert first.metrics["latency_ms_rx"] == 9.9156
        assert first.metrics["throughput_bps_rx"] == 280_000_000 * 8 / 3600
        assert first.metrics["bandwidth_bps_tx"] == 100_000_000
        assert len(readings.rows) == 3
        assert readings.skipped == ()

    def test_ids_from_references_alone(self) -> None:
        """Where a link has neither edge nor internal id, its own reference has both."""
        row = {"link": {"_href": "/sdwan/enterprises/e/edges/d/links/l"}, "bestLatencyMsRx": 3, "bytesRx": 1}

        reading = resources.stats(raw([row]), "e", HOUR).rows[0]

        assert (reading.edge.key, reading.link.internal_id) == ("d", "l")

    def test_nothing_measured(self) -> None:
        """A row of zeros without traffic is a reading without metrics; zeros with traffic are values."""
        link = {"_href": "/enterprises/e/edges/d/links/l"}
        silent = {"link": link, "bestLatencyMsRx": 0, "bytesRx": 0}
        fast = {"link": link, "bestLatencyMsRx": 0, "bytesRx": 5}

        readings = resources.stats(raw([silent, fast]), "e", HOUR)

        assert dict(readings.rows[0].metrics) == {}
        assert readings.rows[1].metrics["latency_ms_rx"] == 0

    def test_rows_that_name_no_link(self) -> None:
        """Rows that cannot be joined are left out and told; a value that is none costs only itself."""
        rows = [
            {"link": None},
            7,
            {
                "link": {"_href": "/enterprises/e/edges/d/links/l"},
                "bestLossPctRx": 101,
                "bestLatencyMsRx": 4,
                "bytesRx": 9,
            },
        ]

        readings = resources.stats(raw(rows), "e", HOUR)

        assert Skipped("bad_row", "row 0") in readings.skipped
        assert Skipped("bad_row", "row 1") in readings.skipped
        assert Skipped("out_of_range", "row 2 bestLossPctRx") in readings.skipped
        assert readings.rows[0].metrics["latency_ms_rx"] == 4


class TestEvents:
    def test_ids(self) -> None:
        """An event is known by its id, its reference, or else by all that it says; always alike."""
        event = {"event": "LINK_DEAD", "eventTime": "2026-03-10T11:40:00.000Z", "severity": "ALERT"}
        rows = [event | {"id": 7}, event | {"_href": "/enterprises/e/events/x9"}, event]

        first = resources.events(raw({"data": rows, "metaData": {"more": True, "nextPageLink": "t"}}))
        again = resources.events(raw({"data": [dict(reversed(event.items()))]}))

        assert [row.id for row in first.rows.rows][:2] == ["7", "x9"]
        assert first.rows.rows[2].id == again.rows.rows[0].id
        assert first.next_page == "t"

    def test_no_page(self) -> None:
        """What is no page of events is refused as a whole."""
        bodies: tuple[Any, ...] = ([], {}, {"data": 1})
        for body in bodies:
            with pytest.raises(WrongShape):
                resources.events(raw(body))


class TestSteps:
    def test_the_coarsest_counts(self) -> None:
        """The longest step of all series decides; what is no series has none."""
        entries = [{"series": [{"tickInterval": 300_000}, {"tickInterval": 900_000}, None]}, {"series": None}, 3]

        assert resources.coarsest_ms(entries) == 900_000
        assert resources.coarsest_ms([]) == 0


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "link", "edge", "_href", "logicalId", "metaData", "id", "event", "links", "lastActive"]
            ),
            inner,
        )
    ),
    max_leaves=20,
)


class TestRobustness:
    @settings(deadline=None)
    @given(JUNK)
    def test_any_json(self, value: Any) -> None:
        """Any JSON at all is read, or refused as of a wrong shape; nothing else is raised."""
        parsers: tuple[Callable[[Raw], object], ...] = (
            resources.enterprises,
            resources.links,
            resources.events,
            partial(resources.edges, since=NOON),
            partial(resources.stats, enterprise="e", window=HOUR),
        )
        for parse in parsers:
            try:
                parse(raw(value))
            except WrongShape:
                continue
