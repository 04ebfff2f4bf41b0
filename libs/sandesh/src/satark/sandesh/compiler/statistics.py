"""Tables of statistics: what a collector indexes of fields with `tags` (clauses 1.8, 2.2 and 6.6)."""

from collections.abc import Iterable
from typing import Any

from satark.sandesh.idl import Unit, doctext
from satark.sandesh.idl.ast import Base, Kind
from satark.sandesh.idl.model import (
    EnumType,
    Field,
    ListType,
    MapType,
    Message,
    ScalarType,
    SetType,
    Struct,
    StructType,
    Type,
)

_TEXTS = {Base.STRING, Base.BINARY, Base.SLIST, Base.XML, Base.IPV4, Base.IPADDR, Base.UUID, Base.BOOL}


def stats_tables(unit: Unit) -> list[dict[str, Any]]:
    """One table for each field with `tags` of a UVE's data or of an object log."""
    tables: dict[tuple[str, str], dict[str, Any]] = {}
    for message in unit.messages:
        shape: Struct | Message | None = message if message.kind is Kind.OBJECTLOG else message.data
        if shape is not None:
            for field in shape.fields:
                if "tags" in field.annotations:
                    tables.setdefault((shape.name, field.name), _table(shape, field))
    return list(tables.values())


def _table(shape: Struct | Message, field: Field) -> dict[str, Any]:
    indexes = _indexes(field)
    return {
        "stat_type": shape.name,
        "stat_attr": field.name,
        "display_name": doctext.tags(field.doc).get("display_name", ""),
        "obj_table": next((each.annotations["key"] for each in shape.fields if "key" in each.annotations), ""),
        "attributes": [_attribute(name, datatype, indexes) for name, datatype in _attributes(field)],
    }


def _indexes(field: Field) -> dict[str, list[str]]:
    """Index columns with their suffixes: `.a` is a leaf of the field, `a:.b` is `a` with `b` as its suffix."""
    found: dict[str, list[str]] = {}
    for tag in field.annotations["tags"].split(","):
        first, _, second = tag.strip().partition(":")
        if first:
            suffixes = found.setdefault(_path(first, field), [])
            suffixes += [_path(second, field)] if second else []
    return found


def _path(tag: str, field: Field) -> str:
    return f"{field.name}{tag}" if tag.startswith(".") else tag


def _attribute(name: str, datatype: str, indexes: dict[str, list[str]]) -> dict[str, Any]:
    attribute: dict[str, Any] = {"name": name, "datatype": datatype, "index": name in indexes}
    return {**attribute, "suffixes": indexes[name]} if indexes.get(name) else attribute


def _attributes(field: Field) -> Iterable[tuple[str, str]]:
    match field.type:
        case MapType():
            yield f"{field.name}.__key", _datatype(field.type.key)
            value = field.type.value
            if isinstance(value, StructType):
                yield from _leaves(value.struct, field.name)
            else:
                yield f"{field.name}.*", _datatype(value)
        case ListType(element) | SetType(element) if isinstance(element, StructType):
            yield from _leaves(element.struct, field.name)
        case ListType(element) | SetType(element):
            yield field.name, _datatype(element)
        case StructType(struct):
            yield from _leaves(struct, field.name)
        case other:
            yield field.name, _datatype(other)


def _leaves(struct: Struct, path: str) -> Iterable[tuple[str, str]]:
    for each in struct.fields:
        if isinstance(each.type, StructType):
            yield from _leaves(each.type.struct, f"{path}.{each.name}")
        elif isinstance(each.type, ScalarType | EnumType | MapType):
            yield f"{path}.{each.name}", _datatype(each.type)


def _datatype(type_: Type) -> str:
    match type_:
        case ScalarType(Base.DOUBLE):
            return "double"
        case ScalarType(base) if base in _TEXTS:
            return "string"
        case MapType():
            return "map"
        case _:
            return "int"
