"""listing: enterprises, edges and links, and everything that is left out with its reason."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from satark.poller.inventory import Enterprise, Link
from satark.poller.velocloud import listing
from satark.poller.velocloud.decoding import WrongShape
from tests.unit.poller.velocloud.payloads import (
    BROADBAND_B,
    FIBRE_A,
    JSON_VALUES,
    mostly,
    objects,
    raw,
    reasons,
    result,
)

NORTHWIND = Enterprise(4101, "Northwind Freight Ltd", "Europe/London", "5d6c1b7e-2f0a-4a55-9a1d-6f0d6a7c4101")
IDS = st.integers() | st.text(max_size=5)
LINKS = objects(internalId=IDS, id=IDS, displayName=st.text(max_size=5), lastActive=st.just("0000-00-00 00:00:00"))
EDGES = objects(
    id=IDS,
    name=st.text(max_size=5),
    site=objects(name=st.text(max_size=5), timezone=st.text(max_size=5)),
    recentLinks=st.lists(LINKS, max_size=3),
)
PAGES = objects(
    data=st.lists(EDGES, max_size=3), metaData=objects(more=st.booleans(), nextPageLink=st.text(max_size=5))
) | st.lists(EDGES, max_size=3)


class TestEdges:
    def test_sample(self) -> None:
        """The sample edges come whole: an offline one, a site without a name, a date of zeros, a name from Brazil."""
        listed = listing.edges(result("v1_enterprise_edges"))
        london, new_york, sao_paulo = listed.page.edges

        assert listed.page.skipped == ()
        assert listed.next_page is None
        assert (london.id, london.name, london.state, london.site, london.timezone) == (
            20311, "LDN-BR-01", "CONNECTED", "London", "Europe/London",
        )  # fmt: skip
        assert london.uid.startswith("c0ffee01-0311-")
        assert london.links.keys() == {FIBRE_A, BROADBAND_B}
        assert new_york.name == "NYC-BR-02"
        assert (sao_paulo.name, sao_paulo.state) == ("São Paulo 03", "OFFLINE")
        assert [link.state for link in sao_paulo.links.values()] == ["DISCONNECTED"]

    def test_link(self) -> None:
        """A link comes with its names, state and modes."""
        london = listing.edges(result("v1_enterprise_edges")).page.edges[0]

        assert london.links[FIBRE_A] == Link(
            FIBRE_A,
            name="Fibre A",
            interface="GE3",
            isp="Example Telecom",
            state="STABLE",
            mode="ACTIVE",
            backup_state="UNCONFIGURED",
            last_active=datetime(2026, 3, 10, 12, 8, 25, tzinfo=UTC),
        )

    def test_pages(self) -> None:
        """A page names the next one, the last one none, and together they hold what the bare list holds."""
        first = listing.edges(result("v1_enterprise_edges_paged_p1"))
        last = listing.edges(result("v1_enterprise_edges_paged_p2"))
        whole = listing.edges(result("v1_enterprise_edges"))

        assert first.next_page == "eyJzYW1wbGUiOiJwYWdlMiJ9"
        assert last.next_page is None
        assert (*first.page.edges, *last.page.edges) == whole.page.edges

    @pytest.mark.parametrize(
        "paging", [None, {}, {"more": False, "nextPageLink": "x"}, {"more": True}, {"more": True, "nextPageLink": 5}]
    )
    def test_no_next_page(self, paging: object) -> None:
        """Without `more` or a link to follow a page is the last one."""
        assert listing.edges(raw({"data": [], "metaData": paging})).next_page is None

    def test_bad_rows(self) -> None:
        """A row without an id costs only itself; cosmetic fields of other types cost nothing."""
        page = listing.edges(
            raw(
                [
                    {"name": "no id"},
                    5,
                    {"id": "e7", "name": 5, "site": "x", "recentLinks": None},
                    {"id": 8, "recentLinks": [{"internalId": "a", "displayName": " A\r\nB "}, {}, 3]},
                    {"id": 9, "recentLinks": "none"},
                ]
            )
        ).page

        assert [edge.id for edge in page.edges] == ["e7", 8, 9]
        assert page.edges[1].links["a"].name == "A  B"
        assert reasons(page.skipped) == {"bad_edge": 2, "bad_link": 3}

    @pytest.mark.parametrize(
        ("row", "internal_id"),
        [
            ({"internalId": "a", "id": 5}, "a"),
            ({"internalId": 7, "id": 5}, "7"),
            ({"internalId": "", "id": 5}, "5"),
            ({"internalId": None, "id": 5}, "5"),
            ({"id": 5}, "5"),
        ],
    )
    def test_link_ids(self, row: dict[str, Any], internal_id: str) -> None:
        """A link goes by its internal id, else by its id: the metrics' rows fall back to the same."""
        edge = listing.edges(raw([{"id": 1, "recentLinks": [row]}])).page.edges[0]

        assert list(edge.links) == [internal_id]
        assert edge.links[internal_id].internal_id == internal_id

    def test_site_without_name(self) -> None:
        """A site without a name goes by its city."""
        edges = listing.edges(
            raw([{"id": 1, "site": {"name": None, "city": "Leeds"}}, {"id": 2, "site": {}}])
        ).page.edges

        assert [edge.site for edge in edges] == ["Leeds", ""]

    @pytest.mark.parametrize("value", [None, 5, "x", {}, {"data": 5}, {"data": None}])
    def test_no_edges(self, value: object) -> None:
        """What is no list of edges is a wrong shape: it must not empty the inventory."""
        with pytest.raises(WrongShape):
            listing.edges(None if value is None else raw(value))

    @given(PAGES | JSON_VALUES)
    def test_any(self, value: Any) -> None:
        """Any JSON is a page or a wrong shape, and each of its rows is an edge or told."""
        try:
            page = listing.edges(raw(value)).page
        except WrongShape:
            return

        rows = value if isinstance(value, list) else value["data"]
        assert len(page.edges) + reasons(page.skipped)["bad_edge"] == len(rows)
        assert all(link.internal_id == key for edge in page.edges for key, link in edge.links.items())


