"""From the wire's trees to the contract's values (analytics.md 1.2 and 1.6): types and annotations stay, identifiers go."""

from collections.abc import Iterable, Mapping

from satark.sandesh.wire import tree
from satark.schemas.uves import Value

NOTHING: dict[str, str] = {}


def value_of(node: tree.Node) -> Value:
    """Return a field's value with its annotations."""
    annotations = dict(node.annotations) if node.annotations else NOTHING
    return _value(node.value, node.type, annotations)


def attributes_of(nodes: Iterable[tree.Node]) -> dict[str, Value]:
    """Return fields by name, in their order; of two of one name the later counts."""
    return {node.name: value_of(node) for node in nodes}


def _value(value: tree.Value, type_: str, annotations: Mapping[str, str]) -> Value:
    if isinstance(value, str):
        return Value(type=type_, text=value, annotations=dict(annotations))
    if isinstance(value, tree.StructValue):
        fields = attributes_of(value.fields)
        return Value(type=type_ or "struct", struct=value.name, fields=fields, annotations=dict(annotations))
    if isinstance(value, tree.ListValue):
        items = tuple(_item(each, value.element) for each in value.items)
        return Value(type=type_ or value.kind, element=value.element, items=items, annotations=dict(annotations))
    entries = tuple((_key(key), _item(each, value.element)) for key, each in value.items)
    return Value(
        type=type_ or "map", key=value.key, element=value.element, entries=entries, annotations=dict(annotations)
    )


def _item(value: tree.Value, type_: str) -> str | Value:
    return value if isinstance(value, str) else _value(value, _kind(value) or type_, NOTHING)


def _kind(value: tree.Value) -> str:
    if isinstance(value, tree.ListValue):
        return value.kind
    return "struct" if isinstance(value, tree.StructValue) else "map"


def _key(key: tree.Value) -> str:
    """A key that is no text is kept as Python writes it: no daemon has one."""
    return key if isinstance(key, str) else repr(tree.plain(key))
