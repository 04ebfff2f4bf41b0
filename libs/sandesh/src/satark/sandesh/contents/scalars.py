"""Scalars of a statistic: numbers of every type of the language, and texts for all others (clause 6.6).

The original records no i16, i32, i64, byte, bool and enum; here they are numbers like the others, true is 1.
"""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address
from math import isfinite
from types import MappingProxyType
from typing import TypeAlias

Number: TypeAlias = int | float

_MOST_DIGITS = 20


def _integer(text: str) -> int | None:
    digits = text.removeprefix("-")
    return int(text) if len(digits) <= _MOST_DIGITS and digits.isdecimal() and digits.isascii() else None


def _double(text: str) -> float | None:
    if "_" in text:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None


def _bool(text: str) -> int | None:
    return {"true": 1, "false": 0}.get(text)


_INTEGERS = ("byte", "i8", "u8", "i16", "i32", "i64", "u16", "u32", "u64")
NUMBERS: Mapping[str, Callable[[str], Number | None]] = MappingProxyType(
    {**dict.fromkeys(_INTEGERS, _integer), "double": _double, "bool": _bool}
)
"""By type: a number from its text, None for a text that is no finite one."""


def label(text: str, type_: str) -> str:
    """A scalar as people write it: ipv4 addresses, which are numbers on the wire, with dots."""
    if type_ != "ipv4":
        return text
    number = _integer(text)
    return str(IPv4Address(number)) if number is not None and 0 <= number < 2**32 else text
