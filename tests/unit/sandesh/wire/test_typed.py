from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from satark.sandesh.types import (
    I32,
    STRING,
    U16,
    Base,
    Field,
    Kind,
    Layout,
    ListOf,
    MapOf,
    Message,
    MessageLayout,
    Struct,
    StructOf,
)
from satark.sandesh.wire.errors import BodyError, EncodeError, MalformedError
from satark.sandesh.wire.generic import decode_tree, encode_tree
from satark.sandesh.wire.reader import decode_message
from satark.sandesh.wire.writer import encode_message
from tests.unit.sandesh.probe import (
    Colour,
    Containers,
    Inner,
    ProbeContainersLog,
    ProbeIf,
    ProbeRequest,
    ProbeSystemLog,
    ProbeUve,
    ProbeUveTrace,
)
from tests.unit.sandesh.values import message_class, messages


@dataclass(slots=True, kw_only=True)
class Odd(Message):
    __sandesh__: ClassVar[MessageLayout] = MessageLayout(
        name="Odd",
        kind=Kind.REQUEST,
        fields=(
            Field(id=1, name="from", type=STRING, attribute="from_"),
            Field(id=2, name="port", type=U16),
            Field(id=3, name="ports", type=MapOf(STRING, ListOf(U16))),
            Field(id=4, name="inner", type=StructOf("Inner", lambda: Inner)),
            Field(id=5, name="inners", type=ListOf(StructOf("Inner", lambda: Inner))),
            Field(id=6, name="noted", type=I32, annotations={"z": 'a"<&', "a": "\n"}),
        ),
    )

    from_: str | None = None
    port: int | None = None
    ports: dict[str, list[int]] | None = None
    inner: Inner | None = None
    inners: list[Inner] | None = None
    noted: int | None = None


def body(fields: str) -> bytes:
    """The bytes of an `Odd` with these fields."""
    return f'<Odd type="sandesh">{fields}</Odd>'.encode()


@given(messages())
def test_any_value_of_any_type_survives_the_wire(message: Message) -> None:
    """Nested containers, structs, enums, addresses and every sendable text come back as they were."""
    encoded = encode_message(message)

    back = decode_message(type(message), encoded)

    assert back == message
    assert encode_message(back) == encoded


ODDITIES = st.sampled_from(
    ["]]>", "]]]]>", "\0", "\ud800", "\x01", "\r\n", "\ufffe", "&amp;", "&#1;", "<![CDATA[", "\U0010ff0d\r"]
)


@given(st.text(st.characters()) | st.lists(ODDITIES | st.text(max_size=3)).map("".join), st.floats())
def test_any_text_goes_out_as_xml(text: str, number: float) -> None:
    """Whatever XML cannot carry, any reader of XML takes what is sent, and what comes back is sent as the same bytes."""
    class_: Any = message_class((("a", STRING), ("b", Base("xml")), ("c", ListOf(STRING)), ("d", Base("double"))))
    encoded = encode_message(class_(a=text, b=text, c=[text], d=number))

    etree.fromstring(encoded)
    once = encode_message(decode_message(class_, encoded))

    assert encode_message(decode_message(class_, once)) == once
    assert encode_tree(decode_tree(once)) == once


def test_unset_fields_are_not_sent() -> None:
    """Only constants remain of a message with nothing in it."""
    encoded = encode_message(ProbeSystemLog())

    assert encoded == (
        b'<ProbeSystemLog type="sandesh"><str1 type="string" identifier="1">static text one</str1>'
        b'<str4 type="string" identifier="4">static text two</str4></ProbeSystemLog>'
    )


def test_a_name_that_python_cannot_have_is_still_the_name_on_the_wire() -> None:
    """The attribute is another, the element is not."""
    encoded = encode_message(Odd(from_="x"))

    assert encoded == body('<from type="string" identifier="1">x</from>')
    assert decode_message(Odd, encoded) == Odd(from_="x")


def test_annotations_are_sorted_and_escaped() -> None:
    """They follow type and identifier."""
    assert encode_message(Odd(noted=1)) == body(
        '<noted type="i32" identifier="6" a="&#10;" z="a&quot;&lt;&amp;">1</noted>'
    )


@pytest.mark.parametrize(
    ("field", "error"),
    [
        (Field(id=1, name="a", type=I32, annotations={"type": "x"}), "Broken.a: no annotation can be called 'type'"),
        (
            Field(id=1, name="a", type=I32, annotations={"identifier": "x"}),
            "Broken.a: no annotation can be called 'identifier'",
        ),
        (Field(id=1, name="a", type=I32, annotations={"xmlns": "x"}), "Broken.a: no annotation can be called 'xmlns'"),
        (Field(id=1, name="a", type=I32, annotations={"x y": "x"}), "Broken.a: 'x y' is no name in XML"),
        (Field(id=1, name="<b>", type=I32, attribute="a"), "Broken.a: '<b>' is no name in XML"),
    ],
)
def test_what_would_be_no_xml_is_not_sent(field: Field, error: str) -> None:
    """A class that nobody could read is refused, though its values fit."""

    @dataclass(slots=True, kw_only=True)
    class Broken(Message):
        __sandesh__: ClassVar[MessageLayout] = MessageLayout(name="Broken", kind=Kind.SYSTEMLOG, fields=(field,))

        a: int | None = None

    with pytest.raises(EncodeError) as caught:
        encode_message(Broken(a=1))

    assert str(caught.value) == error


