from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.types import Message
from satark.sandesh.wire.errors import BodyError, EncodeError, MalformedError
from satark.sandesh.wire.generic import decode_tree, encode_tree
from satark.sandesh.wire.parse import MAX_DEPTH
from satark.sandesh.wire.tree import ListValue, MapValue, Node, StructValue, Tree, plain
from satark.sandesh.wire.writer import encode_message
from tests.unit.sandesh.captures import frame_named
from tests.unit.sandesh.values import messages

UVE = (
    b'<T type="sandesh"><data type="struct" identifier="1"><D>'
    b'<name type="string" identifier="1" key="ObjectVNTable">n&amp;1</name>'
    b'<l type="list" identifier="2" aggtype="union"><list type="i32" size="2"><element>1</element>'
    b"<element>2</element></list></l>"
    b'<m type="map" identifier="3"><map key="string" value="struct" size="1"><element>k</element>'
    b'<S><yes type="bool" identifier="1">true</yes></S></map></m>'
    b'<x type="xml" identifier="4"><![CDATA[<q/>]]></x></D></data></T>'
)


@given(messages())
def test_any_message_comes_out_of_a_tree_as_it_went_in(message: Message) -> None:
    """Without a definition nothing is lost, not even a byte."""
    encoded = encode_message(message)

    assert encode_tree(decode_tree(encoded)) == encoded


def test_a_tree_is_plain_values() -> None:
    """Names, types, annotations and texts are there, in their order."""
    assert decode_tree(UVE) == Tree(
        "T",
        [
            Node(
                "data",
                "struct",
                "1",
                StructValue(
                    "D",
                    [
                        Node("name", "string", "1", "n&1", {"key": "ObjectVNTable"}),
                        Node("l", "list", "2", ListValue("i32", ["1", "2"], "2"), {"aggtype": "union"}),
                        Node(
                            "m",
                            "map",
                            "3",
                            MapValue(
                                "string", "struct", [("k", StructValue("S", [Node("yes", "bool", "1", "true")]))], "1"
                            ),
                        ),
                        Node("x", "xml", "4", "<q/>"),
                    ],
                ),
            )
        ],
    )


def test_a_tree_is_looked_up_by_name() -> None:
    """Fields are found by their names."""
    data = decode_tree(UVE)["data"]

    assert [node.name for node in decode_tree(UVE)] == ["data"]
    assert isinstance(data, StructValue)
    assert data["name"] == "n&1"
    with pytest.raises(KeyError, match="nothing"):
        data["nothing"]


def test_plain_values_are_pythons_own() -> None:
    """Numbers are numbers, structs and maps are dictionaries."""
    assert plain(decode_tree(UVE)["data"]) == {
        "name": "n&1",
        "l": [1, 2],
        "m": {"k": {"yes": True}},
        "x": "<q/>",
    }


@pytest.mark.parametrize(
    ("text", "type_", "expected"),
    [
        ("-7", "i32", -7),
        ("seven", "i32", "seven"),
        ("9" * 5000, "u64", "9" * 5000),
        ("1.5", "double", 1.5),
        ("x", "double", "x"),
        ("1", "bool", "1"),
        ("10.0.0.1", "ipaddr", "10.0.0.1"),
        ("167838211", "ipv4", 167838211),
    ],
)
def test_a_text_that_is_not_its_type_stays_text(text: str, type_: str, expected: object) -> None:
    """Making plain values never fails."""
    assert plain(text, type_) == expected


