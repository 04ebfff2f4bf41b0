"""Statistics: what `tags` annotations make of shares and of objects' logs."""

from typing import Any

import pytest

from satark.analytics.ingest.mapping.rows import Rows
from satark.analytics.ingest.mapping.statistics import StatColumn
from satark.schemas.messages import SandeshHeader
from satark.schemas.uves import Value
from tests.unit.analytics.ingest.mapping.test_rows import message, named, rows_of, share


def scalar(type_: str, text: str, **annotations: str) -> Value:
    """Return a scalar."""
    return Value(type=type_, text=text, annotations=annotations)


def struct(name: str, **fields: Value) -> Value:
    """Return a struct."""
    return Value(type="struct", struct=name, fields=fields)


DISK = struct("DiskUsage", partition_name=scalar("string", "sda"), used=scalar("u64", "7"), pct=scalar("double", "1.5"))
DISK_COLUMNS = {"d.partition_name": "sda", "d.used": 7, "d.pct": 1.5}


def tagged(value: Value, tags: str) -> Value:
    """Return the value as statistics."""
    return Value(
        type=value.type,
        text=value.text,
        struct=value.struct,
        fields=value.fields,
        element=value.element,
        key=value.key,
        items=value.items,
        entries=value.entries,
        annotations={"tags": tags},
    )


CASES: dict[str, tuple[dict[str, Value], list[dict[str, Any]]]] = {
    "a struct is one sample": ({"d": tagged(DISK, ".partition_name")}, [DISK_COLUMNS]),
    "a list of structs is one an element": (
        {"d": tagged(Value(type="list", element="struct", items=(DISK, DISK)), "")},
        [DISK_COLUMNS, DISK_COLUMNS],
    ),
    "a map of numbers has keys and values": (
        {"d": tagged(Value(type="map", key="string", element="u32", entries=(("eth0", "5"),)), ".__key")},
        [{"d.__key": "eth0", "d.value": 5}],
    ),
    "a map of structs has keys and members": (
        {"d": tagged(Value(type="map", key="string", element="struct", entries=(("k", DISK),)), ".__key")},
        [{"d.__key": "k", **DISK_COLUMNS}],
    ),
    "a bare tag is a column beside": (
        {"vn": scalar("string", "blue"), "d": tagged(struct("S", n=scalar("i32", "1")), "vn")},
        [{"vn": "blue", "d.n": 1}],
    ),
    "what is not tagged is no statistic": ({"d": DISK}, []),
    "a number beyond 64 bits with a sign is the largest": (
        {"d": tagged(struct("S", n=scalar("u64", str(2**64 - 1))), "")},
        [{"d.n": 2**63 - 1}],
    ),
    "a list of texts is a column of several": (
        {"d": tagged(struct("S", names=Value(type="list", element="string", items=("a", "b"))), ".names")},
        [{"d.names": ["a", "b"]}],
    ),
}


def values(rows: Rows) -> list[dict[str, Any]]:
    """Return the columns of each sample."""
    return [row["texts"] | row["integers"] | row["doubles"] | row["lists"] for row in named("statistics", rows)]


class TestStatistics:
    @pytest.mark.parametrize("case", CASES)
    def test_a_tagged_attribute_is_samples(self, case: str) -> None:
        """Each shape of an attribute gives the samples that it should."""
        attributes, expected = CASES[case]

        assert values(rows_of(share(attributes))) == expected

    def test_a_sample_names_its_statistic_its_object_and_its_source(self) -> None:
        """The statistic is struct and attribute, the name that of the object, the source the generator's host."""
        rows = named("statistics", rows_of(share({"d": tagged(DISK, ".partition_name")})))

        assert [(row["stat"], row["name"], row["source"]) for row in rows] == [
            ("UveVirtualNetworkAgent.d", "default-domain:admin:web", "compute-1")
        ]

    def test_samples_of_one_message_have_different_ids(self) -> None:
        """The ids tell samples apart that are equal otherwise."""
        listed = Value(type="list", element="struct", items=(DISK, DISK))
        rows = named("statistics", rows_of(share({"d": tagged(listed, "")})))

        assert len({row["id"] for row in rows}) == 2

    def test_what_is_told_again_after_a_reconnect_is_no_sample(self) -> None:
        """A share with SYNC repeats what is known."""
        assert values(rows_of(share({"d": tagged(DISK, "")}, sync=True))) == []

    def test_a_proxy_is_a_column_and_no_part_of_the_statistic(self) -> None:
        """The struct's name of a share by proxy ends in the proxy's name; the statistic is the same for all."""
        attributes = {"proxy": scalar("string", "tor-1"), "d": tagged(DISK, "")}
        (row,) = named("statistics", rows_of(share(attributes, struct="UveVirtualNetworkAgent-tor-1")))

        assert (row["stat"], row["proxy"]) == ("UveVirtualNetworkAgent.d", "tor-1")

    def test_an_objects_log_has_statistics_too(self) -> None:
        """The XML of an OBJECT message is read for tags; its statistics go by the message's name."""
        body = (
            '<PeerFlap type="sandesh"><name type="string" key="ObjectBgpPeer">p1</name><flap type="struct" tags=".why">'
            '<Flap><why type="string">hold</why><count type="u32">3</count></Flap></flap></PeerFlap>'
        )
        header = SandeshHeader(type="OBJECT", source="host")
        (row,) = named("statistics", rows_of(message(name="PeerFlap", sandesh=header, body=body)))

        assert (row["stat"], row["name"], row["integers"]) == ("PeerFlap.flap", "p1", {"flap.count": 3})

    @pytest.mark.parametrize("body", ['<a tags=""', '<a type="sandesh"><b tags="" type="list"/></a>', ']]> tags="x'])
    def test_a_body_that_cannot_be_read_has_no_statistics(self, body: str) -> None:
        """A broken body is kept as it is; it has no samples."""
        rows = rows_of(message(sandesh=SandeshHeader(type="OBJECT"), body=body))

        assert (len(named("messages", rows)), values(rows)) == (1, [])


class TestColumns:
    def test_columns_are_learnt_with_their_types_and_indices(self) -> None:
        """What a sample had is what the catalogue learns: type, whether it is indexed, what it is looked up with."""
        attributes = {"vn": scalar("string", "blue"), "d": tagged(DISK, "vn:.partition_name")}

        assert rows_of(share(attributes)).columns == {
            StatColumn("UveVirtualNetworkAgent.d", "vn", "string", indexed=True, suffixes=("d.partition_name",)),
            StatColumn("UveVirtualNetworkAgent.d", "d.partition_name", "string", indexed=True, suffixes=()),
            StatColumn("UveVirtualNetworkAgent.d", "d.used", "int", indexed=False, suffixes=()),
            StatColumn("UveVirtualNetworkAgent.d", "d.pct", "double", indexed=False, suffixes=()),
        }
