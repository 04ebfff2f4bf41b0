"""UVEs as the JSON datagrams of an external statistics sink (clause 5.7). Pure."""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from satark.sandesh.types import Base, EnumOf, ListOf, MapOf, SetOf, Struct, StructOf, Type, UveMessage, wire_name

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json]"
_TEXTS = frozenset(("string", "xml", "ipaddr", "uuid_t"))


def datagram(message: UveMessage, timestamp_us: int) -> bytes:
    """`{"Message":{"data":{"TYPE":"struct","VAL":{"STAT_TYPE":"DataStruct","VAL":{...}}}},"TIMESTAMP":microseconds}`.

    Hidden fields are left out, as they are on the wire. Numbers that JSON lacks are text.
    """
    data: Any = message.data  # type: ignore[attr-defined]
    told = {"STAT_TYPE": data.__sandesh__.name, "VAL": _fields(data)}
    document = {
        message.__sandesh__.name: {"data": {"TYPE": "struct", "VAL": told}},
        "TIMESTAMP": timestamp_us,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "replace")


def _fields(struct: Struct) -> dict[str, Json]:
    told: dict[str, Json] = {}
    for field in struct.__sandesh__.fields:
        value = None if field.constant is not None else getattr(struct, field.attribute)
        if value is None or field.annotations.get("hidden") == "yes":
            continue
        one: dict[str, Json] = {"TYPE": wire_name(field.type)}
        if field.annotations:
            one["ANNOTATION"] = dict(field.annotations)
        one["VAL"] = _value(field.type, value)
        told[field.name] = one
    return told


def _value(type_: Type, value: Any) -> Json:
    match type_:
        case StructOf():
            return {"VAL": _fields(value)}
        case ListOf(element) | SetOf(element):
            return {"VAL": [_value(element, each) for each in value]}
        case MapOf(key, element):
            pairs: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, Mapping) else value
            told = {_text(_value(key, name)): _mapped(element, each) for name, each in pairs}
            return {"VALUE": wire_name(element), "VAL": told}
        case EnumOf():
            return int(value)
        case Base(name):
            return _scalar(name, value)


def _mapped(type_: Type, value: Any) -> Json:
    """Scalars in maps are text, as the original sends them."""
    told = _value(type_, value)
    return _text(told) if isinstance(type_, Base | EnumOf) else told


def _text(value: Json) -> str:
    return json.dumps(value) if isinstance(value, bool | dict | list) else str(value)


def _scalar(name: str, value: Any) -> Json:
    if name == "bool":
        return bool(value)
    if name in _TEXTS:
        return str(value)
    if name == "double":
        return float(value) if math.isfinite(value) else str(value)
    return int(value)
