"""How types and values are shown on a page: types link to what they are."""

from collections.abc import Iterable
from urllib.parse import quote

from satark.sandesh.compiler.html.markup import Node, element
from satark.sandesh.idl import model
from satark.sandesh.idl.model import EnumType, ListType, MapType, ScalarType, SetType, StructType, TextType, Unit


def anchor(each: model.Definition, main: Unit) -> str:
    """The fragment of a type; one of another file has that file's name in front."""
    return each.name if each.module == main.module else f"{each.module}.{each.name}"


def address(main: Unit, page: str, fragment: str = "") -> str:
    """The address of one of a program's pages, or of an anchor on it."""
    file = f"{quote(main.module, errors='surrogateescape')}_{page}.html"
    return f"{file}#{fragment}" if fragment else file


def shown_type(type_: model.Type, main: Unit) -> Node:
    """A type as in the language, with links."""
    return element("code", list(_parts(type_, main)))


def _parts(type_: model.Type, main: Unit) -> Iterable[Node]:
    match type_:
        case ScalarType(base):
            yield str(base)
        case EnumType(each) | StructType(each):
            name = anchor(each, main)
            yield element("a", name, href=address(main, "types", name))
        case ListType():
            yield from ("list<", *_parts(type_.element, main), ">")
        case SetType():
            yield from ("set<", *_parts(type_.element, main), ">")
        case MapType():
            yield from ("map<", *_parts(type_.key, main), ", ", *_parts(type_.value, main), ">")
        case TextType():
            yield "text"


def shown_value(value: model.Value) -> str:  # noqa: PLR0911 - one a kind of value
    """A value as in the language."""
    match value:
        case bool():
            return "true" if value else "false"
        case model.EnumValue():
            return f"{value.enumeration.name}.{value.member.name}"
        case model.ItemsValue():
            return f"[{', '.join(map(shown_value, value.items))}]"
        case model.EntriesValue():
            return f"{{{', '.join(f'{shown_value(key)}: {shown_value(each)}' for key, each in value.entries)}}}"
        case model.StructValue():
            return f"{{{', '.join(f'{name}: {shown_value(each)}' for name, each in value.fields)}}}"
        case str():
            return f'"{value}"'
        case _:
            return str(value)


def used_types(main: Unit) -> tuple[model.Enumeration | model.Struct, ...]:
    """Every enum and struct that the unit defines or its definitions refer to, own ones first."""
    own = [each for each in main.definitions if isinstance(each, model.Enumeration | model.Struct)]
    found: dict[model.Enumeration | model.Struct, None] = dict.fromkeys(own)
    for each in main.definitions:
        match each:
            case model.Struct() | model.Message():
                _collect_fields(each, found)
            case model.Typedef() | model.Constant():
                _collect(each.type, found)
            case model.Enumeration():
                pass
    return tuple(found)


def _collect_fields(shape: model.Struct | model.Message, found: dict[model.Enumeration | model.Struct, None]) -> None:
    for field in shape.fields:
        _collect(field.type, found)


def _collect(type_: model.Type, found: dict[model.Enumeration | model.Struct, None]) -> None:
    match type_:
        case EnumType(each):
            found.setdefault(each)
        case StructType(each):
            new = each not in found
            found.setdefault(each)
            if new:
                _collect_fields(each, found)
        case ListType() | SetType():
            _collect(type_.element, found)
        case MapType():
            _collect(type_.key, found)
            _collect(type_.value, found)
        case ScalarType() | TextType():
            pass
