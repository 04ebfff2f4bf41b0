"""events: the orchestrator's own events, whatever their detail looks like."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.poller.readings import VendorEvent
from satark.poller.velocloud.decoding import MAX_TEXT_CHARS, WrongShape
from satark.poller.velocloud.events import MAX_FIELDS, EventPage, events
from satark.schemas.messages import Level
from tests.unit.poller.velocloud.payloads import JSON_VALUES, mostly, objects, raw, reasons, result

EVENT = {"id": 1, "eventTime": "2026-03-10T11:00:00.000Z", "event": "LINK_DEAD"}


def page_of(*rows: Any, **paging: Any) -> EventPage:
    """Return the page that holds rows."""
    return events(raw({"data": list(rows), "metaData": paging}))


def event(**fields: Any) -> VendorEvent:
    """Return an event with some of its fields."""
    return page_of({**EVENT, **fields}).events.rows[0]


class TestPage:
    def test_sample(self) -> None:
        """The sample's events come with their times, levels, edges and details."""
        page = events(result("v1_enterprise_events"))
        dead, down = page.events.rows

        assert dead == VendorEvent(
            id="90017752",
            time=datetime(2026, 3, 10, 9, 42, 31, tzinfo=UTC),
            name="LINK_DEAD",
            level=Level.ALERT,
            edge_name="São Paulo 03",
            category="NETWORK",
            text="Link GE2 is now DEAD",
            fields={"logicalId": "02:9a:30:00:00:01:0000", "internalId": "00000001-91bd-4b02-8d77-55c1e9a20a44"},
        )
        assert (down.name, down.fields) == ("EDGE_DOWN", {})
        assert page.events.skipped == ()
        assert page.next_page is None

    @pytest.mark.parametrize(
        ("paging", "expected"),
        [
            ({"more": True, "nextPageLink": "p2"}, "p2"),
            ({"more": False, "nextPageLink": "p2"}, None),
            ({"more": True}, None),
            ({"more": True, "nextPageLink": 5}, None),
            ({}, None),
        ],
    )
    def test_next_page(self, paging: dict[str, Any], expected: str | None) -> None:
        """The next page is named by its link, as long as there is more."""
        assert page_of(**paging).next_page == expected

    @pytest.mark.parametrize(
        "bad",
        [
            5,
            {},
            EVENT | {"id": None},
            EVENT | {"event": None},
            EVENT | {"eventTime": "0000-00-00 00:00:00"},
            EVENT | {"eventTime": None},
        ],
    )
    def test_bad_row(self, bad: Any) -> None:
        """A row without an id, a name or a time costs only itself, and is told."""
        page = page_of(bad, EVENT)

        assert [row.id for row in page.events.rows] == ["1"]
        assert reasons(page.events.skipped) == {"bad_event": 1}

    @pytest.mark.parametrize("value", [None, [], {}, 5, {"data": 5}, {"data": None}])
    def test_wrong_shape(self, value: object) -> None:
        """What is no page is a wrong shape."""
        with pytest.raises(WrongShape):
            events(None if value is None else raw(value))


class TestEvent:
    @pytest.mark.parametrize(
        ("severity", "level"),
        [
            ("EMERGENCY", Level.EMERGENCY),
            ("error", Level.ERROR),
            ("NEW", Level.INFO),
            (None, Level.INFO),
            (3, Level.INFO),
        ],
    )
    def test_level(self, severity: object, level: Level) -> None:
        """Severities are syslog's by name; others are information."""
        assert event(severity=severity).level is level

    @pytest.mark.parametrize(
        ("detail", "fields"),
        [
            (None, {}),
            ("", {}),
            ('{"a": "b", "n": 5, "o": {"x": [1]}}', {"a": "b", "n": "5", "o": '{"x":[1]}'}),
            ({"a": "b", "z": None}, {"a": "b", "z": "null"}),
            ("no JSON", {"detail": "no JSON"}),
            ("[1]", {"detail": "[1]"}),
            ("5", {"detail": "5"}),
            ([1], {}),
            (5, {}),
        ],
    )
    def test_detail(self, detail: object, fields: dict[str, str]) -> None:
        """The detail is a text of an object, an object, null or any text."""
        assert event(detail=detail).fields == fields

    def test_people_and_segments(self) -> None:
        """Who did it and in which segment are fields, where they are told."""
        assert event(enterpriseUsername="ann@example.net", segmentName="Global", detail=None).fields == {
            "enterpriseUsername": "ann@example.net",
            "segmentName": "Global",
        }

    def test_bounded(self) -> None:
        """Everything is bounded, however much comes."""
        found = event(
            event="E" * 9_000,
            message="m" * 9_000,
            category="c" * 9_000,
            detail={f"{n}" * 400: "x" * 9_000 for n in range(10, 99)},
        )

        assert len(found.name) == len(found.category) == 256
        assert len(found.text) == MAX_TEXT_CHARS
        assert len(found.fields) == MAX_FIELDS
        assert {(len(name), len(text)) for name, text in found.fields.items()} == {(256, MAX_TEXT_CHARS)}

    def test_control_characters(self) -> None:
        """Nothing of an event breaks a line or moves a cursor."""
        found = event(message="a\r\nb\x1b[0m", edgeName="x\ny", detail=json.dumps({"k\n": "v\x1b\r\nw"}))

        assert all(text.isprintable() for text in (found.text, found.edge_name, *found.fields, *found.fields.values()))

    @given(
        objects(
            data=st.lists(
                objects(
                    id=st.integers(),
                    eventTime=st.just("2026-03-10T11:00:00.000Z"),
                    event=st.text(max_size=4),
                    detail=JSON_VALUES.map(lambda value: msgspec.json.encode(str(value)).decode()),
                ),
                max_size=4,
            ),
            metaData=objects(more=mostly(st.booleans())),
        )
    )
    def test_any(self, value: Any) -> None:
        """Any JSON is a page, each row of which is an event or told, or a wrong shape."""
        try:
            page = events(raw(value))
        except WrongShape:
            return

        assert len(page.events.rows) + len(page.events.skipped) == len(value["data"])
