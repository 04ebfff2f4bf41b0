"""Objects that a message speaks of, by which people look for it later (clause 6.5)."""

from typing import NamedTuple

from satark.sandesh.contents.bodies import tree_of
from satark.sandesh.contents.shares import MAX_KEY_CHARACTERS
from satark.sandesh.wire.tree import SCALARS, ListValue, Node, StructValue, Value
from satark.sandesh.wire.xml import Received

MAX_OBJECTS = 256
"""Objects of one message that are told; the original tells six and logs an error for more."""


class ObjectKey(NamedTuple):
    """An object by its table and its name there."""

    table: str
    name: str

    def __str__(self) -> str:
        return f"{self.table}:{self.name}"


def object_keys(received: Received) -> tuple[ObjectKey, ...]:
    """The objects that the fields with a `key` annotation name, at every level, outer ones first, each once.

    Values for one table in one struct are one name, joined by colons. Fields without a type, values that are no text
    and names that are empty or too long name nothing. Unlike the original it does not ask for the KEY hint, which
    compilers do not set for structs in containers. Not more than `MAX_OBJECTS`.
    """
    found: dict[ObjectKey, None] = {}
    tree = tree_of(received)
    waiting: list[Value] = [StructValue(tree.name, tree.fields)]
    while waiting and len(found) < MAX_OBJECTS:
        value = waiting.pop()
        if isinstance(value, StructValue):
            for table, parts in _named(value.fields).items():
                name = ":".join(parts)
                if name and ":" not in table and len(table) + 1 + len(name) <= MAX_KEY_CHARACTERS:
                    found[ObjectKey(table, name)] = None
        waiting.extend(reversed(_inner(value)))
    return tuple(found)[:MAX_OBJECTS]


def _named(fields: list[Node]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for field in fields:
        if field.annotations and field.type and isinstance(field.value, str):
            table = field.annotations.get("key")
            if table:
                names.setdefault(table, []).append(field.value)
    return names


def _inner(value: Value) -> list[Value]:
    """The structs and containers directly within."""
    if isinstance(value, StructValue):
        return [field.value for field in value.fields if not isinstance(field.value, str)]
    if isinstance(value, str):
        return []
    if isinstance(value, ListValue):
        return [] if value.element in SCALARS else value.items
    return [each for pair in value.items for each in pair if not isinstance(each, str)]
