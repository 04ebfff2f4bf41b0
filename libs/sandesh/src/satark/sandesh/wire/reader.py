"""Compiled decoders from elements to generated classes: one pass, no exception a field, unknown fields skipped."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

from lxml import etree

from satark.sandesh.types import (
    Base,
    EnumOf,
    ListOf,
    MapOf,
    Message,
    SetOf,
    Struct,
    StructOf,
    Type,
    UveMessage,
    wire_name,
)
from satark.sandesh.wire.errors import BodyError
from satark.sandesh.wire.parse import parse
from satark.sandesh.wire.scalars import scalar_reader
from satark.sandesh.wire.text import restore

_Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml's own name for the type
Read: TypeAlias = Callable[[_Element], Any]
ReadText: TypeAlias = Callable[[str], Any]
AMessage = TypeVar("AMessage", bound=Message)


def decode_message(class_: type[AMessage], body: bytes) -> AMessage:
    """A message of a known class. Fields that the class lacks are skipped; fields that are not there stay unset.

    Raises `MalformedError`, and `BodyError` for a value that is not of the field's type.
    """
    root, hidden = parse(body)
    any_class: Any = class_
    try:
        message: AMessage = _record_reader(any_class, hidden)(root)
    except BodyError as error:
        raise error.within(class_.__sandesh__.name) from None
    if isinstance(message, UveMessage):
        message.table = _table(root, hidden=hidden)
    return message


def _table(root: _Element, *, hidden: bool) -> str | None:
    """The `key` that a UVE's data names its table with, where it is not the one of the definition's."""
    data = next((field for field in root[:] if field.tag == "data" and len(field)), None)
    if data is None:
        return None
    table = next((field.get("key") for field in data[0][:] if field.tag == "name"), None)
    return restore(table) if hidden and table is not None else table


@lru_cache(maxsize=4096)
def _record_reader(class_: type[Struct | Message], hidden: bool) -> Read:
    known: dict[str, tuple[str, str, ReadText, Read | None]] = {}
    for field in class_.__sandesh__.fields:
        if field.constant is not None:
            continue
        is_scalar = isinstance(field.type, Base | EnumOf)
        text = _text_reader(field.type, hidden=hidden) if is_scalar else str
        compound = None if is_scalar else _field_reader(field.type, hidden=hidden)
        known[field.name] = (field.attribute, wire_name(field.type), text, compound)
    find = known.get

    def read(element: _Element) -> Any:
        values: dict[str, Any] = {}
        name: Any = ""
        try:
            for child in element[:]:
                name = child.tag
                field = find(name)
                if field is None:
                    continue
                attribute, expected, text, compound = field
                if child.get("type") != expected:
                    _check_type(child, expected)
                if compound is not None:
                    values[attribute] = compound(child)
                else:
                    values[attribute] = text(child.text or "" if not len(child) else _mixed(child))
        except BodyError as error:
            raise error.within(name) from None
        return class_(**values)

    return read


def _check_type(element: _Element, expected: str) -> None:
    """An element may leave out its type, but must not give another one."""
    type_ = element.get("type")
    if type_ is not None and type_ != expected:
        raise BodyError(f"{expected} is expected, not {type_[:40]!r}")


def _mixed(element: _Element) -> str:
    raise BodyError(f"a {str(element[0].tag)[:40]!r} where a scalar should be")


def _text_reader(type_: Type, *, hidden: bool) -> ReadText:
    if not isinstance(type_, Base | EnumOf):
        raise TypeError(f"no scalar: {type_}")
    read = scalar_reader(type_)
    return (lambda text: read(restore(text))) if hidden else read


def _field_reader(type_: Type, *, hidden: bool) -> Read:
    """The reader of a field's element, whose only child is the struct or container."""
    read = _compound_reader(type_, hidden=hidden)
    name = wire_name(type_)

    def read_field(element: _Element) -> Any:
        if len(element) != 1:
            raise BodyError(f"{len(element)} elements in a {name}")
        return read(element[0])

    return read_field


def _compound_reader(type_: Type, *, hidden: bool) -> Read:
    match type_:
        case StructOf():
            class_: Any = type_.resolve()
            return _record_reader(class_, hidden)
        case MapOf():
            return _map_reader(type_, hidden=hidden)
        case ListOf() | SetOf():
            return _list_reader(type_, hidden=hidden)
        case _:
            raise TypeError(f"no compound: {type_}")


def _list_reader(type_: ListOf | SetOf, *, hidden: bool) -> Read:
    name, inner = wire_name(type_), wire_name(type_.element)
    read_items = _items_reader(type_.element, hidden=hidden)
    hashable = isinstance(type_, SetOf) and isinstance(type_.element, Base | EnumOf)

    def read(element: _Element) -> Any:
        _check(element, name, "type", inner)
        items = read_items(element[:])
        _check_size(element, len(items))
        return set(items) if hashable else items

    return read


def _map_reader(type_: MapOf, *, hidden: bool) -> Read:
    key, value = wire_name(type_.key), wire_name(type_.value)
    read_keys = _items_reader(type_.key, hidden=hidden)
    read_values = _items_reader(type_.value, hidden=hidden)
    container: Callable[[Iterable[tuple[Any, Any]]], Any] = dict if type_.is_dict else list

    def read(element: _Element) -> Any:
        _check(element, "map", "key", key)
        _check(element, "map", "value", value)
        if len(element) % 2:
            raise BodyError("a map with a key that has no value")
        keys = read_keys(element[::2])
        _check_size(element, len(keys))
        return container(zip(keys, read_values(element[1::2]), strict=True))

    return read


def _check(element: _Element, name: str, attribute: str, expected: str) -> None:
    if element.tag != name:
        raise BodyError(f"{name} is expected, not {str(element.tag)[:40]!r}")
    said = element.get(attribute)
    if said != expected and said is not None:
        raise BodyError(f"{name} of {expected} is expected, not of {said[:40]!r}")


def _check_size(element: _Element, size: int) -> None:
    """A container that says how much it holds must hold it; one that says nothing is taken as it is."""
    said = element.get("size")
    if said is not None and said != str(size):
        raise BodyError(f"{size} elements where there should be {said[:40]}")


def _items_reader(type_: Type, *, hidden: bool) -> Callable[[Sequence[_Element]], list[Any]]:
    if isinstance(type_, Base | EnumOf):
        return _scalars_reader(_text_reader(type_, hidden=hidden))
    read = _compound_reader(type_, hidden=hidden)

    def read_items(elements: Sequence[_Element]) -> list[Any]:
        items: list[Any] = []
        try:
            for element in elements:
                items.append(read(element))  # noqa: PERF401 - the index tells where an error is
        except BodyError as error:
            raise error.within(f"[{len(items)}]") from None
        return items

    return read_items


def _scalars_reader(text: ReadText) -> Callable[[Sequence[_Element]], list[Any]]:
    def read_items(elements: Sequence[_Element]) -> list[Any]:
        try:
            if any(map(len, elements)):
                _mixed(next(each for each in elements if len(each)))
            return [text(element.text or "") for element in elements]
        except BodyError as error:
            raise error.within(f"[{_first_wrong(text, elements)}]") from None

    return read_items


def _first_wrong(text: ReadText, elements: Sequence[_Element]) -> int:
    """Where in a container the value is that was refused; looked for only once it was."""
    for index, element in enumerate(elements):
        try:
            text(element.text or "" if not len(element) else _mixed(element))
        except BodyError:
            return index
    return len(elements)
