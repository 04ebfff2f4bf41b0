"""Scalars to and from their text, one function a type (clause 3.3). All raise errors that tell the value, not its place."""

import re
from collections.abc import Callable, Mapping
from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from types import MappingProxyType
from typing import Any
from uuid import UUID

from satark.sandesh.types import INTEGER_RANGES, Base, Enumeration, EnumOf
from satark.sandesh.wire.errors import BodyError, EncodeError
from satark.sandesh.wire.text import cdata, escape

_negative = re.compile(r"-[0-9]{1,20}").fullmatch
_MOST_DIGITS = 20
_uuid = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}").fullmatch
_SHOWN = 40
_U32 = INTEGER_RANGES["u32"]


def _unlike(expected: str, value: object) -> EncodeError:
    return EncodeError(f"{expected} is needed, not {type(value).__name__} {repr(value)[:_SHOWN]}")


def _no(expected: str, text: str) -> BodyError:
    return BodyError(f"no {expected}: {text[:_SHOWN]!r}")


def _integer_writer(name: str, low: int, high: int) -> Callable[[Any], str]:
    def write(value: Any) -> str:
        if type(value) is not int and (not isinstance(value, int) or isinstance(value, bool)):
            raise _unlike(name, value)
        if low <= value <= high:
            return int.__repr__(value)
        raise EncodeError(f"{int(value)} is no {name}, which is {low} to {high}")

    return write


def _integer_reader(name: str, low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if (text.isdecimal() and text.isascii() and len(text) <= _MOST_DIGITS) or _negative(text) is not None:
            value = int(text)
            if low <= value <= high:
                return value
        raise _no(name, text)

    return read


def _write_bool(value: Any) -> str:
    if value is True:
        return "true"
    if value is False:
        return "false"
    raise _unlike("bool", value)


def _read_bool(text: str) -> bool:
    if text == "true":
        return True
    if text == "false":
        return False
    raise _no("bool", text)


def _write_double(value: Any) -> str:
    if not isinstance(value, float | int) or isinstance(value, bool):
        raise _unlike("double", value)
    try:
        return float.__repr__(float(value))
    except OverflowError:
        raise EncodeError("an integer is too large for a double") from None


def _read_double(text: str) -> float:
    if text.isascii() and "_" not in text and text == text.strip():
        try:
            return float(text)
        except ValueError:
            pass
    raise _no("double", text)


def _write_string(value: Any) -> str:
    if isinstance(value, str):
        return escape(value)
    raise _unlike("string", value)


def _read_string(text: str) -> str:
    return text


def _write_xml(value: Any) -> str:
    if isinstance(value, str):
        return cdata(value)
    raise _unlike("xml", value)


def _write_ipv4(value: Any) -> str:
    if isinstance(value, IPv4Address):
        return str(int(value))
    raise _unlike("ipv4", value)


def _read_ipv4(text: str) -> IPv4Address:
    return IPv4Address(_read_u32(text))


def _write_ipaddr(value: Any) -> str:
    if isinstance(value, IPv4Address | IPv6Address):
        return escape(str(value))
    raise _unlike("ipaddr", value)


def _read_ipaddr(text: str) -> IPv4Address | IPv6Address:
    try:
        return ip_address(text)
    except ValueError:
        raise _no("ipaddr", text) from None


def _write_uuid(value: Any) -> str:
    if isinstance(value, UUID):
        return str(value)
    raise _unlike("uuid_t", value)


def _read_uuid(text: str) -> UUID:
    if _uuid(text) is None:
        raise _no("uuid_t", text)
    return UUID(text)


_read_u32 = _integer_reader("ipv4", *_U32)
_WRITERS: Mapping[str, Callable[[Any], str]] = MappingProxyType(
    {
        **{name: _integer_writer(name, *limits) for name, limits in INTEGER_RANGES.items()},
        "bool": _write_bool,
        "double": _write_double,
        "string": _write_string,
        "xml": _write_xml,
        "ipv4": _write_ipv4,
        "ipaddr": _write_ipaddr,
        "uuid_t": _write_uuid,
    }
)
_READERS: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        **{name: _integer_reader(name, *limits) for name, limits in INTEGER_RANGES.items()},
        "bool": _read_bool,
        "double": _read_double,
        "string": _read_string,
        "xml": _read_string,
        "ipv4": _read_ipv4,
        "ipaddr": _read_ipaddr,
        "uuid_t": _read_uuid,
    }
)
_write_i32, _read_i32 = _WRITERS["i32"], _READERS["i32"]


def scalar_writer(type_: Base | EnumOf) -> Callable[[Any], str]:
    """From a Python value to its text, escaped. Raises `EncodeError` for another type and for what is out of range."""
    return _WRITERS[type_.name] if isinstance(type_, Base) else _write_enum


def scalar_reader(type_: Base | EnumOf) -> Callable[[str], Any]:
    """From text, entities decoded, to a Python value. Raises `BodyError`."""
    return _READERS[type_.name] if isinstance(type_, Base) else _enum_reader(type_.resolve())


def _write_enum(value: Any) -> str:
    if isinstance(value, IntEnum):
        return _write_i32(int(value))
    raise _unlike("enum", value)


def _enum_reader(enum: type[Enumeration]) -> Callable[[str], Enumeration]:
    def read(text: str) -> Enumeration:
        return enum(_read_i32(text))

    return read