def test_what_a_sender_left_out_is_left_out_again() -> None:
    """Missing and swapped attributes, unknown types and structs without a type are kept as they can be."""
    sent = b'<L><a>5</a><b type="novel" identifier="2">x</b><c><d type="i32" identifier="1">1</d></c></L>'

    assert encode_tree(decode_tree(sent)) == sent
    assert decode_tree(b'<L><a identifier="1" type="i32" z="y">5</a></L>').fields == [
        Node("a", "i32", "1", "5", {"z": "y"})
    ]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'<L><a type="i32"><b/></a></L>', "L.a: elements where a scalar should be"),
        (b'<L><a type="struct"/></L>', "L.a: 0 elements in a struct"),
        (b'<L><a type="list"><set type="i32"/></a></L>', "L.a: a 'set' where a list should be"),
        (b'<L><a type="list"><list type="q"><element/></list></a></L>', "L.a: elements of an unknown type 'q'"),
        (
            b'<L><a type="map"><map key="i32" value="i32"><element/></map></a></L>',
            "L.a: a map with a key that has no value",
        ),
        (
            b'<L><a type="struct"><S><b type="struct"><T><c type="i32"><d/></c></T></b></S></a></L>',
            "L.a.b.c: elements where a scalar should be",
        ),
    ],
)
def test_what_is_neither_scalar_nor_compound_is_named_by_its_path(body: bytes, error: str) -> None:
    """The message is refused, the connection is sound."""
    with pytest.raises(BodyError) as caught:
        decode_tree(body)

    assert (str(caught.value), caught.value.closes) == (error, False)


@pytest.mark.parametrize("opening", ["<a>", '<list type="list">', '<s type="struct"><S>'])
def test_nesting_is_bounded(opening: str) -> None:
    """Depth is an error before it is a matter of the interpreter's stack."""
    names = [each.split()[0].strip("<>") for each in opening.replace("><", "> <").split(" ") if each.startswith("<")]
    closing = "".join(f"</{name}>" for name in reversed(names))
    wrapped = ('<x type="list">', "</x>") if "list" in opening else ("", "")
    depth = MAX_DEPTH + 20

    body = f"<L>{wrapped[0]}{opening * depth}{closing * depth}{wrapped[1]}</L>".encode()

    with pytest.raises(BodyError, match="nested deeper than"):
        decode_tree(body)


def test_verbatim_sends_what_xml_cannot_carry() -> None:
    """The originals' own bytes come out again."""
    content = frame_named("cpp/c2s/010_ProbeScalarsLog.bin").content
    body = content[content.index(b"</SandeshHeader>") + 16 :]
    tree = decode_tree(body)

    assert encode_tree(tree, verbatim=True) == body
    assert encode_tree(tree) == body.replace(b"\x01", "\ufffd".encode())


@given(st.binary(max_size=60), st.integers(0, len(UVE)), st.integers(0, len(UVE)))
def test_any_change_of_bytes_is_a_tree_or_a_typed_error(data: bytes, start: int, end: int) -> None:
    """Nothing else is raised, and what was read can be written."""
    with suppress(MalformedError, BodyError):
        encode_tree(decode_tree(UVE[: min(start, end)] + data + UVE[max(start, end) :]))


@pytest.mark.parametrize(
    "body",
    [
        b'<L><a type="\x06string" identifier="1">x</a></L>',
        b'<L><a type="i32" identifier="\x06" tags="\x07">1\x08</a></L>',
        b'<L><a type="list" identifier="1"><list type="\x06" size="0"></list></a></L>',
        b'<L><a type="map" identifier="1"><map key="\x06" value="\x07" size="0"></map></a></L>',
    ],
)
def test_control_characters_in_attributes_are_read_as_they_were(body: bytes) -> None:
    """Nothing of how they pass the parser is left in a value."""
    tree = decode_tree(body)

    assert r"\U0010ff" not in repr(tree)
    assert b"\xef\xbf\xbd" in encode_tree(tree)


@pytest.mark.parametrize("name", ["type", "identifier", "xmlns"])
def test_no_annotation_is_an_attribute_twice(name: str) -> None:
    """A tree of our own with an annotation that is an attribute already is refused."""
    tree = Tree("A", [Node("n", "string", "1", "x", {name: "y"})])

    with pytest.raises(EncodeError, match=f"n: no annotation can be called '{name}'"):
        encode_tree(tree)
