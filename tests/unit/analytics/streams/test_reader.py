"""Section 2.6 of the analytics specification, and what it lacks: ids, an end of the dump, and going on behind a cut."""

from collections.abc import Mapping
from typing import Any

import pytest

from satark.analytics.mirror.kept import Word
from satark.analytics.streams.hub import Limits
from satark.analytics.streams.reader import Reader
from satark.analytics.streams.wants import WantsIncidents, wants_incidents, wants_of
from satark.schemas import topics
from tests.unit.analytics.mirror.records import G1, G2, VN, alarm, number, record, state, uve_of, without_state
from tests.unit.analytics.routes.serving import Served, serving
from tests.unit.analytics.streams.reading import Event, Listener

NODE = "ObjectVRouter:node7"
ONE, TWO = [uve_of({("Vn", G1): {"x": number(at)}}) for at in (1, 2)]
WITH_CONFIG = uve_of({("Vn", G1): {"x": number(1)}, ("Config", G2): {"y": number(5)}})


def opened(
    found: Served, last_id: str = "", *, wants: Mapping[str, str] | None = None, only_alarms: bool = False
) -> Reader[Any]:
    """A reader of objects."""
    source = found.hub.objects(wants_of(wants or {}, only_alarms=only_alarms))
    return Reader(source, epoch="e1", last_id=last_id)


def heard(reader: Reader[Any], listener: Listener | None = None) -> list[Event]:
    """All events that there are to be heard now."""
    listener = listener or Listener()
    fresh: list[Event] = []
    while (piece := reader.take()) is not None:
        fresh += listener.take(piece)
    return fresh


def update(key: str, *rest: Any, id_: str = "") -> Event:
    """The event of an update: of a struct and its value, or of an object that is gone."""
    struct, *value = rest
    data = {"key": key, "type": struct, "value": value[0]} if value else {"key": key, "type": struct}
    return Event("update", data, id_)


class TestOriginal:
    def test_a_stream_begins_with_all_there_is(self) -> None:
        """`init`, each struct of each object in order, and the end of the dump, with the id from which to go on."""
        events = heard(opened(serving([state(NODE, TWO), state(VN, WITH_CONFIG)])))

        assert [
            Event("init", None),
            update(VN, "Config", {"__T": 1000, "y": 5}),
            update(VN, "Vn", {"__T": 1000, "x": 1}),
            update(NODE, "Vn", {"__T": 1000, "x": 2}),
            Event("end-of-dump", None, "e1-3"),
        ] == events

    def test_changes_follow(self) -> None:
        """A struct that changed is told whole, one that is gone as null, an object that is gone without a struct."""
        found = serving([state(VN, WITH_CONFIG)])
        reader = opened(found)
        heard(reader)

        found.take(state(VN, TWO), without_state(VN))

        assert [
            update(VN, "Config", None, id_="e1-3"),
            update(VN, "Vn", {"__T": 1000, "x": 2}, id_="e1-4"),
            update(VN, None, id_="e1-5"),
        ] == heard(reader)

    def test_stop_is_the_last(self) -> None:
        """Nothing comes behind it."""
        reader = opened(serving([state(VN, ONE)]))

        (event,) = Listener().take(reader.stop())

        assert (Event("stop", None), None, True) == (event, reader.take(), reader.ended)

    def test_the_bytes_are_those_of_the_original(self) -> None:
        """Down to the spaces."""
        reader = opened(serving([state(VN, ONE)]))
        pieces = [reader.take(), reader.take()]

        assert b"event: init\ndata: null\n\n" == pieces[0]
        assert pieces[1] is not None
        assert pieces[1].startswith(
            b'event: update\ndata: {"key": "ObjectVNTable:default-domain:demo:vn1", "type": "Vn", "value": {'
        )


