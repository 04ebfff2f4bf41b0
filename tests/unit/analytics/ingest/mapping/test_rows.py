"""Events as rows: every kind of event, as wide as its table, and the same each time."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from satark.analytics.ingest.mapping.rows import KEPT, Rows, add_rows
from satark.analytics.store.tables import BY_NAME
from satark.schemas import examples
from satark.schemas.messages import Message, SandeshHeader
from satark.schemas.uves import UveShare, Value

ORIGIN = ("topic", 3, 17)


def rows_of(*events: Any) -> Rows:
    """Return the rows of events."""
    rows = Rows()
    for event in events:
        add_rows(event, ORIGIN, rows)
    return rows


def named(table: str, rows: Rows) -> list[dict[str, Any]]:
    """Return a table's rows by the names of its columns."""
    return [dict(zip(BY_NAME[table].names, row, strict=True)) for row in rows.by_table.get(table, [])]


class TestAddRows:
    @pytest.mark.parametrize("kind", sorted(KEPT, key=str))
    def test_an_event_gives_rows_as_wide_as_their_tables(self, kind: type) -> None:
        """Each row has a value for each column, and ends in where its record was."""
        rows = rows_of(examples.examples()[kind])

        widths = {(table, len(row)) for table, some in rows.by_table.items() for row in some}
        assert widths == {(table, len(BY_NAME[table].names)) for table in rows.by_table}
        assert all(row[-3:] == ORIGIN for some in rows.by_table.values() for row in some)

    @pytest.mark.parametrize("kind", sorted(KEPT, key=str))
    def test_the_same_event_gives_the_same_rows(self, kind: type) -> None:
        """Rows are a function of the record."""
        event = examples.examples()[kind]

        assert rows_of(event) == rows_of(event)


class TestSamples:
    def test_a_sample_is_a_row_a_metric(self) -> None:
        """Three metrics are three rows of one time."""
        rows = named("samples", rows_of(examples.sample()))

        assert [(row["metric"], row["value"]) for row in rows] == [
            ("latency_ms_rx", 95.0),
            ("latency_ms_tx", 21.5),
            ("loss_pct_rx", 0.1),
        ]
        assert {row["time"] for row in rows} == {int(examples.BEGIN.timestamp()) * 1_000_000}

    def test_an_entity_is_one_row_from_its_first_time_to_its_last(self) -> None:
        """Samples of one entity, in whatever order, make one row with the labels last told."""
        later = msgspec.structs.replace(
            examples.sample(), time=examples.BEGIN + timedelta(hours=1), labels={"edge": "x"}
        )
        begin = int(examples.BEGIN.timestamp()) * 1_000_000

        entities = rows_of(examples.sample(), later, examples.sample()).entities

        assert list(entities.values()) == [
            (examples.ENTITY, "wan-link", examples.LABELS, begin, begin + 3_600_000_000),
        ]


class TestMessages:
    def test_a_daemons_message_names_its_sender_and_its_objects(self) -> None:
        """The header's names, number and severity are columns; each object is a row of its own."""
        header = SandeshHeader(type="OBJECT", source="host", node_type="Control", module="ctl", instance="0", level=4)
        event = message(sandesh=header, objects=("ObjectVNTable:a:b", "ObjectVMTable:c"), body="<a/>")
        rows = rows_of(event)

        (row,) = named("messages", rows)
        assert (row["source"], row["module"], row["type"], row["level"]) == ("host", "ctl", 7, 4)
        assert [(each["object_table"], each["name"], each["body"]) for each in named("objects", rows)] == [
            ("ObjectVNTable", "a:b", "<a/>"),
            ("ObjectVMTable", "c", "<a/>"),
        ]

    def test_a_severity_that_is_none_is_taken_from_the_event(self) -> None:
        """The largest number stands for no severity: the one that the event has counts."""
        (row,) = named("messages", rows_of(message(sandesh=SandeshHeader(type="TRACE", level=2_147_483_647))))

        assert (row["type"], row["level"]) == (4, 1)

    def test_an_orchestrators_event_is_of_no_sandesh_type(self) -> None:
        """Its source is the orchestrator and its module the kind of message."""
        (row,) = named("messages", rows_of(examples.message()))

        assert (row["type"], row["source"], row["module"]) == (0, "vco.example.net", "vco-event")

    def test_a_large_body_is_not_kept_with_each_of_many_objects(self) -> None:
        """All copies together stay below a limit; one is always kept."""
        objects = tuple(f"ObjectVNTable:{number}" for number in range(100))
        rows = named("objects", rows_of(message(objects=objects, body="x" * 300_000)))

        assert [len(row["body"]) for row in rows] == [300_000] * 3 + [0] * 97


class TestShares:
    def test_a_share_is_the_message_that_it_was(self) -> None:
        """A share is a message of type 6 and level -100 with its XML, and a row of its object."""
        rows = rows_of(examples.share())
        (row,), (about,) = named("messages", rows), named("objects", rows)

        assert (row["type"], row["level"], row["message_type"]) == (6, -100, "UveVirtualNetworkAgentTrace")
        assert (row["source"], row["module"]) == ("compute-1", "contrail-vrouter-agent")
        assert (about["object_table"], about["name"]) == ("ObjectVNTable", "default-domain:admin:web")
        assert row["body"] == (
            '<UveVirtualNetworkAgentTrace type="sandesh"><data type="struct"><UveVirtualNetworkAgent>'
            '<name type="string" key="ObjectVNTable">default-domain:admin:web</name>'
            '<total_acl_rules type="i32">4</total_acl_rules><interface_list type="list" aggtype="union">'
            '<list type="string" size="2"><element>web-1</element><element>web-2</element></list></interface_list>'
            "</UveVirtualNetworkAgent></data></UveVirtualNetworkAgentTrace>"
        )

    def test_an_alarm_is_of_its_own_type(self) -> None:
        """An alarm's share is a message of type 11."""
        (row,) = named("messages", rows_of(msgspec.structs.replace(examples.share(), alarm=True)))

        assert row["type"] == 11

    def test_what_xml_cannot_carry_has_no_body(self) -> None:
        """An attribute that would be an XML attribute twice leaves the body empty, and the row stays."""
        odd = {"a": Value(type="i32", text="1", annotations={"type": "x"})}
        (row,) = named("messages", rows_of(msgspec.structs.replace(examples.share(), attributes=odd)))

        assert row["body"] == ""

    def test_a_withdrawal_has_no_rows(self) -> None:
        """That a session ended is told by the generator's own event."""
        assert rows_of(examples.withdrawn()).count == 0


def message(**changes: Any) -> Message:
    """Return the example message with changes."""
    return msgspec.structs.replace(examples.message(), **changes)


def share(attributes: dict[str, Value], **changes: Any) -> UveShare:
    """Return the example share with other attributes."""
    return msgspec.structs.replace(examples.share(), attributes=attributes, **changes)
