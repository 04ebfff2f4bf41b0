"""Values of generated classes, written and read again."""

from collections.abc import Iterator
from ipaddress import IPv4Address, ip_address
from types import ModuleType
from uuid import UUID

import pytest

from satark.sandesh.compiler.python.package import files
from satark.sandesh.compiler.units import bundle_of
from satark.sandesh.types import Message
from satark.sandesh.wire.reader import decode_message
from satark.sandesh.wire.writer import encode_message
from tests.unit.sandesh.compiler.programs import everything, imported


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The generated package of the program with everything."""
    generated = {path: text for unit in everything().units for path, text in files(bundle_of(unit), {}).items()}
    return imported(generated, tmp_path_factory.mktemp("generated"), "acme.everything")


def messages(package: ModuleType) -> Iterator[Message]:
    """A message of every kind, with every type somewhere."""
    everything = package
    common = everything.definitions.common
    scalars = everything.Scalars(
        f_bool=True,
        f_byte=-128,
        f_i16=-32768,
        f_i32=-1,
        f_i64=2**63 - 1,
        f_u16=65535,
        f_u32=2**32 - 1,
        f_u64=2**64 - 1,
        f_double=0.1,
        f_string="a <b> & \"c\" 'd' ä €",
        f_binary="x",
        f_slist="y",
        f_xml="<a>]]></a>",
        f_ipv4=IPv4Address("10.0.0.1"),
        f_ipaddr=ip_address("2001:db8::1"),
        f_uuid=UUID("b3c3ec60-0000-4000-8000-000000000001"),
        f_enum=everything.Colour.BLUE,
        f_typedef=5,
        f_senum="calm",
        f_included=common.PortState.None_,
    )
    either = everything.Either(left="l")
    containers = everything.Containers(
        numbers=[1, 2],
        words={"a", "b"},
        by_name={"x": 1},
        structs=[either],
        struct_set=[either, everything.Either(right=2)],
        deep={everything.Colour.RED: [{7: {ip_address("1.2.3.4"), ip_address("::1")}}]},
        names=[],
        distances={everything.Colour.GREEN: 4},
        counters=[common.Counters(packets=1)],
        counters_by_side=[(either, common.Counters(packets=1)), (everything.Either(), common.Counters())],
        pairs_of_pairs=[([1, 2], [(either, 1), (either, 2)]), ([], [])],
    )
    awkward = everything.Awkward(from_="f", None_="n", str_=1, dict_=["d"], Either_=either, secret_="s", async_=2)
    state = everything.ThingState(
        name="thing",
        total=3,
        stats=[everything.ThingStat(in_bytes=1, out_bytes=2, peer="p")],
        state=common.PortState.UP,
    )
    yield everything.EverythingLog(what="w", number=3, scalars=scalars, file="a.py", line=7)
    yield everything.ThingLog(thing=everything.Thing(name="n", detail="d"), containers=containers)
    yield everything.ThingFlow(flows=[scalars, scalars])
    yield everything.ThingTrace(what="w", n=1)
    yield everything.ThingRequest(name="n", count=4, words=["a"])
    yield everything.EmptyRequest()
    yield everything.ThingResponse(
        rows=[everything.ThingRow(key="k", value=1)], extra=awkward, defaults=everything.Defaults(number=2)
    )
    yield everything.ThingUve(data=state, table="ObjectThingTable")
    yield everything.ThingAlarm(data=state, table="ObjectThingTable")
    yield everything.AnyThingUve(data=everything.AnyThing(name="a", elements={"k": "v"}), table="ObjectOther")


def test_what_is_written_is_read(package: ModuleType) -> None:
    """Generated classes are what the codec works on, in both directions."""
    for message in messages(package):
        assert decode_message(type(message), encode_message(message)) == message


def test_names_on_the_wire_are_those_of_the_definition(package: ModuleType) -> None:
    """A mangled attribute travels under its own name."""
    response = package.ThingResponse(extra=package.Awkward(from_="x", secret_="y"))

    written = encode_message(response)

    assert b'<from type="string" identifier="1">x</from>' in written
    assert b"<__secret " in written


def test_constant_texts_are_sent(package: ModuleType) -> None:
    """A log carries its literals."""
    assert b'<str1 type="string" identifier="1">trace:</str1>' in encode_message(package.ThingTrace(what="w"))