class TestFilters:
    @pytest.mark.parametrize(
        ("wants", "expected"),
        [
            ({}, [(VN, "Config"), (VN, "Vn"), (NODE, "Vn")]),
            ({"tablefilt": "vrouter"}, [(NODE, "Vn")]),
            ({"tablefilt": "ObjectVNTable,prouter"}, [(VN, "Config"), (VN, "Vn")]),
            ({"kfilt": "node*,x"}, [(NODE, "Vn")]),
            ({"kfilt": "node."}, []),
            ({"cfilt": "Config"}, [(VN, "Config")]),
            ({"cfilt": "Config", "ackfilt": "whatever"}, [(VN, "Config")]),
        ],
    )
    def test_tables_names_and_structs(self, wants: dict[str, str], expected: Any) -> None:
        """They hold for the dump and for changes alike."""
        found = serving()
        reader = opened(found, wants=wants)
        heard(reader)
        found.take(state(VN, WITH_CONFIG), state(NODE, ONE))

        dumped, changed = [
            sorted((event.data["key"], event.data["type"]) for event in events if event.name == "update")
            for events in (heard(opened(found, wants=wants)), heard(reader))
        ]

        assert expected == dumped == changed

    def test_attributes(self) -> None:
        """A struct may be told in part."""
        (_, told, _) = heard(opened(serving([state(VN, ONE)]), wants={"cfilt": "Vn:x"}))

        assert update(VN, "Vn", {"x": 1}) == told

    def test_the_end_of_an_object_is_told_to_whom_it_concerns(self) -> None:
        """A reader of one struct does not hear of objects that never had it."""
        found = serving([state(VN, WITH_CONFIG), state(NODE, ONE)])
        reader = opened(found, wants={"cfilt": "Config"})
        heard(reader)

        found.take(without_state(NODE), without_state(VN))

        assert [update(VN, None, id_="e1-5")] == heard(reader)

    def test_alarms_alone(self) -> None:
        """The stream of alarms is that of one struct."""
        found = serving([state(VN, ONE, [alarm()]), state(NODE, ONE)])
        reader = opened(found, wants={"cfilt": "Vn"}, only_alarms=True)

        before = [event.data["type"] for event in heard(reader) if event.name == "update"]
        found.take(state(VN, TWO), without_state(NODE))

        assert ["UVEAlarms"] == before
        assert [update(VN, "UVEAlarms", None, id_="e1-4")] == heard(reader)


class TestIds:
    def test_a_reader_goes_on_behind_its_id(self) -> None:
        """What it has heard is not told again, and nothing is left out."""
        found = serving([state(VN, ONE)])
        listener = Listener()
        heard(opened(found), listener)
        found.take(state(VN, TWO), state(NODE, ONE))

        events = heard(opened(found, listener.last_id))

        assert [
            Event("resumed", None),
            update(VN, "Vn", {"__T": 1000, "x": 2}, id_="e1-2"),
            update(NODE, "Vn", {"__T": 1000, "x": 1}, id_="e1-3"),
        ] == events

    @pytest.mark.parametrize(
        ("last_id", "why"),
        [
            ("e0-3", "unknown"),
            ("e1-99", "unknown"),
            ("e1-", "unknown"),
            ("e1--1", "unknown"),
            ("e1-²", "unknown"),
            ("e1-" + "9" * 50, "unknown"),
            ("?", "unknown"),
            ("e1-0", "too old"),
        ],
    )
    def test_an_id_that_is_of_no_use(self, last_id: str, why: str) -> None:
        """All comes anew, and a comment says why."""
        found = serving(limits=Limits(entries=2))
        found.take(*(state(f"ObjectVNTable:{name}", ONE) for name in "abc"))
        listener = Listener()

        events = heard(opened(found, last_id), listener)

        assert [f"the id is {why}: all comes anew"] == listener.comments
        assert ["init", "update", "update", "update", "end-of-dump"] == [event.name for event in events]

    def test_heartbeats_carry_ids(self) -> None:
        """A reader to whom nothing of interest happened need not begin anew."""
        found = serving(limits=Limits(entries=1))
        listener = Listener()
        reader = opened(found, wants={"kfilt": "nothing"})
        heard(reader, listener)
        for key in (VN, NODE):
            found.take(state(key, ONE))
            heard(reader, listener)

        before = [event.name for event in listener.events]
        listener.take(reader.heartbeat())

        assert (before, "e1-2", ["heartbeat"]) == (listener.names(), listener.last_id, listener.comments)

    def test_before_the_end_of_the_dump_there_are_none(self) -> None:
        """Who is cut off there must begin anew."""
        found = serving([state(VN, ONE)])
        reader = opened(found)
        reader.take()
        found.take(state("ObjectVNTable:new", ONE))

        piece = reader.heartbeat() + (reader.take() or b"")

        assert b"id:" not in piece

    def test_v1_tells_what_became_of_an_id(self) -> None:
        """In the data of its first event."""
        found = serving(limits=Limits(entries=1))
        found.take(state(VN, ONE), state(NODE, ONE))

        firsts = [
            heard(Reader(found.hub.objects(wants_of({})), epoch="e1", last_id=last_id, detailed=True))[0]
            for last_id in ("", "e1-2", "e1-0")
        ]

        assert [
            Event("init", {"resumed": False}),
            Event("resumed", {"resumed": True}),
            Event("init", {"resumed": False, "lost": "too_old"}),
        ] == firsts


