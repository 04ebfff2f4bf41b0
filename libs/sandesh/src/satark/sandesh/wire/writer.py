"""Compiled encoders: what can be known of a class beforehand is computed once (clause 3.3)."""

import re
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import Any, TypeAlias

from satark.sandesh.types import (
    Base,
    EnumOf,
    Field,
    Layout,
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
from satark.sandesh.wire.errors import EncodeError
from satark.sandesh.wire.scalars import scalar_writer
from satark.sandesh.wire.text import TAKEN, escape, escape_attribute

Append: TypeAlias = Callable[[str], None]
Write: TypeAlias = Callable[[Append, Any], None]
_PAIR = 2
_is_name = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*").fullmatch
Plan: TypeAlias = tuple[tuple[str, str, Write | None, Callable[[Any], str] | None, str], ...]


def encode_message(message: Message) -> bytes:
    """A message's element, unset fields left out.

    Raises `EncodeError`, which names the field, for a value that does not fit.
    """
    name = message.__sandesh__.name
    table = message.table if isinstance(message, UveMessage) else None
    if table is not None and not isinstance(table, str):
        raise EncodeError(f"a table's name is needed, not {type(table).__name__}", f"{name}.table")
    class_: Any = type(message)
    out: list[str] = []
    try:
        _message_writer(class_, table)(out.append, message)
    except EncodeError as error:
        raise error.within(name) from None
    return f'<{name} type="sandesh">{"".join(out)}</{name}>'.encode()


@lru_cache(maxsize=4096)
def _message_writer(class_: type[Message], table: str | None) -> Write:
    return _record_writer(class_, _plan(class_.__sandesh__, _field_type_writer(table)))


@lru_cache(maxsize=4096)
def _struct_writer(class_: type[Struct], table: str | None) -> Write:
    layout = class_.__sandesh__
    write = _record_writer(class_, _plan(layout, compound_writer, table))
    opening, closing = f"<{layout.name}>", f"</{layout.name}>"

    def write_struct(append: Append, value: Any) -> None:
        append(opening)
        write(append, value)
        append(closing)

    return write_struct


def _field_type_writer(table: str | None) -> Callable[[Type], Write]:
    """The writers of a message's own fields: the structs there carry the table that was given at run time."""

    def writer(type_: Type) -> Write:
        if table is not None and isinstance(type_, StructOf):
            class_: Any = type_.resolve()
            return _struct_writer(class_, table)
        return compound_writer(type_)

    return writer


def _plan(layout: Layout, compound: Callable[[Type], Write], table: str | None = None) -> Plan:
    """For each field: attribute, opening tag, writer of a compound or of a scalar, closing tag."""
    plan: list[tuple[str, str, Write | None, Callable[[Any], str] | None, str]] = []
    for field in layout.fields:
        opening, closing = f"<{field.name}{_attributes(field, table)}>", f"</{field.name}>"
        if field.constant is not None:
            plan.append(("", f"{opening}{escape(field.constant)}{closing}", None, None, ""))
        elif isinstance(field.type, Base | EnumOf):
            plan.append((field.attribute, opening, None, scalar_writer(field.type), closing))
        else:
            plan.append((field.attribute, opening, compound(field.type), None, closing))
    return tuple(plan)


def _attributes(field: Field, table: str | None) -> str:
    annotations = dict(field.annotations)
    for name in (field.name, *annotations):
        if not _is_name(name):
            raise EncodeError(f"{name[:40]!r} is no name in XML", field.attribute)
    if taken := annotations.keys() & TAKEN:
        raise EncodeError(f"no annotation can be called {min(taken)!r}", field.attribute)
    if table is not None and field.name == "name" and "key" in annotations:
        annotations["key"] = table
    written = "".join(f' {name}="{escape_attribute(text)}"' for name, text in sorted(annotations.items()))
    return f' type="{wire_name(field.type)}" identifier="{field.id}"{written}'


def _record_writer(class_: type[Struct | Message], plan: Plan) -> Write:
    def write(append: Append, record: Any) -> None:
        if not isinstance(record, class_):
            raise EncodeError(f"{class_.__name__} is needed, not {type(record).__name__}")
        attribute = ""
        try:
            for attribute, opening, compound, scalar, closing in plan:
                if not attribute:
                    append(opening)
                    continue
                value = getattr(record, attribute)
                if value is None:
                    continue
                if scalar is not None:
                    append(f"{opening}{scalar(value)}{closing}")
                elif compound is not None:
                    append(opening)
                    compound(append, value)
                    append(closing)
        except EncodeError as error:
            raise error.within(attribute) from None

    return write


def compound_writer(type_: Type) -> Write:
    """The writer of a struct or container."""
    match type_:
        case StructOf():
            class_: Any = type_.resolve()
            return _struct_writer(class_, None)
        case MapOf():
            return _map_writer(type_)
        case ListOf() | SetOf():
            return _list_writer(type_)
        case _:
            raise TypeError(f"no compound: {type_}")


def _list_writer(type_: ListOf | SetOf) -> Write:
    name = wire_name(type_)
    kinds = (set, frozenset, list) if isinstance(type_, SetOf) else (list, tuple)
    opening, closing = f'<{name} type="{wire_name(type_.element)}" size="', f"</{name}>"
    write_items = _items_writer(type_.element)

    def write(append: Append, value: Any) -> None:
        if not isinstance(value, kinds):
            raise EncodeError(f"{name} is needed, not {type(value).__name__}")
        append(f'{opening}{len(value)}">')
        write_items(append, _sorted(value) if isinstance(value, set | frozenset) else value)
        append(closing)

    return write


def _sorted(values: Collection[Any]) -> list[Any]:
    """Sets go out sorted, as the C++ original does it, so that equal values are equal bytes."""
    try:
        return sorted(values, key=_order)
    except TypeError:
        return list(values)  # values of several types: their writer says which one is wrong


def _order(value: Any) -> Any:
    return (value.version, int(value)) if isinstance(value, IPv4Address | IPv6Address) else value


def _items_writer(element: Type) -> Callable[[Append, Iterable[Any]], None]:
    if isinstance(element, Base | EnumOf):
        scalar = scalar_writer(element)

        def write_scalars(append: Append, values: Iterable[Any]) -> None:
            for index, value in enumerate(values):
                try:
                    append(f"<element>{scalar(value)}</element>")
                except EncodeError as error:
                    raise error.within(f"[{index}]") from None

        return write_scalars
    write = compound_writer(element)

    def write_compounds(append: Append, values: Iterable[Any]) -> None:
        for index, value in enumerate(values):
            try:
                write(append, value)
            except EncodeError as error:
                raise error.within(f"[{index}]") from None

    return write_compounds


def _map_writer(type_: MapOf) -> Write:
    opening = f'<map key="{wire_name(type_.key)}" value="{wire_name(type_.value)}" size="'
    write_keys, write_values = _items_writer(type_.key), _items_writer(type_.value)
    pairs_of = _items if type_.is_dict else _pairs

    def write(append: Append, value: Any) -> None:
        pairs = pairs_of(value)
        append(f'{opening}{len(pairs)}">')
        for index, (key, item) in enumerate(pairs):
            try:
                write_keys(append, (key,))
                write_values(append, (item,))
            except EncodeError as error:
                error.path = error.path.removeprefix("[0]").removeprefix(".")
                raise error.within(f"[{str(key)[:40]!r}]" if type_.is_dict else f"[{index}]") from None
        append("</map>")

    return write


def _items(value: Any) -> Collection[tuple[Any, Any]]:
    if isinstance(value, dict):
        return value.items()
    raise EncodeError(f"map is needed, not {type(value).__name__}")


def _pairs(value: Any) -> Collection[tuple[Any, Any]]:
    """A dict will do too, for keys that a program has made hashable."""
    if isinstance(value, dict):
        return value.items()
    if not isinstance(value, list | tuple):
        raise EncodeError(f"a list of pairs is needed, not {type(value).__name__}")
    for index, pair in enumerate(value):
        if not isinstance(pair, tuple) or len(pair) != _PAIR:
            raise EncodeError(f"[{index}] is no pair of a key and a value")
    return value
