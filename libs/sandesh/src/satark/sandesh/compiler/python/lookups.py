"""What the body of a generated class looks up: a field of the same name would hide it."""

from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Final

from satark.sandesh.idl import model
from satark.sandesh.idl.ast import Base
from satark.sandesh.idl.model import EnumType, ListType, MapType, ScalarType, SetType, StructType, TextType

SCALARS: Final = MappingProxyType(
    {
        **dict.fromkeys((Base.BYTE, Base.I16, Base.I32, Base.I64, Base.U16, Base.U32, Base.U64), ("int",)),
        **dict.fromkeys((Base.STRING, Base.BINARY, Base.SLIST, Base.XML), ("str",)),
        Base.BOOL: ("bool",),
        Base.DOUBLE: ("float",),
        Base.IPV4: ("IPv4Address",),
        Base.IPADDR: ("IPv4Address", "IPv6Address"),
        Base.UUID: ("UUID",),
    }
)
"""The classes of the values of each base type."""
FUNCTIONS: Final = MappingProxyType({Base.IPADDR: "ip_address", Base.UUID: "UUID"})
"""What makes a value of these base types out of text."""


def hashable(type_: model.Type) -> bool:
    """Whether values of the type can be members of a Python set, and keys of a dict."""
    return isinstance(type_, ScalarType | EnumType | TextType)


def looked_up(shape: model.Struct | model.Message, name: Callable[[model.Definition], str]) -> frozenset[str]:
    """The first words of all expressions in the class's body; `name` gives the one for a definition."""
    return frozenset(each for field in shape.fields if field.text is None for each in _of_field(field, name))


def _of_field(field: model.Field, name: Callable[[model.Definition], str]) -> Iterator[str]:
    yield from _of_type(field.type, name)
    match field.default, field.type:
        case None, _:
            pass
        case _, type_ if not hashable(type_):
            yield "dataclasses"  # with a function, which does not look into the class
        case str(), ScalarType(base) if base in FUNCTIONS:
            yield FUNCTIONS[base]


def _of_type(type_: model.Type, name: Callable[[model.Definition], str]) -> Iterator[str]:
    match type_:
        case ScalarType(base):
            yield from SCALARS[base]
        case EnumType(definition) | StructType(definition):
            yield name(definition).partition(".")[0]
        case ListType(element) | SetType(element):
            yield from _of_type(element, name)
        case MapType(key, value):
            if not hashable(key):
                yield "tuple"
            yield from _of_type(key, name)
            yield from _of_type(value, name)
        case TextType():
            pass
