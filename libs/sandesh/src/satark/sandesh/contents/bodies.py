"""A message's body as a collector keeps it: a tree, without the numbers that only the sender's compiler knows (6.3)."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from satark.sandesh.contents.errors import ContentError
from satark.sandesh.wire.generic import decode_tree
from satark.sandesh.wire.parse import MAX_DEPTH
from satark.sandesh.wire.tree import SCALARS, ListValue, MapValue, Node, StructValue, Tree, Value
from satark.sandesh.wire.writer import encode_message
from satark.sandesh.wire.xml import Received


def tree_of(received: Received) -> Tree:
    """The body as a tree. One of a generated class is encoded for it; raises `EncodeError` if it cannot be."""
    body = received.body
    return body if isinstance(body, Tree) else decode_tree(encode_message(body))


def data_of(tree: Tree) -> StructValue:
    """The struct of a UVE or an alarm (clause 6.4). Raises `ContentError`."""
    for field in tree.fields:
        if field.name == "data":
            if isinstance(field.value, StructValue) and field.value.name:
                return field.value
            break
    raise ContentError("no struct `data`", tree.name)


Fields: TypeAlias = Mapping[str, Node]


def by_name(fields: Iterable[Node]) -> Fields:
    """Fields by their names; of two with one name the later replaces the earlier."""
    return {field.name: field for field in fields}


def is_deleted(fields: Iterable[Node]) -> bool:
    """Whether one of the fields says that the object is gone."""
    return any(field.name == "deleted" and field.value == "true" for field in fields)


def without_identifiers(tree: Tree) -> Tree:
    """The same message with the identifiers of all fields left out. Raises `ContentError` if it nests too deep."""
    return Tree(tree.name, stripped(tree.fields), tree.attributes)


def stripped(fields: Iterable[Node], depth: int = 1) -> list[Node]:
    """The fields without identifiers; values without any are shared with the original."""
    return [
        Node(
            field.name,
            field.type,
            "",
            field.value if isinstance(field.value, str) else _stripped(field.value, depth),
            field.annotations,
        )
        for field in fields
    ]


def _stripped(value: Value, depth: int) -> Value:
    if depth > MAX_DEPTH:
        raise ContentError(f"nested deeper than {MAX_DEPTH}")
    if isinstance(value, StructValue):
        return StructValue(value.name, stripped(value.fields, depth + 1))
    if isinstance(value, str) or value.element in SCALARS:
        return value
    if isinstance(value, ListValue):
        items = [_stripped(each, depth + 1) for each in value.items]
        return ListValue(value.element, items, value.size, value.kind)
    pairs = [(_stripped(key, depth + 1), _stripped(each, depth + 1)) for key, each in value.items]
    return MapValue(value.key, value.element, pairs, value.size)