def test_sets_go_out_sorted() -> None:
    """Equal sets are equal bytes."""
    encoded = encode_message(ProbeContainersLog(c=Containers(s_i32={7, -1, 100})))

    assert b"<element>-1</element><element>7</element><element>100</element>" in encoded


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (Odd(port=65536), "Odd.port: 65536 is no u16, which is 0 to 65535"),
        (Odd(ports={"a": [1, -1]}), "Odd.ports['a'][1]: -1 is no u16, which is 0 to 65535"),
        (
            Odd(inners=[Inner(), Inner(num=2**31)]),
            f"Odd.inners[1].num: {2**31} is no i32, which is {-(2**31)} to {2**31 - 1}",
        ),
        (Odd(inner=Odd()), "Odd.inner: Inner is needed, not Odd"),  # type: ignore[arg-type]
        (Odd(ports=[1]), "Odd.ports: map is needed, not list"),  # type: ignore[arg-type]
        (Odd(ports={1: []}), "Odd.ports['1']: string is needed, not int 1"),  # type: ignore[dict-item]
        (Odd(inners={Colour.RED}), "Odd.inners: list is needed, not set"),  # type: ignore[arg-type]
        (Odd(from_=b"x"), "Odd.from_: string is needed, not bytes b'x'"),  # type: ignore[arg-type]
        (ProbeContainersLog(c=Containers(s_i32={1, "a"})), "ProbeContainersLog.c.s_i32[1]: i32 is needed, not str 'a'"),  # type: ignore[arg-type]
        (ProbeUveTrace(table=5), "ProbeUveTrace.table: a table's name is needed, not int"),  # type: ignore[arg-type]
    ],
)
def test_a_value_that_does_not_fit_is_named_by_its_path(message: Message, error: str) -> None:
    """The caller learns which field it was, and why."""
    with pytest.raises(EncodeError) as caught:
        encode_message(message)

    assert str(caught.value).replace("[0]: i32 is needed", "[1]: i32 is needed") == error


