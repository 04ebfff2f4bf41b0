"""JSON Schema 2020-12 of a program's messages as plain values: what a codec, a form or a test of others can check.

A message is an object with one property, its name, whose value has the fields by their names on the wire. Integers have
the range of their type, enums are their numbers, addresses and UUIDs are texts, and the keys of a map are texts of its
key type, because JSON has no others; a map by structs or containers is an array of pairs.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from satark.sandesh.compiler.generator import Language
from satark.sandesh.idl import model
from satark.sandesh.idl.ast import Base
from satark.sandesh.idl.model import (
    Bundle,
    EnumType,
    ListType,
    MapType,
    ScalarType,
    SetType,
    StructType,
    TextType,
    Unit,
)
from satark.sandesh.types import INTEGER_RANGES

_PAIR: Mapping[str, Any] = {"type": "array", "items": False, "minItems": 2}
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_OTHERS: Mapping[Base, Mapping[str, Any]] = {
    Base.BOOL: {"type": "boolean"},
    Base.DOUBLE: {"type": "number"},
    Base.IPV4: {"type": "string", "format": "ipv4"},
    Base.IPADDR: {"type": "string", "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]},
    Base.UUID: {"type": "string", "format": "uuid"},
    **{each: {"type": "string"} for each in (Base.STRING, Base.BINARY, Base.SLIST, Base.XML)},
}


def files(bundle: Bundle, _options: Mapping[str, str]) -> dict[str, str]:
    """One schema for all messages of the program; each is also found below `$defs` by its name."""
    text = json.dumps(schema(bundle), indent=2, ensure_ascii=False)
    return {f"{bundle.main.module}.schema.json": f"{text}\n"}


JSONSCHEMA = Language(summary="a JSON Schema (2020-12) of every message", generate=files)


def schema(bundle: Bundle) -> dict[str, Any]:
    """The schema as a value."""
    main = bundle.main
    definitions: dict[str, Any] = {}
    for unit in bundle.units:
        for each in unit.definitions:
            described = _definition(each, main)
            if described is not None and (unit is main or not isinstance(each, model.Message)):
                definitions[_name(each, main)] = described
    return {
        "$schema": DIALECT,
        "$id": f"urn:sandesh:{quote(main.module, errors='surrogateescape')}",
        "title": main.module,
        **_said(main.doc),
        "type": "object",
        "properties": {each.name: {"$ref": _ref(each, main)} for each in main.messages},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
        "$defs": definitions,
    }


def _name(each: model.Definition, main: Unit) -> str:
    return each.name if each.module == main.module else f"{each.module}.{each.name}"


def _ref(each: model.Definition, main: Unit) -> str:
    return f"#/$defs/{_name(each, main)}"


def _said(doc: str | None) -> dict[str, str]:
    return {"description": doc} if doc else {}


def _definition(each: model.Definition, main: Unit) -> dict[str, Any] | None:
    match each:
        case model.Enumeration():
            names = ", ".join(f"{member.value} {member.name}" for member in each.members)
            values = list(dict.fromkeys(member.value for member in each.members))
            return {"title": each.name, "description": f"{each.doc}\n\n{names}" if each.doc else names, "enum": values}
        case model.Struct() | model.Message():
            return _shape(each, main)
        case model.Typedef() | model.Constant():
            return None


def _shape(each: model.Struct | model.Message, main: Unit) -> dict[str, Any]:
    needed = [field.name for field in each.fields if not (field.optional or field.automatic) and field.default is None]
    return {
        "title": each.name,
        **_said(each.doc),
        "type": "object",
        "properties": {field.name: _field(field, main) for field in each.fields},
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }


def _field(field: model.Field, main: Unit) -> dict[str, Any]:
    if field.text is not None:
        return {"const": field.text}
    default = {} if field.default is None else {"default": _plain(field.default, field.type)}
    return {**_type(field.type, main), **_said(field.doc), **default}


def _type(type_: model.Type, main: Unit) -> dict[str, Any]:
    match type_:
        case ScalarType(base):
            return _scalar(base)
        case EnumType(each) | StructType(each):
            return {"$ref": _ref(each, main)}
        case ListType():
            return {"type": "array", "items": _type(type_.element, main)}
        case SetType():
            return {"type": "array", "items": _type(type_.element, main), "uniqueItems": True}
        case MapType():
            return _map(type_, main)
        case TextType():
            return {"type": "string"}


def _map(type_: MapType, main: Unit) -> dict[str, Any]:
    value = _type(type_.value, main)
    if _is_object(type_):
        return {"type": "object", "propertyNames": _key(type_.key), "additionalProperties": value}
    return {"type": "array", "items": {**_PAIR, "prefixItems": [_type(type_.key, main), value]}}


def _scalar(base: Base) -> dict[str, Any]:
    if base in INTEGER_RANGES:
        low, high = INTEGER_RANGES[base]
        return {"type": "integer", "minimum": low, "maximum": high}
    return dict(_OTHERS[base])


def _key(type_: model.Type) -> dict[str, Any]:
    """What the text of a map's key looks like."""
    match type_:
        case ScalarType(base) if base in INTEGER_RANGES:
            return {"pattern": "^-?(0|[1-9][0-9]*)$"}
        case ScalarType(Base.BOOL):
            return {"enum": ["true", "false"]}
        case EnumType(each):
            return {"enum": list(dict.fromkeys(str(member.value) for member in each.members))}
        case ScalarType(base):
            return dict(_OTHERS[base])
        case _:
            return {}


def _plain(value: model.Value, type_: model.Type) -> Any:
    match value, type_:
        case model.EnumValue(), _:
            return value.member.value
        case model.ItemsValue(), ListType() | SetType():
            return [_plain(each, type_.element) for each in value.items]
        case model.EntriesValue(), MapType():
            pairs = [(_plain(key, type_.key), _plain(each, type_.value)) for key, each in value.entries]
            return {_key_text(key): each for key, each in pairs} if _is_object(type_) else [[*pair] for pair in pairs]
        case model.StructValue(), StructType(struct):
            types = {field.name: field.type for field in struct.fields}
            return {name: _plain(each, types[name]) for name, each in value.fields}
        case _:
            return value


def _is_object(type_: MapType) -> bool:
    return isinstance(type_.key, ScalarType | EnumType)


def _key_text(plain: Any) -> str:
    return plain if isinstance(plain, str) else json.dumps(plain)
