import json
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.generator.datagrams import datagram
from satark.sandesh.generator.messages.state import SandeshModuleClientTrace
from satark.sandesh.types import STRING, U64, ListOf, MapOf, StructOf
from tests.unit.sandesh.generated import DATA, generated
from tests.unit.sandesh.generator.statistics.programs import optional, uve_of
from tests.unit.sandesh.probe import Colour, ProbeStat, ProbeUve, ProbeUveTrace

RECORDED = [json.loads(line.partition(" ")[2]) for line in (DATA / "sink" / "datagrams.txt").read_text().splitlines()]


@pytest.fixture(scope="module")
def uves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The UVEs of the recorded program."""
    with generated(tmp_path_factory.mktemp("generated"), "recorded_sink", "introspect/uves.sandesh") as package:
        yield package.uves


def value_of(type_: Any, told: Any) -> Any:
    """A value from what a datagram tells of it."""
    match type_:
        case StructOf():
            return struct_of(type_.resolve(), told["VAL"])
        case ListOf(element):
            return [value_of(element, each) for each in told["VAL"]]
        case MapOf(_, element):
            as_text = isinstance(element, StructOf) or element == STRING
            return {key: value_of(element, each if as_text else int(each)) for key, each in told["VAL"].items()}
    return told


def struct_of(class_: Any, told: Any) -> Any:
    """A struct from its fields in a datagram."""
    fields = {each.name: each for each in class_.__sandesh__.fields}
    return class_(**{name: value_of(fields[name].type, each["VAL"]) for name, each in told.items()})


@pytest.mark.parametrize("recorded", RECORDED, ids=range(len(RECORDED)))
def test_as_recorded(uves: Any, recorded: Any) -> None:
    """The datagrams of the original come out again when their values are put in."""
    name = next(iter(recorded))
    class_ = SandeshModuleClientTrace if name == "SandeshModuleClientTrace" else getattr(uves, name)
    data: Any = class_.__sandesh__.fields[0].type
    message = class_(data=struct_of(data.resolve(), recorded[name]["data"]["VAL"]["VAL"]))

    told = json.loads(datagram(message, recorded["TIMESTAMP"]))

    assert recorded == told


def test_every_type() -> None:
    """Numbers and truth values are JSON's, all else is text; maps have text only; what is hidden stays here."""
    data = ProbeUve(
        name="ä",
        a_set={"one"},
        colour=Colour.GREEN,
        ratio=float("inf"),
        hid=1,
        addr=IPv6Address("::1"),
        uuid=UUID(int=1),
        doc="<x/>",
        yes=True,
        stats_list=[ProbeStat(in_bytes=1)],
        cmap={"a": 2},
    )

    fields = json.loads(datagram(ProbeUveTrace(data=data), 7))["ProbeUveTrace"]["data"]["VAL"]["VAL"]

    values = {name: each["VAL"] for name, each in fields.items()}
    assert {
        "name": "ä",
        "a_set": {"VAL": ["one"]},
        "colour": 5,
        "ratio": "inf",
        "addr": "::1",
        "uuid": "00000000-0000-0000-0000-000000000001",
        "doc": "<x/>",
        "yes": True,
        "stats_list": {"VAL": [{"VAL": {"in_bytes": {"TYPE": "u64", "VAL": 1}}}]},
        "cmap": {"VALUE": "u64", "VAL": {"a": "2"}},
    } == values
    assert "hid" not in fields


def test_pairs() -> None:
    """A map by structs is an object by their JSON."""
    pairs = MapOf(StructOf("ProbeStat", lambda: ProbeStat), U64)
    uve = uve_of(optional(1, "pairs", pairs))
    told = json.loads(datagram(uve(data=uve.Data(pairs=[(ProbeStat(in_bytes=1), 7)])), 7))

    (field,) = told["ThingTrace"]["data"]["VAL"]["VAL"].values()
    ((key, value),) = field["VAL"]["VAL"].items()
    assert {"VAL": {"in_bytes": {"TYPE": "u64", "VAL": 1}}} == json.loads(key)
    assert value == "7"


@given(st.text(), st.floats(), st.ip_addresses())
def test_always_json(name: str, ratio: float, addr: IPv4Address | IPv6Address) -> None:
    """Whatever the values, a datagram is one JSON document in UTF-8."""
    told = datagram(ProbeUveTrace(data=ProbeUve(name=name, ratio=ratio, addr=addr)), 0)

    assert ["ProbeUveTrace", "TIMESTAMP"] == list(json.loads(told.decode()))
