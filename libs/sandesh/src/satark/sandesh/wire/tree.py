"""Messages of unknown type as plain values: everything that was sent, in its order, without a definition (clause 3.3).

Scalars stay the text that they are on the wire; `plain` makes Python values of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

SCALARS = frozenset(
    ("bool", "byte", "i16", "i32", "i64", "u16", "u32", "u64", "double", "string", "xml", "ipv4", "ipaddr", "uuid_t")
)
INTEGERS = frozenset(("byte", "i16", "i32", "i64", "u16", "u32", "u64", "ipv4"))


NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(slots=True)
class Node:
    """A field: its name, its type and identifier as the sender wrote them (empty if it did not), and its value.

    `annotations` are its other attributes, in the order sent: `key`, `aggtype`, `tags` and the like.
    """

    name: str
    type: str
    identifier: str
    value: "Value"
    annotations: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(slots=True)
class StructValue:
    """A struct: the name of its type and its fields."""

    name: str
    fields: list[Node]

    def __getitem__(self, name: str) -> "Value":
        """The value of the first field of that name; raises `KeyError`."""
        for each in self.fields:
            if each.name == name:
                return each.value
        raise KeyError(name)


@dataclass(slots=True)
class ListValue:
    """A list or a set: the name of the elements' type and the elements; `size` is what the sender said."""

    element: str
    items: list["Value"]
    size: str | None = None
    kind: str = "list"


@dataclass(slots=True)
class MapValue:
    """A map: the names of the types of keys and values, and the pairs; `size` is what the sender said."""

    key: str
    element: str
    items: list[tuple["Value", "Value"]]
    size: str | None = None


Value: TypeAlias = str | StructValue | ListValue | MapValue
Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain]"


SANDESH: Mapping[str, str] = MappingProxyType({"type": "sandesh"})


@dataclass(slots=True)
class Tree:
    """A whole message: its name, its fields, and the attributes of its own element (`type="sandesh"`)."""

    name: str
    fields: list[Node]
    attributes: Mapping[str, str] = field(default_factory=lambda: SANDESH)

    def __getitem__(self, name: str) -> Value:
        """The value of the first field of that name; raises `KeyError`."""
        return StructValue(self.name, self.fields)[name]

    def __iter__(self) -> Iterator[Node]:
        return iter(self.fields)


def plain(value: Value, type_: str = "string") -> Plain:
    """A value in Python's own types: structs and maps as `dict`, lists and sets as `list`, numbers as numbers.

    Addresses and texts that are not what their type says stay text. `type_` is that of a scalar `value`.
    """
    if isinstance(value, str):
        return _scalar(value, type_)
    if isinstance(value, StructValue):
        return {each.name: plain(each.value, each.type) for each in value.fields}
    if isinstance(value, ListValue):
        return [plain(each, value.element) for each in value.items]
    return {_key(key): plain(each, value.element) for key, each in value.items}


def _key(key: Value) -> str:
    return key if isinstance(key, str) else repr(plain(key))


def _scalar(text: str, type_: str) -> Plain:
    if type_ in INTEGERS:
        digits = text.removeprefix("-")
        return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= len(str(2**64)) else text
    if type_ == "bool":
        return text == "true" if text in {"true", "false"} else text
    if type_ == "double":
        try:
            return float(text)
        except ValueError:
            return text
    return text
