"""Small programs with derived statistics, made of fields."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from satark.sandesh.types import BOOL, STRING, Field, Kind, Layout, MessageLayout, Struct, StructOf, Type, UveMessage


def optional(id_: int, name: str, type_: Type, **annotations: str) -> Field:
    """An optional field."""
    return Field(id=id_, name=name, type=type_, optional=True, annotations=annotations)


def struct_of(name: str, *fields: Field, annotations: Mapping[str, str] | None = None) -> Any:
    """The class of a struct."""
    layout = Layout(name=name, fields=fields, annotations=annotations or {})
    return _class(name, Struct, layout)


def uve_of(*fields: Field, period: int = 0, timeout: int = 0) -> Any:
    """The class of a UVE with a key, these fields and `deleted`; `.Data` is that of its data."""
    key = Field(id=100, name="name", type=STRING, annotations={"key": "ObjectThing"})
    given = {"period": str(period), "timeout": str(timeout)} if period else {}
    data = struct_of("Thing", key, *fields, optional(101, "deleted", BOOL), annotations=given)
    layout = MessageLayout(
        name="ThingTrace", kind=Kind.UVE, fields=(Field(id=1, name="data", type=StructOf("Thing", lambda: data)),)
    )
    message = _class("ThingTrace", UveMessage, layout)
    message.Data = data
    return message


def _class(name: str, base: type, layout: Layout) -> Any:
    fields: list[Any] = [(each.attribute, Any, dataclasses.field(default=None)) for each in layout.fields]
    return dataclasses.make_dataclass(name, fields, bases=(base,), namespace={"__sandesh__": layout}, kw_only=True)
