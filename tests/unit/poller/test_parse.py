"""parse: results as values, and everything that is left out with its reason."""

from collections import Counter
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from satark.poller import parse
from satark.poller.answers import Asked, result_of
from satark.poller.inventory import Edge, Enterprise, Link, Place
from satark.poller.parse import Quality, WrongShape
from satark.poller.schedule import Window
from satark.schemas.codec import decode, encode
from satark.schemas.metrics import WAN_LINK_METRICS
from tests.unit.poller.doubles import BROADBAND_B, ELEVEN, FIBRE_A, NOON, place_of, sample_answer

HOUR = Window(ELEVEN, NOON)
ASKED = Asked("vco.example.net", "any/method")
ELEVEN_MS = 1_773_140_400_000
DETAIL = {"latencyMsRx": 8, "latencyMsTx": 7, "jitterMsRx": 2, "jitterMsTx": 2, "lossPctRx": 0, "lossPctTx": 0}
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


def result(file: str) -> Raw | None:
    """Return a sample payload's result."""
    return result_of(sample_answer(file), ASKED, now=NOON)


def raw(value: Any) -> Raw:
    """Return a value as undecoded JSON."""
    return Raw(msgspec.json.encode(value))


def quality_of(value: Any, place: Place | None = None) -> Quality:
    """Return the quality that a result holds."""
    return parse.quality(raw(value), place or place_of(), HOUR, sample_s=300)


def series(*rows: dict[str, Any]) -> dict[str, Any]:
    """Return a result with samples of one link."""
    return {FIBRE_A: {"timeseries": list(rows)}}


def row(minute: float = 0, detail: Any = DETAIL) -> dict[str, Any]:
    """Return one sample."""
    return {"timestamp": ELEVEN_MS + int(minute * 60_000), "metadata": {"detail": detail}}


