"""Which UVE a message is about, as a collector tells them apart (clause 6.4; analytics 1.2)."""

from functools import lru_cache
from typing import Any, NamedTuple

from satark.sandesh.types import Base, EnumOf, Field, Layout, UveMessage
from satark.sandesh.wire.errors import EncodeError
from satark.sandesh.wire.scalars import scalar_writer

_PROXY = "proxy"


class UveError(ValueError):
    """A UVE that cannot be cached: no data, no key, no table, or no room."""


class Key(NamedTuple):
    """What tells a UVE from all others of its generator.

    `name` is the text of all fields with a key, joined by colons; `proxy` for whom the generator speaks, None if for
    itself: an empty proxy is one too.
    """

    message: str
    table: str
    name: str
    proxy: str | None = None


def key_of(message: UveMessage) -> Key:
    """The identity of a UVE. Raises `UveError` for one without data, key or table.

    A key field counts if its annotation says a table; the first one that does names the table of all. The table that
    was given at run time is that of the field `name`.
    """
    name = message.__sandesh__.name
    data: Any = getattr(message, "data", None)
    class_: Any = type(data)
    keys, proxy = ((), None) if data is None else _identifying(class_)
    if not keys:
        raise UveError(f"{name} has no data with a key")
    tables, texts = [], []
    for field in keys:
        text = _text(name, field, getattr(data, field.attribute))
        given = message.table if field.name == "name" else None
        table = field.annotations["key"] if given is None else given
        if table and text is not None:
            tables.append(table)
            texts.append(text)
    if not tables:
        raise UveError(f"{name} has no table")
    if not any(texts):
        raise UveError(f"{name} has no {keys[0].name}")
    speaks_for = None if proxy is None else getattr(data, proxy.attribute)
    return Key(name, tables[0], ":".join(texts), speaks_for)


def identity_of(data: Any) -> dict[str, Any]:
    """The set attributes of a UVE's data by which it is told from others: without them an update is of another one."""
    class_: Any = type(data)
    keys, proxy = _identifying(class_)
    fields = keys if proxy is None else (*keys, proxy)
    values = ((each.attribute, getattr(data, each.attribute)) for each in fields)
    return {name: value for name, value in values if value is not None}


@lru_cache(maxsize=4096)
def _identifying(data: Any) -> tuple[tuple[Field, ...], Field | None]:
    layout: Layout = data.__sandesh__
    return layout.keys, next((each for each in layout.fields if each.name == _PROXY), None)


def _text(message: str, field: Field, value: Any) -> str | None:
    """The value as it is sent, before it is escaped; None for an optional one that is not set."""
    if value is None:
        if field.optional:
            return None
        raise UveError(f"{message} has no {field.name}")
    if isinstance(value, str):
        return value
    if not isinstance(field.type, Base | EnumOf):
        raise UveError(f"{message}: {field.name} is no key, because it is no scalar")
    try:
        return scalar_writer(field.type)(value)
    except EncodeError as error:
        raise UveError(f"{message}: {field.name}: {error}") from None
