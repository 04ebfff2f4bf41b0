"""UVEs as a collector holds them: shares by their names, how one state follows from another, and plain values."""

from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from satark.sandesh.types import Struct, UveMessage, attributes
from satark.sandesh.wire.tree import Plain

DELETED = "deleted"
PROXY = "proxy"


class ShareName(NamedTuple):
    """What tells one share of a generator from another; `struct` ends with `-<proxy>` for one of a proxy."""

    table: str
    name: str
    struct: str


State: TypeAlias = Mapping[ShareName, UveMessage]
"""Whole UVEs by the names of their shares."""


def name_of(message: UveMessage) -> ShareName:
    """Return the name of the share that a UVE is (specification clause 6.4)."""
    data = _data(message)
    layout = data.__sandesh__
    proxy = getattr(data, PROXY, None)
    return ShareName(
        message.table or layout.keys[0].annotations["key"],
        data.name,
        layout.name if proxy is None else f"{layout.name}-{proxy}",
    )


def state_of(messages: Iterable[UveMessage]) -> State:
    """Return whole UVEs by name. Raises `ValueError` for two of one name."""
    state: dict[ShareName, UveMessage] = {}
    for each in messages:
        name = name_of(each)
        if state.setdefault(name, each) is not each:
            raise ValueError(f"two UVEs are {name}")
    return state


def changes(before: State, after: State) -> Iterator[UveMessage]:
    """Yield what must be sent so that a collector that holds one state holds the other: deletions, then the news.

    Of a UVE that was there only the changed attributes are sent. An attribute cannot be unset: one that was set and
    no longer is raises `ValueError`.
    """
    for name, gone in before.items():
        if name not in after:
            yield _with(gone, {DELETED: True})
    for name, message in after.items():
        known = before.get(name)
        if known is None:
            yield message
        elif message != known:
            yield _with(message, _news(name, attributes(_data(known)), attributes(_data(message))))


def attributes_of(message: UveMessage) -> dict[str, Plain]:
    """Return the attributes of a share in Python's own types: every field that is not a key."""
    data = _data(message)
    fields = (
        (each, getattr(data, each.attribute)) for each in data.__sandesh__.fields if "key" not in each.annotations
    )
    return {field.name: plain_of(value) for field, value in fields if value is not None}


def plain_of(value: Any) -> Plain:  # noqa: PLR0911 - one return a type
    """Return a value as `satark.sandesh.wire.tree.plain` gives it after it was sent."""
    match value:
        case bool() | float() | str():
            return value
        case int() | IntEnum():
            return int(value)
        case IPv4Address() | IPv6Address() | UUID():
            return str(value)
        case list() | tuple():
            return [plain_of(each) for each in value]
        case set() | frozenset():
            return [plain_of(each) for each in sorted(value)]
        case dict():
            return {str(plain_of(key)): plain_of(each) for key, each in value.items()}
        case Struct():
            named = ((each.name, getattr(value, each.attribute)) for each in value.__sandesh__.fields)
            return {name: plain_of(each) for name, each in named if each is not None}
    raise TypeError(f"no value of a UVE: {type(value).__name__}")


def _data(message: UveMessage) -> Any:
    return message.data  # type: ignore[attr-defined]


def _news(name: ShareName, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    lost = before.keys() - after.keys()
    if lost:
        raise ValueError(f"{name} loses {', '.join(sorted(lost))}, which cannot be told")
    return {attribute: value for attribute, value in after.items() if before.get(attribute) != value}


def _with(message: UveMessage, values: Mapping[str, Any]) -> UveMessage:
    """The same UVE with nothing but its name, its proxy and these values."""
    data = _data(message)
    kept = {"name": data.name}
    if getattr(data, PROXY, None) is not None:
        kept[PROXY] = data.proxy
    whole: Any = type(message)
    uve: UveMessage = whole(data=type(data)(**{**kept, **values}), table=message.table)
    return uve
