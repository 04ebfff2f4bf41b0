from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.contents import share_of
from satark.sandesh.generator.identities import Key, UveError, identity_of, key_of
from satark.sandesh.generator.outbox import Outbox, Stamp
from satark.sandesh.generator.uves import UveCache, deletion_of
from satark.sandesh.types import (
    BOOL,
    I64,
    IPV4,
    STRING,
    U16,
    Field,
    Header,
    Kind,
    Layout,
    Level,
    ListOf,
    MessageLayout,
    Struct,
    StructOf,
    UveMessage,
    attributes,
)
from satark.sandesh.wire.frame import FrameReader
from satark.sandesh.wire.xml import decode_frame, encode, header_of
from tests.unit.sandesh.generator.statistics.programs import optional, uve_of

SENDER = Header(source="h", module="m", node_type="n", instance_id="0")


@dataclass(slots=True, kw_only=True)
class Port(Struct):
    """A port of a router that others may speak for; not all of its key names a table."""

    __sandesh__: ClassVar[Layout] = Layout(
        name="Port",
        fields=(
            Field(id=1, name="name", type=STRING, annotations={"key": "ObjectRouter"}),
            Field(id=2, name="number", type=U16, annotations={"key": "ObjectPort"}),
            Field(id=3, name="address", type=IPV4, optional=True, annotations={"key": "ObjectAddress"}),
            Field(id=4, name="proxy", type=STRING),
            Field(id=5, name="total", type=I64, optional=True),
            Field(id=6, name="note", type=STRING, optional=True, annotations={"key": ""}),
            Field(id=7, name="deleted", type=BOOL, optional=True),
        ),
    )

    name: str | None = None
    number: int | None = None
    address: IPv4Address | None = None
    proxy: str | None = None
    total: int | None = None
    note: str | None = None
    deleted: bool | None = None


@dataclass(slots=True, kw_only=True)
class PortTrace(UveMessage):
    """The UVE of it."""

    __sandesh__: ClassVar[MessageLayout] = MessageLayout(
        name="PortTrace", kind=Kind.UVE, fields=(Field(id=1, name="data", type=StructOf("Port", lambda: Port)),)
    )

    data: Port | None = None


def port(name: str | None = "r", number: int | None = 1, *, table: str | None = None, **fields: Any) -> PortTrace:
    """A UVE of a port."""
    return PortTrace(table=table, data=Port(name=name, number=number, **fields))


class TestKey:
    @given(
        name=st.text("a:&<é ", max_size=3),
        number=st.integers(0, 9),
        address=st.none() | st.builds(IPv4Address, st.integers(0, 2**32 - 1)),
        proxy=st.none() | st.text("p&", max_size=2),
        table=st.none() | st.sampled_from(["ObjectOther", "&"]),
    )
    def test_is_the_collectors(
        self, name: str, number: int, address: IPv4Address | None, proxy: str | None, table: str | None
    ) -> None:
        """Table, key and proxy are those that a collector finds in the message."""
        message = port(name, number, address=address, proxy=proxy, table=table, note="x")
        header = header_of(message, SENDER, timestamp_us=1, sequence_number=1, level=Level.SYS_NOTICE)
        (frame,) = FrameReader().feed(encode(header, message))
        share = share_of(decode_frame(frame))
        assert share is not None

        assert key_of(message) == Key("PortTrace", share.table, share.name, share.proxy)

    @pytest.mark.parametrize(
        ("message", "problem"),
        [
            (PortTrace(), "PortTrace has no data with a key"),
            (port(None), "PortTrace has no name"),
            (port(number=None), "PortTrace has no number"),
            (port(number=70_000), "PortTrace: number: 70000 is no u16"),
        ],
    )
    def test_none(self, message: PortTrace, problem: str) -> None:
        """A message that says not all of whose it is belongs to nobody."""
        with pytest.raises(UveError, match=problem):
            key_of(message)

    def test_no_table(self) -> None:
        """A table that is said to be none at run time is none."""
        uve = uve_of()
        with pytest.raises(UveError, match="ThingTrace has no table"):
            key_of(uve(data=uve.Data(name="a"), table=""))

    def test_no_scalar(self) -> None:
        """What is no text cannot be a key."""
        uve = uve_of(optional(1, "words", ListOf(STRING), key="ObjectWord"))
        with pytest.raises(UveError, match="words is no key"):
            key_of(uve(data=uve.Data(name="a", words=["b"])))