class TestSlow:
    def test_who_falls_behind_is_sent_away(self) -> None:
        """What comes next is forgotten: `stop`, and it is known why."""
        found = serving(limits=Limits(entries=2))
        reader = opened(found)
        heard(reader)

        found.take(*(state(f"ObjectVNTable:{name}", ONE) for name in "abc"))

        assert [Event("stop", None)] == heard(reader)
        assert (True, True) == (reader.dropped, reader.ended)

    def test_nothing_is_dumped_before_all_is_known(self) -> None:
        """While the past is being read a reader only has the beginning."""
        found = serving()
        found.mirror.ready = False
        found.take(state(VN, ONE))
        reader = opened(found)
        before = heard(reader)

        found.mirror.ready = True

        assert [Event("init", None)] == before
        assert ["update", "end-of-dump"] == [event.name for event in heard(reader)]


INCIDENTS = [
    b'{"event":"opened","incident":"i1","entity":"wan-link/a","kind":"wan-link","severity":"warning"}',
    b'{"event":"opened","incident":"i2","entity":"ObjectVRouter:b","kind":"vrouter","severity":"critical"}',
    b'{"event":"resolved","incident":"i1","entity":"wan-link/a","kind":"wan-link","severity":"warning"}',
]


class TestIncidents:
    def test_the_latest_and_what_follows(self) -> None:
        """The dump has the newest event of each, changes have all."""
        found = serving([record(topics.ANOMALIES, b"k", each) for each in INCIDENTS[:2]])
        reader: Reader[Any] = Reader(found.hub.incidents(WantsIncidents()), epoch="e1")
        dumped = [event.data["incident"] for event in heard(reader) if event.name == "update"]

        found.take(record(topics.ANOMALIES, b"k", INCIDENTS[2]))

        assert ["i1", "i2"] == dumped
        assert [("resolved", "e1-3")] == [(event.data["event"], event.id) for event in heard(reader)]

    @pytest.mark.parametrize(
        ("parameters", "expected"),
        [
            ({}, [True, True]),
            ({"entity": "wan-link/*,x"}, [True, False]),
            ({"kind": "vrouter"}, [False, True]),
            ({"severity": "critical,warning", "kind": "wan-link"}, [True, False]),
            ({"severity": "info"}, [False, False]),
        ],
    )
    def test_filters(self, parameters: dict[str, str], expected: list[bool]) -> None:
        """Entities by pattern, kinds and severities by name."""
        words = [
            Word(incident="i1", entity="wan-link/a", kind="wan-link", severity="warning"),
            Word(incident="i2", entity="ObjectVRouter:b", kind="vrouter", severity="critical"),
        ]

        assert expected == [wants_incidents(parameters).has(word) for word in words]