class TestHour:
    def test_values(self) -> None:
        """The sample hour gives twelve samples of each of the two links, with their values, oldest first."""
        hour = parse.quality(result("v1_link_quality_events_1h_2links.response.json"), place_of(), HOUR, sample_s=300)
        broadband = [sample for sample in hour.samples if sample.labels["link"] == "Broadband B"]

        assert len(hour.samples) == 24
        assert hour.skipped == ()
        assert [sample.metrics["latency_ms_rx"] for sample in broadband] == [
            23, 21, 22, 21, 23, 21, 22, 22, 22, 21, 88, 91,
        ]  # fmt: skip
        assert [sample.time for sample in broadband] == [ELEVEN + i * timedelta(minutes=5) for i in range(12)]
        assert broadband[-1].metrics == dict(zip(WAN_LINK_METRICS, (91, 20, 31, 3, 2, 0), strict=True))
        assert {sample.interval_s for sample in hour.samples} == {300}

    def test_labels_and_entity(self) -> None:
        """A sample names its link in every way that a person may know it by."""
        first = parse.quality(
            result("v1_link_quality_events_1h_2links.response.json"), place_of(), HOUR, sample_s=300
        ).samples[0]

        assert first.entity == f"wan-link/vco.example.net/4101/{FIBRE_A}"
        assert first.kind == "wan-link"
        assert first.labels == {
            "orchestrator": "vco.example.net",
            "enterprise": "Northwind Freight Ltd",
            "enterprise_id": "4101",
            "edge": "LDN-BR-01",
            "edge_id": "20311",
            "link": "Fibre A",
            "link_id": FIBRE_A,
            "interface": "GE3",
            "isp": "Example Telecom",
            "site": "London",
            "timezone": "Europe/London",
        }

    def test_gaps(self) -> None:
        """Missing detail, empty detail and a duplicate are left out with their reasons; nothing is invented."""
        found = parse.quality(result("v1_link_quality_events_gaps.response.json"), place_of(), HOUR, sample_s=300)

        assert [int((s.time - ELEVEN).total_seconds() // 60) for s in found.samples] == [0, 5, 10, 15, 40, 45, 50, 55]
        assert found.reasons == Counter(duplicate_timestamp=1, no_values=1, no_detail=1)
        assert all(FIBRE_A in skipped.where for skipped in found.skipped)

    def test_empty(self) -> None:
        """An edge without recent links has no samples, and nothing is wrong."""
        found = parse.quality(result("v1_link_quality_events_empty.response.json"), place_of(), HOUR, sample_s=300)

        assert found == Quality((), (), frozenset())

    def test_no_result(self) -> None:
        """A missing result has no samples and is told."""
        assert parse.quality(None, place_of(), HOUR, sample_s=300).reasons == Counter(no_result=1)


class TestQuality:
    def test_floor(self) -> None:
        """A time between buckets belongs to the bucket's start."""
        assert quality_of(series(row(7.5))).samples[0].time == ELEVEN + timedelta(minutes=5)

    def test_window(self) -> None:
        """What lies outside the window that was asked for is left out: it may not be complete."""
        found = quality_of(series(row(-1), row(0), row(59), row(60)))

        assert len(found.samples) == 2
        assert found.reasons == Counter(outside_window=2)

    def test_null_is_not_zero(self) -> None:
        """A null is absent, a zero is a value."""
        sample = quality_of(series(row(0, DETAIL | {"latencyMsRx": None, "lossPctTx": 0.0}))).samples[0]

        assert "latency_ms_rx" not in sample.metrics
        assert sample.metrics["loss_pct_tx"] == 0.0

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            ("8", "not_a_number"),
            (True, "not_a_number"),
            ([], "not_a_number"),
            (-1, "out_of_range"),
            (10**400, "not_a_number"),
        ],
    )
    def test_bad_value(self, value: object, reason: str) -> None:
        """A value that is no measurement is left out alone, with its field."""
        text = msgspec.json.encode(series(row(0, DETAIL | {"jitterMsTx": "@"})))
        body = text.replace(
            b'"@"', str(value).encode() if isinstance(value, int) and value > 9 else msgspec.json.encode(value)
        )
        found = parse.quality(Raw(body), place_of(), HOUR, sample_s=300)

        assert found.reasons in (Counter({reason: 1}), Counter(bad_sample=1))
        assert all("jitter_ms_tx" not in sample.metrics for sample in found.samples)

    def test_loss_over_hundred(self) -> None:
        """More than all packets cannot be lost."""
        assert quality_of(series(row(0, DETAIL | {"lossPctRx": 101}))).reasons == Counter(out_of_range=1)

    def test_unknown_keys(self) -> None:
        """New fields are ignored, at every level."""
        found = quality_of({FIBRE_A: {"timeseries": [row(0, DETAIL | {"mosRx": "good"}) | {"new": 1}], "more": {}}})

        assert found.samples[0].metrics.keys() == set(WAN_LINK_METRICS)
        assert found.skipped == ()

    def test_first_with_values_wins(self) -> None:
        """Of two samples of a bucket the first that holds values counts."""
        found = quality_of(series(row(0, {}), row(0, {"latencyMsRx": 1}), row(1, {"latencyMsRx": 2})))

        assert [sample.metrics["latency_ms_rx"] for sample in found.samples] == [1.0]
        assert found.reasons == Counter(no_values=1, duplicate_timestamp=1)

    @pytest.mark.parametrize(
        ("rows", "reason"),
        [
            ([{"timestamp": "now"}], "bad_sample"),
            ([5], "bad_sample"),
            ([{"timestamp": -1}], "bad_timestamp"),
            ([{"timestamp": 1e300}], "bad_timestamp"),
            ([{"timestamp": ELEVEN_MS}], "no_detail"),
            ([{"timestamp": ELEVEN_MS, "metadata": None}], "no_detail"),
            ([{"timestamp": ELEVEN_MS, "metadata": {"detail": [1]}}], "bad_detail"),
        ],
    )
    def test_bad_row(self, rows: list[Any], reason: str) -> None:
        """One sample that is not as it should be costs only itself."""
        found = quality_of({FIBRE_A: {"timeseries": [*rows, row(5)]}})

        assert found.reasons == Counter({reason: 1})
        assert len(found.samples) == 1

    @pytest.mark.parametrize("entry", [5, "x", {"timeseries": 5}, []])
    def test_bad_link(self, entry: object) -> None:
        """One link that is not as it should be costs only itself."""
        found = quality_of({BROADBAND_B: entry} | series(row(0)))

        assert found.reasons == Counter(bad_link=1)
        assert len(found.samples) == 1

    def test_overall_and_null_series(self) -> None:
        """The overall quality is no link; a null series is an empty one."""
        found = quality_of({"overallLinkQuality": {"timeseries": [row(0)]}, FIBRE_A: {"timeseries": None}})

        assert found == Quality((), (), frozenset())

    def test_unknown_link(self) -> None:
        """A link that the inventory lacks is read under its id, and told."""
        found = quality_of(series(row(0)), place_of(BROADBAND_B))

        assert found.unknown_links == {FIBRE_A}
        assert found.samples[0].labels["link"] == FIBRE_A

    def test_link_names(self) -> None:
        """A link without a name goes by its interface, else by its id."""
        edge = Edge(id=1, links={"a": Link("a", "", "GE3"), "b": Link("b")})
        place = Place("vco", Enterprise(7), edge)

        assert [place.labels(link)["link"] for link in "ab"] == ["GE3", "b"]
        assert place.labels("a")["enterprise"] == "7"
        assert "site" not in place.labels("a")

    def test_long_id(self) -> None:
        """An id that makes no entity key is left out."""
        found = quality_of({"x" * 600: {"timeseries": [row(0)]}, "": {"timeseries": [row(0)]}})

        assert found.reasons == Counter(bad_link_id=2)

    @pytest.mark.parametrize("value", [[], [1], 5, "text", True])
    def test_wrong_shape(self, value: object) -> None:
        """A result that is no object of links is a wrong shape."""
        with pytest.raises(WrongShape, match="one member a link"):
            quality_of(value)

    @given(JSON_VALUES)
    def test_any_json(self, value: Any) -> None:
        """Any JSON gives samples and skips, or a wrong shape."""
        try:
            quality_of(value)
        except WrongShape:
            return

        assert isinstance(value, dict)

    @given(
        st.lists(
            st.fixed_dictionaries(
                {"timestamp": st.integers(ELEVEN_MS - 10**6, ELEVEN_MS + 5 * 10**6) | JSON_VALUES},
                optional={
                    "metadata": st.fixed_dictionaries(
                        {}, optional={"detail": st.dictionaries(st.sampled_from([*DETAIL, "new"]), JSON_VALUES)}
                    )
                },
            ),
            max_size=8,
        )
    )
    def test_any_series(self, rows: list[Any]) -> None:
        """Whatever a series holds, its samples are valid events of the window, each bucket once; all else is told."""
        found = quality_of({FIBRE_A: {"timeseries": rows}})

        assert len({sample.id for sample in found.samples}) == len(found.samples)
        assert [sample.time for sample in found.samples] == sorted(sample.time for sample in found.samples)
        assert len(found.samples) + len(
            {skipped.where.partition(" sample ")[2].split()[0] for skipped in found.skipped}
        ) >= len(rows)
        for sample in found.samples:
            encoded = encode(sample, source="/test")
            assert decode(encoded.topic, encoded.value, encoded.headers) == sample
            assert HOUR.start <= sample.time < HOUR.end


