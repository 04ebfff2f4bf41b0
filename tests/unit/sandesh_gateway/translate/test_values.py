import msgspec
import pytest

from satark.sandesh.wire.tree import ListValue, MapValue, Node, StructValue
from satark.sandesh_gateway.translate.values import attributes_of, value_of
from satark.schemas.uves import Value

SCALAR = Node("n", "i32", "3", "5", {"aggtype": "sum"})


@pytest.mark.parametrize(
    ("node", "value"),
    [
        (SCALAR, Value(type="i32", text="5", annotations={"aggtype": "sum"})),
        (
            Node("s", "struct", "1", StructValue("S", [SCALAR])),
            Value(
                type="struct",
                struct="S",
                fields={"n": Value(type="i32", text="5", annotations={"aggtype": "sum"})},
            ),
        ),
        (
            Node("l", "list", "1", ListValue("string", ["a", "b"])),
            Value(type="list", element="string", items=("a", "b")),
        ),
        (Node("t", "set", "1", ListValue("i32", ["1"], kind="set")), Value(type="set", element="i32", items=("1",))),
        (
            Node("l", "list", "1", ListValue("struct", [StructValue("S", [])])),
            Value(type="list", element="struct", items=(Value(type="struct", struct="S"),)),
        ),
        (
            Node("m", "map", "1", MapValue("string", "list", [("a", ListValue("i32", ["1"]))])),
            Value(
                type="map",
                key="string",
                element="list",
                entries=(("a", Value(type="list", element="i32", items=("1",))),),
            ),
        ),
        (
            Node("m", "map", "1", MapValue("struct", "i32", [(StructValue("K", [SCALAR]), "1")])),
            Value(type="map", key="struct", element="i32", entries=(("{'n': 5}", "1"),)),
        ),
    ],
    ids=lambda each: each.name if isinstance(each, Node) else "",
)
def test_translates(node: Node, value: Value) -> None:
    """Types, names, order and annotations stay; identifiers are the sender's compiler's alone."""
    assert value == value_of(node)
    assert value == msgspec.json.decode(msgspec.json.encode(value_of(node)), type=Value)


def test_of_two_attributes_of_one_name_the_later_counts() -> None:
    """As a share's does."""
    nodes = [Node("a", "i32", "1", "1"), Node("b", "i32", "2", "2"), Node("a", "i32", "1", "3")]

    assert {"a": "3", "b": "2"} == {name: value.text for name, value in attributes_of(nodes).items()}
