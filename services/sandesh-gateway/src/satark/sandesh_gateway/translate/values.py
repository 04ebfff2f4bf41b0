"""From the wire's trees to the contract's values (analytics.md 1.2 and 1.6): types and annotations stay, identifiers go."""

from collections.abc import Iterable

from satark.sandesh.wire import tree
from satark.schemas.uves import Value

Container = tree.StructValue | tree.ListValue | tree.MapValue

NOTHING: dict[str, str] = {}
"""The annotations of most values; shared, since values are frozen."""


def value_of(node: tree.Node) -> Value:
    """Return a field's value with its annotations."""
    annotations = dict(node.annotations) if node.annotations else NOTHING
    value = node.value
    if isinstance(value, str):
        return Value(type=node.type, text=value, annotations=annotations)
    return _container(value, node.type, annotations)


def attributes_of(nodes: Iterable[tree.Node]) -> dict[str, Value]:
    """Return fields by name, in their order; of two of one name the later counts."""
    return {node.name: value_of(node) for node in nodes}


def _container(value: Container, type_: str, annotations: dict[str, str]) -> Value:
    if isinstance(value, tree.StructValue):
        fields = attributes_of(value.fields)
        return Value(type=type_ or "struct", struct=value.name, fields=fields, annotations=annotations)
    if isinstance(value, tree.ListValue):
        items = tuple([_item(each) for each in value.items])
        return Value(type=type_ or value.kind, element=value.element, items=items, annotations=annotations)
    entries = tuple([(_key(key), _item(each)) for key, each in value.items])
    return Value(type=type_ or "map", key=value.key, element=value.element, entries=entries, annotations=annotations)


def _item(value: tree.Value) -> str | Value:
    """An element says its own type: a list may be of sets, or of structs."""
    return value if isinstance(value, str) else _container(value, "", NOTHING)


def _key(key: tree.Value) -> str:
    """A key that is no text is kept as Python writes it: no daemon has one."""
    return key if isinstance(key, str) else repr(tree.plain(key))