class TestEnterprise:
    def test_own(self) -> None:
        """A customer's own enterprise, with the id that both APIs know it by."""
        assert listing.enterprise(result("v1_get_enterprise")) == NORTHWIND

    @pytest.mark.parametrize("value", [None, {}, []])
    def test_none(self, value: object) -> None:
        """An operator has none of its own."""
        assert listing.enterprise(None if value is None else raw(value)) is None

    @given(mostly(st.just({"id": 1})))
    def test_any(self, value: Any) -> None:
        """Any JSON is an enterprise, none, or a wrong shape."""
        try:
            own = listing.enterprise(raw(value))
        except WrongShape:
            return

        assert own is None or own.id == value["id"]


class TestEnterprises:
    def test_all(self) -> None:
        """An operator's enterprises are all there, not only the first."""
        found = listing.enterprises(result("v1_network_enterprises"))

        assert [(e.id, e.name) for e in found.rows] == [
            (4101, "Northwind Freight Ltd"),
            (4102, "Alder & Finch Clinics"),
        ]
        assert found.rows[0].uid == NORTHWIND.uid
        assert found.skipped == ()

    def test_bad_row(self) -> None:
        """A row without an id costs only itself."""
        found = listing.enterprises(raw([{"name": "x"}, {"id": 1}]))

        assert [e.id for e in found.rows] == [1]
        assert reasons(found.skipped) == {"bad_enterprise": 1}

    @given(st.lists(objects(id=IDS, name=st.text(max_size=5)), max_size=4) | JSON_VALUES)
    def test_any(self, value: Any) -> None:
        """Any JSON is a list, each row of which is an enterprise or told, or a wrong shape."""
        try:
            found = listing.enterprises(raw(value))
        except WrongShape:
            return

        assert len(found.rows) + len(found.skipped) == len(value)


class TestVersion:
    def test_sample(self) -> None:
        """The release of the sample."""
        assert listing.version(result("v1_version_info")) == "5.2.3.4"

    @pytest.mark.parametrize("result", [None, Raw(b"[]"), Raw(b"{}"), Raw(b'{"version":5}'), Raw(b'{"version":null}')])
    def test_none(self, result: Raw | None) -> None:
        """A release that is not told is none, and no error: it is only shown."""
        assert listing.version(result) == ""
