"""Types and values as Python: annotations, descriptors and literals."""

from collections.abc import Sequence

from satark.sandesh.compiler.python.lookups import FUNCTIONS, SCALARS, hashable
from satark.sandesh.compiler.python.scope import Scope, members
from satark.sandesh.compiler.python.text import Expression, call, flat, keyword, prefixed, quoted, sequence
from satark.sandesh.idl import model
from satark.sandesh.idl.ast import Base
from satark.sandesh.idl.model import EnumType, EnumValue, ListType, MapType, ScalarType, SetType, StructType, TextType

_DESCRIPTORS = {Base.BINARY: "STRING", Base.SLIST: "STRING", Base.UUID: "UUID_T"}


def annotation(type_: model.Type, scope: Scope) -> str:  # noqa: PLR0911 - one a kind of type
    """The type of an attribute."""
    match type_:
        case ScalarType(base):
            return " | ".join(SCALARS[base])
        case EnumType(enumeration):
            return scope.name(enumeration)
        case StructType(struct):
            return scope.name(struct)
        case SetType() if hashable(type_.element):
            return f"set[{annotation(type_.element, scope)}]"
        case ListType() | SetType():
            return f"list[{annotation(type_.element, scope)}]"
        case MapType():
            pair = f"{annotation(type_.key, scope)}, {annotation(type_.value, scope)}"
            return f"dict[{pair}]" if hashable(type_.key) else f"list[tuple[{pair}]]"
        case TextType():
            return "str"


def constant_annotation(type_: model.Type, scope: Scope) -> str:
    """The type of a constant: the same, but nothing that could be changed by mistake."""
    match type_:
        case SetType() if _frozen_hashable(type_.element):
            return f"frozenset[{constant_annotation(type_.element, scope)}]"
        case ListType() | SetType():
            return f"tuple[{constant_annotation(type_.element, scope)}, ...]"
        case MapType():
            pair = f"{constant_annotation(type_.key, scope)}, {constant_annotation(type_.value, scope)}"
            return f"Mapping[{pair}]" if hashable(type_.key) else f"tuple[tuple[{pair}], ...]"
        case _:
            return annotation(type_, scope)


def _frozen_hashable(type_: model.Type) -> bool:
    return _frozen_hashable(type_.element) if isinstance(type_, ListType | SetType) else hashable(type_)


def descriptor(type_: model.Type, scope: Scope) -> Expression:  # noqa: PLR0911 - one a kind of type
    """What the codec knows of a type."""
    match type_:
        case ScalarType(base):
            return f"sandesh.{_DESCRIPTORS.get(base, base.name)}"
        case TextType():
            return "sandesh.STRING"
        case EnumType(enumeration):
            return call("sandesh.EnumOf", [quoted(enumeration.name), f"lambda: {scope.name(enumeration)}"])
        case StructType(struct):
            return call("sandesh.StructOf", [quoted(struct.name), f"lambda: {scope.name(struct)}"])
        case ListType():
            return call("sandesh.ListOf", [descriptor(type_.element, scope)])
        case SetType():
            return call("sandesh.SetOf", [descriptor(type_.element, scope)])
        case MapType():
            return call("sandesh.MapOf", [descriptor(type_.key, scope), descriptor(type_.value, scope)])


def mutable(type_: model.Type) -> bool:
    """Whether a default of the type must be made anew for each object."""
    return not hashable(type_)


def literal(value: model.Value, type_: model.Type, scope: Scope, *, frozen: bool = False) -> Expression:
    """A value of the type; `frozen` for constants."""
    match value, type_:
        case (bool() | int() | float() | str(), ScalarType(base)):
            return _scalar(value, base)
        case EnumValue(), _:
            return f"{scope.name(value.enumeration)}.{members(value.enumeration)[value.member.name]}"
        case model.StructValue(), _:
            return _struct(value, scope)
        case model.ItemsValue(), ListType() | SetType():
            items = [literal(each, type_.element, scope, frozen=frozen) for each in value.items]
            return _items(items, type_, frozen=frozen)
        case model.EntriesValue(), MapType():
            entries = [
                (literal(key, type_.key, scope, frozen=frozen), literal(each, type_.value, scope, frozen=frozen))
                for key, each in value.entries
            ]
            return _mapping(entries, frozen=frozen) if hashable(type_.key) else _pairs(entries, frozen=frozen)
        case _:
            raise TypeError(f"a {type(value).__name__} is no value of {type_}")


def _mapping(entries: Sequence[tuple[Expression, Expression]], *, frozen: bool) -> Expression:
    shown = sequence("{", [prefixed(f"{flat(key)}: ", each) for key, each in entries], "}")
    return call("MappingProxyType", [shown]) if frozen else shown


def _pairs(entries: Sequence[tuple[Expression, Expression]], *, frozen: bool) -> Expression:
    shown = [sequence("(", each, ")") for each in entries]
    return sequence("(", shown, ")") if frozen else sequence("[", shown, "]")


def _items(items: Sequence[Expression], type_: ListType | SetType, *, frozen: bool) -> Expression:
    if isinstance(type_, SetType) and (_frozen_hashable if frozen else hashable)(type_.element):
        if not items:
            return "frozenset()" if frozen else "set()"
        shown = sequence("{", items, "}")
        return call("frozenset", [shown]) if frozen else shown
    return sequence("(", items, ")") if frozen else sequence("[", items, "]")


def _scalar(value: float | str, base: Base) -> str:
    if isinstance(value, str):
        return f"{FUNCTIONS[base]}({quoted(value)})" if base in FUNCTIONS else quoted(value)
    return repr(float(value)) if base is Base.DOUBLE else repr(bool(value)) if base is Base.BOOL else repr(int(value))


def _struct(value: model.StructValue, scope: Scope) -> Expression:
    attributes = scope.attributes(value.struct)
    given = [
        keyword(attributes[name], literal(each, field.type, scope))
        for name, each in value.fields
        if (field := value.struct.field(name)) is not None
    ]
    return call(scope.name(value.struct), given)