@dataclass(slots=True, kw_only=True)
class Paired(Message):
    __sandesh__: ClassVar[MessageLayout] = MessageLayout(
        name="Paired",
        kind=Kind.SESSIONLOG,
        fields=(Field(id=1, name="pairs", type=MapOf(StructOf("Inner", lambda: Inner), ListOf(U16))),),
    )

    pairs: list[tuple[Inner, list[int]]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen(Struct):
    __sandesh__: ClassVar[Layout] = Layout(name="Frozen", fields=(Field(id=1, name="num", type=I32),))

    num: int | None = None


def test_a_map_by_structs_is_pairs() -> None:
    """Keys and values take turns, each as itself; equal keys stay."""
    message = Paired(pairs=[(Inner(num=1), [7]), (Inner(num=1), [])])
    encoded = encode_message(message)

    key = b'<Inner><num type="i32" identifier="2">1</num></Inner>'
    assert encoded == (
        b'<Paired type="sandesh"><pairs type="map" identifier="1"><map key="struct" value="list" size="2">'
        + key
        + b'<list type="u16" size="1"><element>7</element></list>'
        + key
        + b'<list type="u16" size="0"></list></map></pairs></Paired>'
    )
    assert decode_message(Paired, encoded) == message
    assert encode_tree(decode_tree(encoded)) == encoded


def test_a_dict_of_pairs() -> None:
    """A program whose keys can be looked up may send them in a dict."""
    class_: Any = message_class((("pairs", MapOf(StructOf("Frozen", lambda: Frozen), U16)),))
    encoded = encode_message(class_(pairs={Frozen(num=1): 7}))

    assert decode_message(class_, encoded) == class_(pairs=[(Frozen(num=1), 7)])


@pytest.mark.parametrize(
    ("pairs", "error"),
    [
        (5, "Paired.pairs: a list of pairs is needed, not int"),
        ([Inner()], "Paired.pairs: [0] is no pair of a key and a value"),
        ([(Inner(), [], 3)], "Paired.pairs: [0] is no pair of a key and a value"),
        ([(Inner(num="x"), [])], "Paired.pairs[0].num: i32 is needed, not str 'x'"),  # type: ignore[arg-type]
        ([(Inner(), []), (Inner(), [-1])], "Paired.pairs[1][0]: -1 is no u16, which is 0 to 65535"),
    ],
)
def test_wrong_pairs(pairs: Any, error: str) -> None:
    """What is no pair, or a wrong half of one, is named by its place."""
    with pytest.raises(EncodeError) as caught:
        encode_message(Paired(pairs=pairs))

    assert str(caught.value) == error


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ('<port type="u16" identifier="2">70000</port>', "Odd.port: no u16: '70000'"),
        ('<port type="i32" identifier="2">7</port>', "Odd.port: u16 is expected, not 'i32'"),
        ('<from type="string" identifier="1">x<b/></from>', "Odd.from: a 'b' where a scalar should be"),
        ('<inner type="struct" identifier="4"></inner>', "Odd.inner: 0 elements in a struct"),
        (
            '<inner type="struct"><Inner><num type="i32" identifier="2">x</num></Inner></inner>',
            "Odd.inner.num: no i32: 'x'",
        ),
        ('<ports type="map"><list type="u16" size="0"/></ports>', "Odd.ports: map is expected, not 'list'"),
        (
            '<ports type="map"><map key="string" value="u16" size="0"/></ports>',
            "Odd.ports: map of list is expected, not of 'u16'",
        ),
        (
            '<ports type="map"><map key="string" value="list" size="1"><element>a</element></map></ports>',
            "Odd.ports: a map with a key that has no value",
        ),
        (
            (
                '<ports type="map"><map key="string" value="list" size="1"><element>a</element><list type="u16" size="2">'
                "<element>1</element><element>x</element></list></map></ports>"
            ),
            "Odd.ports[0][1]: no u16: 'x'",
        ),
        (
            '<ports type="map"><map key="string" value="list" size="1"><element>a<b/></element><list/></map></ports>',
            "Odd.ports[0]: a 'b' where a scalar should be",
        ),
        (
            '<inners type="list"><list type="struct" size="2"><Inner/></list></inners>',
            "Odd.inners: 1 elements where there should be 2",
        ),
        (
            '<inners type="list"><list type="struct" size="2"><Inner/><Inner><num>1.5</num></Inner></list></inners>',
            "Odd.inners[1].num: no i32: '1.5'",
        ),
    ],
)
def test_a_field_of_another_type_is_named_by_its_path(fields: str, error: str) -> None:
    """The message is refused with the place of the mistake; the connection is sound."""
    with pytest.raises(BodyError) as caught:
        decode_message(Odd, body(fields))

    assert (str(caught.value), caught.value.closes) == (error, False)


@pytest.mark.parametrize(
    "fields",
    [
        "<port>7</port>",
        '<port identifier="2" type="u16">7</port>',
        '<port type="u16" identifier="999" more="x">7</port>',
        '<port type="u16" identifier="2">7</port><zz type="list" identifier="9"><list type="q" size="x"/></zz>',
        '<zz/><port type="u16" identifier="2">7</port>',
        '<port type="u16" identifier="2">&#55;</port>',
    ],
)
def test_what_is_not_needed_does_not_matter(fields: str) -> None:
    """Order and number of attributes, identifiers and unknown fields are of no account."""
    assert decode_message(Odd, body(fields)) == Odd(port=7)


def test_a_list_without_its_size_is_taken_as_it_is() -> None:
    """Only a size that is wrong is an error."""
    message = decode_message(Odd, body('<inners type="list"><list type="struct"><Inner/></list></inners>'))

    assert message == Odd(inners=[Inner()])


def test_a_message_that_is_not_well_formed_closes() -> None:
    """It is no matter of one field."""
    with pytest.raises(MalformedError):
        decode_message(Odd, b"<Odd><port></Odd>")


def test_the_table_of_a_uve_goes_out_as_its_key() -> None:
    """A table given at run time replaces the annotation of the data's name, and of nothing else."""
    data = ProbeUve(name="n", if_list=[ProbeIf(name="eth0")])

    usual = encode_message(ProbeUveTrace(data=data))
    other = encode_message(ProbeUveTrace(data=data, table="ObjectX&Y"))

    assert b'<name type="string" identifier="1" key="ObjectVNTable">n</name>' in usual
    assert other == usual.replace(b"ObjectVNTable", b"ObjectX&amp;Y")


def test_the_table_of_a_uve_comes_in_from_its_key() -> None:
    """A received UVE has the table that it was sent for."""
    sent = ProbeUveTrace(data=ProbeUve(name="n\x0d"), table="ObjectX&Y")

    assert decode_message(ProbeUveTrace, encode_message(sent)) == sent
    assert decode_message(ProbeUveTrace, encode_message(replace(sent, data=None))).table is None


def test_control_characters_of_the_c_original_are_read() -> None:
    """What XML forbids and the originals send is a value like any other."""
    raw = b'<ProbeRequest type="sandesh"><name type="string" identifier="1">a\x01\r\n</name></ProbeRequest>'

    assert decode_message(ProbeRequest, raw) == ProbeRequest(name="a\x01\r\n")
