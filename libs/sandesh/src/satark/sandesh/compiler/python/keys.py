"""The one thing of the language that Python cannot hold: maps whose keys cannot be looked up."""

from collections.abc import Iterable

from satark.sandesh.compiler.generator import GeneratorError
from satark.sandesh.idl import model
from satark.sandesh.idl.ast import Span
from satark.sandesh.idl.model import EnumType, ListType, MapType, ScalarType, SetType, Unit


def check_keys(unit: Unit) -> None:
    """Raise GeneratorError with the place of the first map whose key is a struct or a container."""
    for name, type_, span in _typed(unit):
        if not _can_be_looked_up(type_):
            place = f"{span.file}:{span.line}:{span.column}" if span else unit.file
            raise GeneratorError(f"{place}: {name}: the key of a map must be a base type or an enum in Python")


def _typed(unit: Unit) -> Iterable[tuple[str, model.Type, Span | None]]:
    for each in unit.definitions:
        match each:
            case model.Struct() | model.Message():
                yield from ((f"{each.name}.{field.name}", field.type, field.span) for field in each.fields)
            case model.Constant():
                yield each.name, each.type, each.span
            case model.Typedef() | model.Enumeration():
                pass


def _can_be_looked_up(type_: model.Type) -> bool:
    match type_:
        case MapType():
            return isinstance(type_.key, ScalarType | EnumType) and _can_be_looked_up(type_.value)
        case ListType() | SetType():
            return _can_be_looked_up(type_.element)
        case _:
            return True