class TestInventory:
    def test_edges(self) -> None:
        """All edges are there, the offline one too, with links by internal id and names as they are written."""
        page = parse.edges(result("v1_enterprise_edges.response.json"))
        london, _, paulo = page.edges

        assert page.next_page is None
        assert page.skipped == ()
        assert (london.name, london.site, london.timezone) == ("LDN-BR-01", "London", "Europe/London")
        assert london.links[BROADBAND_B] == Link(BROADBAND_B, "Broadband B", "GE4", "Sample Broadband")
        assert (paulo.name, paulo.state) == ("São Paulo 03", "OFFLINE")

    def test_pages(self) -> None:
        """A paged list gives its edges and how to ask for more, until the last page."""
        first = parse.edges(result("v1_enterprise_edges_paged_p1.response.json"))
        last = parse.edges(result("v1_enterprise_edges_paged_p2.response.json"))

        assert first.next_page == "eyJzYW1wbGUiOiJwYWdlMiJ9"
        assert last.next_page is None
        assert len(first.edges) == 2

    def test_bad_rows(self) -> None:
        """A row without an id costs only itself; cosmetic fields of other types cost nothing."""
        page = parse.edges(
            raw(
                [
                    {"name": "no id"},
                    5,
                    {"id": "e7", "name": 5, "site": "x", "recentLinks": None},
                    {"id": 8, "recentLinks": [{"internalId": "a", "displayName": " A\r\nB "}, {}, 3]},
                    {"id": 9, "recentLinks": "none"},
                ]
            )
        )

        assert [edge.id for edge in page.edges] == ["e7", 8, 9]
        assert page.edges[1].links["a"].name == "A  B"
        assert [skipped.reason for skipped in page.skipped] == ["bad_edge"] * 2 + ["bad_link"] * 3

    @pytest.mark.parametrize("value", [None, 5, "x", {}, {"data": 5}])
    def test_no_edges(self, value: object) -> None:
        """What is no list of edges is a wrong shape: it must not empty the inventory."""
        with pytest.raises(WrongShape):
            parse.edges(None if value is None else raw(value))

    @given(JSON_VALUES)
    def test_any_edges(self, value: Any) -> None:
        """Any JSON is a page or a wrong shape."""
        try:
            page = parse.edges(raw(value))
        except WrongShape:
            return

        assert len(page.edges) + len(page.skipped) >= 0

    def test_enterprise(self) -> None:
        """A customer's own enterprise."""
        own = parse.enterprise(result("v1_get_enterprise.response.json"))

        assert own == Enterprise(4101, "Northwind Freight Ltd", "Europe/London")

    @pytest.mark.parametrize("value", [None, {}, []])
    def test_no_enterprise(self, value: object) -> None:
        """An operator has none of its own."""
        assert parse.enterprise(None if value is None else raw(value)) is None

    def test_enterprises(self) -> None:
        """An operator's enterprises are all there, not only the first."""
        found, skipped = parse.enterprises(result("v1_network_enterprises.response.json"))

        assert [(e.id, e.name) for e in found] == [(4101, "Northwind Freight Ltd"), (4102, "Alder & Finch Clinics")]
        assert skipped == ()

    def test_bad_enterprise(self) -> None:
        """A row without an id costs only itself."""
        found, skipped = parse.enterprises(raw([{"name": "x"}, {"id": 1}]))

        assert [e.id for e in found] == [1]
        assert [s.reason for s in skipped] == ["bad_enterprise"]

    def test_version(self) -> None:
        """The release, and nothing when it is not told."""
        assert parse.version(result("v1_version_info.response.json")) == "5.2.3.4"
        assert [parse.version(None), parse.version(raw([])), parse.version(raw({}))] == ["", "", ""]