def test_identity() -> None:
    """All key fields that are set and the proxy tell an update's object, whatever else it says."""
    data = Port(name="r", number=1, proxy="", total=5)

    assert identity_of(data) == {"name": "r", "number": 1, "proxy": ""}


class TestCache:
    @pytest.mark.parametrize("other", [{"number": 2}, {"proxy": "p"}, {"proxy": ""}, {"address": IPv4Address(1)}])
    def test_others_are_apart(self, other: dict[str, Any]) -> None:
        """Two objects that differ in a later key field, or in the proxy, keep a state each."""
        cache = UveCache()
        for number, message in enumerate((port(total=1, note="x"), port(**other, total=2)), 1):
            cache.update(message, sequence_number=number, level=Level.SYS_NOTICE, now_s=1.0)
        kept: list[Any] = [each.message for each in cache.resync({})]

        assert [(1, "x"), (2, None)] == [(each.data.total, each.data.note) for each in kept]

    def test_deleting_one_of_two(self) -> None:
        """A deletion says all of whose it is, and leaves the other proxy's state."""
        cache = UveCache()
        for number, proxy in enumerate(("p", "q"), 1):
            cache.update(port(proxy=proxy), sequence_number=number, level=Level.SYS_NOTICE, now_s=1.0)
        deletion = deletion_of(port(proxy="p", total=5))
        cache.update(deletion, sequence_number=3, level=Level.SYS_NOTICE, now_s=2.0)
        cache.settle(cache.graves)

        assert {"name": "r", "number": 1, "proxy": "p", "deleted": True} == attributes(deletion.data)  # type: ignore[attr-defined]
        assert ["q"] == [each.key.proxy for each in cache]

    def test_what_a_collector_asks_for(self) -> None:
        """One object is asked for by its joined key; a struct has all proxies', a struct with a proxy that one's."""
        cache = UveCache()
        for number, (port_number, proxy) in enumerate(((1, None), (1, "p"), (2, "p")), 1):
            message = port(number=port_number, proxy=proxy)
            cache.update(message, sequence_number=number, level=Level.SYS_NOTICE, now_s=1.0)
        asked = [("Port", None), ("PortTrace", None), ("Port-p", None), ("Port", "ObjectRouter:r:1")]

        assert [[1, 2, 3], [1, 2, 3], [2, 3], [1, 2]] == [
            [each.sequence_number for each in cache.of_type(*each)] for each in asked
        ]

    def test_numbers_of_a_proxy(self) -> None:
        """What a collector has of one proxy does not tell that it has another's."""
        cache = UveCache()
        for number, proxy in enumerate((None, "p", "q"), 1):
            cache.update(port(proxy=proxy), sequence_number=number, level=Level.SYS_NOTICE, now_s=1.0)

        assert [None, "q"] == [each.key.proxy for each in cache.resync({"Port-p": 2})]
        assert ["p", "q"] == [each.key.proxy for each in cache.resync({"Port": 5})]
        assert [] == cache.resync({"PortTrace": 3})


class TestStatistics:
    def test_of_two_proxies(self) -> None:
        """Derived statistics are each proxy's own, and their periodic results say whose they are."""
        uve = uve_of(
            optional(1, "proxy", STRING),
            optional(2, "x", I64, hidden="yes"),
            optional(3, "sum", I64, stats="1-x:DSSum"),
            period=30,
        )
        box = Outbox(SENDER, established=True)
        for proxy, value in (("p", 1), ("q", 10), ("p", 2)):
            box.submit(uve(data=uve.Data(name="a", proxy=proxy, x=value)), Stamp(1.0))
        box.take()
        box.tick(31.0)
        classes = {"ThingTrace": uve}
        frames = [frame for each in box.take() for frame in FrameReader().feed(each.frame)]
        told: list[Any] = [decode_frame(each, classes).body for each in frames]

        assert [("a", "p", 3), ("a", "q", 10)] == [(e.data.name, e.data.proxy, e.data.sum) for e in told]
