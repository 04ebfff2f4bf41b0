"""Which names the module of a unit looks up, so that it imports these and no others."""

from collections.abc import Iterable

from satark.sandesh.compiler.python.lookups import FUNCTIONS, SCALARS, hashable
from satark.sandesh.compiler.python.scope import Scope
from satark.sandesh.idl import model
from satark.sandesh.idl.model import EnumType, ListType, MapType, ScalarType, SetType, StructType, TextType

_BUILT_IN = frozenset(("bool", "float", "int", "str"))


def uses(scope: Scope) -> set[str]:
    """The names of imports that the definitions need, those of other packages included."""
    return {name for each in scope.unit.definitions for name in _of_definition(each, scope)}


def _of_definition(each: model.Definition, scope: Scope) -> Iterable[str]:
    match each:
        case model.Enumeration():
            yield "sandesh"
        case model.Constant():
            yield "Final"
            yield from _of_type(each.type, scope, frozen=True)
            yield from _of_value(each.value, each.type, scope, frozen=True)
        case model.Struct() | model.Message():
            yield from ("sandesh", "dataclasses", "ClassVar")
            for field in each.fields:
                yield from _of_type(field.type, scope)
                if field.default is not None:
                    yield from _of_value(field.default, field.type, scope)
        case model.Typedef():
            pass


def _of_type(type_: model.Type, scope: Scope, *, frozen: bool = False) -> Iterable[str]:
    match type_:
        case ScalarType(base):
            yield from (each for each in SCALARS[base] if each not in _BUILT_IN)
        case EnumType(each) | StructType(each):
            yield from _module(each, scope)
        case ListType() | SetType():
            yield from _of_type(type_.element, scope, frozen=frozen)
        case MapType():
            if frozen and hashable(type_.key):
                yield "Mapping"
            yield from _of_type(type_.key, scope, frozen=frozen)
            yield from _of_type(type_.value, scope, frozen=frozen)
        case TextType():
            pass


def _of_value(value: model.Value, type_: model.Type, scope: Scope, *, frozen: bool = False) -> Iterable[str]:
    match value, type_:
        case str(), ScalarType(base) if base in FUNCTIONS:
            yield FUNCTIONS[base]
        case model.EnumValue(), _:
            yield from _module(value.enumeration, scope)
        case model.StructValue(), _:
            yield from _module(value.struct, scope)
            types = {field.name: field.type for field in value.struct.fields}
            for name, each in value.fields:
                yield from _of_value(each, types[name], scope)
        case model.ItemsValue(), ListType() | SetType():
            for each in value.items:
                yield from _of_value(each, type_.element, scope, frozen=frozen)
        case model.EntriesValue(), MapType():
            if frozen and hashable(type_.key):
                yield "MappingProxyType"
            for key, each in value.entries:
                yield from _of_value(key, type_.key, scope, frozen=frozen)
                yield from _of_value(each, type_.value, scope, frozen=frozen)
        case _:
            pass


def _module(each: model.Enumeration | model.Struct, scope: Scope) -> Iterable[str]:
    if each in scope.homes:
        yield scope.modules[scope.homes[each].package]
