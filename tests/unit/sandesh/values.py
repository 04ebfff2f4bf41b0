"""Values of every type of the language, for property tests: types drawn at random, and values that fit them."""

from dataclasses import make_dataclass
from functools import cache
from keyword import iskeyword
from typing import Any

from hypothesis import strategies as st

from satark.sandesh.types import (
    BASE_NAMES,
    INTEGER_RANGES,
    Base,
    EnumOf,
    Field,
    Kind,
    Layout,
    ListOf,
    MapOf,
    Message,
    MessageLayout,
    SetOf,
    Struct,
    StructOf,
    Type,
)
from tests.unit.sandesh.probe import Colour
from tests.unit.sandesh.wire.test_text import SENDABLE

SCALARS: dict[str, st.SearchStrategy[Any]] = {
    **{name: st.integers(*limits) for name, limits in INTEGER_RANGES.items()},
    "bool": st.booleans(),
    "double": st.floats(allow_nan=False),
    "string": SENDABLE,
    "xml": SENDABLE,
    "ipv4": st.ip_addresses(v=4),
    "ipaddr": st.ip_addresses(),
    "uuid_t": st.uuids(),
}
ENUM = EnumOf("Colour", lambda: Colour)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(lambda name: not iskeyword(name))

BASES = st.sampled_from([Base(name) for name in BASE_NAMES])
KEYS = BASES.filter(lambda base: base.name != "double") | st.just(ENUM)


@cache
def _struct_class(name: str, fields: tuple[tuple[str, Type], ...]) -> type[Struct]:
    return make_dataclass(
        name,
        [(each, Any, None) for each, _ in fields],
        bases=(Struct,),
        namespace={"__sandesh__": Layout(name=name, fields=_layout(fields))},
        slots=True,
        kw_only=True,
    )


def _layout(fields: tuple[tuple[str, Type], ...]) -> tuple[Field, ...]:
    return tuple(Field(id=index, name=name, type=type_) for index, (name, type_) in enumerate(fields, 1))


def message_class(fields: tuple[tuple[str, Type], ...]) -> type[Message]:
    """A class as the compiler would generate it for these fields."""
    layout = MessageLayout(name="Drawn", kind=Kind.SYSTEMLOG, fields=_layout(fields))
    return make_dataclass(
        "Drawn",
        [(each, Any, None) for each, _ in fields],
        bases=(Message,),
        namespace={"__sandesh__": layout},
        slots=True,
        kw_only=True,
    )


def _struct_of(fields: list[tuple[str, Type]]) -> StructOf:
    class_ = _struct_class("Inner" + str(len(fields)), tuple(fields))
    return StructOf(class_.__sandesh__.name, lambda: class_)


def _fields(types: st.SearchStrategy[Type]) -> st.SearchStrategy[list[tuple[str, Type]]]:
    return st.lists(st.tuples(NAMES, types), max_size=4, unique_by=lambda field: field[0])


def _compounds(types: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    return (
        st.builds(ListOf, types)
        | st.builds(SetOf, types)
        | st.builds(MapOf, KEYS | types, types)
        | st.builds(_struct_of, _fields(types))
    )


SIMPLE: st.SearchStrategy[Type] = BASES | st.just(ENUM)
TYPES: st.SearchStrategy[Type] = st.recursive(SIMPLE, _compounds, max_leaves=6)
FIELDS = _fields(TYPES)


def values(type_: Type) -> st.SearchStrategy[Any]:
    """Values that fit a type."""
    match type_:
        case Base(name):
            return SCALARS[name]
        case EnumOf():
            return st.sampled_from(Colour)
        case ListOf(element):
            return st.lists(values(element), max_size=3)
        case SetOf(element):
            simple = isinstance(element, Base | EnumOf)
            return st.sets(values(element), max_size=3) if simple else st.lists(values(element), max_size=3)
        case MapOf(key, value):
            table = st.dictionaries(values(key), values(value), max_size=3)
            return table if type_.is_dict else st.lists(st.tuples(values(key), values(value)), max_size=3)
        case StructOf():
            class_ = type_.resolve()
            return st.builds(class_, **{field.name: _maybe(field.type) for field in class_.__sandesh__.fields})


def _maybe(type_: Type) -> st.SearchStrategy[Any]:
    return st.none() | values(type_)


@st.composite
def messages(draw: st.DrawFn) -> Message:
    """A message of a random class with random values."""
    fields = tuple(draw(FIELDS))
    class_ = message_class(fields)
    return class_(**{name: draw(_maybe(type_)) for name, type_ in fields})
