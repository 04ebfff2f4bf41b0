"""A value as aggregation knows it: decoded once for all sources that say the same bytes."""

import re
from functools import lru_cache

import msgspec

from satark.schemas.uves import Value

INTEGERS = frozenset(("byte", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"))
"""The types that are added up."""

CONTAINERS = frozenset(("struct", "list", "set", "map"))
"""The types of values that hold others."""

OMITTED = "satark.omitted_bytes"
"""The annotation of an attribute whose value was too large for any record."""

MAX_DEPTH = 48
"""Structs, lists and maps within each other; the gateway passes on no more than half of it."""

Form = tuple[str, tuple[tuple[str, str], ...]]
"""A type and the annotations, in the order sent."""

Identity = tuple[str, str] | bytes
"""Equal for equal values, whatever their annotations and the order of a struct's fields."""

_decoder = msgspec.json.Decoder(Value)
_encoder = msgspec.msgpack.Encoder(order="deterministic")
_integer = re.compile(r"-?[0-9]{1,20}", re.ASCII)


class BadValueError(ValueError):
    """An attribute's value is none: its sender's fault."""


class Known:
    """A value, by its bytes. `number` is that of an integer; `empty` is a list at the top without elements."""

    __slots__ = ("_whole", "empty", "form", "identity", "number", "raw")

    def __init__(self, raw: bytes, value: Value) -> None:
        self.raw = raw
        self.form = _form(value.type, tuple(value.annotations.items()))
        self.number = integer(value)
        self.empty = value.type in {"list", "set"} and not value.items and OMITTED not in value.annotations
        plain = value.type not in CONTAINERS and OMITTED not in value.annotations
        self._whole = None if plain else value
        self.identity: Identity = (value.type, value.text) if plain else identity_of(value)

    @property
    def value(self) -> Value:
        """The value with its annotations."""
        if self._whole is not None:
            return self._whole
        type_, annotations = self.form
        return Value(type=type_, text=str(self.identity[1]), annotations=dict(annotations))


def known(raw: bytes) -> Known:
    """Return the value that is encoded in `raw`; raises `BadValueError`."""
    try:
        value = _decoder.decode(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadValueError(str(error)) from None
    if _deeper(value, MAX_DEPTH):
        raise BadValueError(f"nested deeper than {MAX_DEPTH}")
    return Known(raw, value)


def known_as(value: Value) -> Known:
    """Return a value that nobody sent."""
    return Known(msgspec.json.encode(value), value)


def aggtype_of(form: Form) -> str:
    """Return what the annotations say of aggregation, empty if nothing."""
    return next((text for name, text in form[1] if name == "aggtype"), "")


def identity_of(value: Value) -> bytes:
    """Return bytes that are equal for equal values; of the value's own annotations only a missing size counts."""
    kept = {name: text for name, text in value.annotations.items() if name == OMITTED}
    return _encoder.encode(msgspec.structs.replace(value, annotations=kept))


def element_identity(element: str | Value) -> Identity | str:
    """Return what is equal for equal elements of lists."""
    return element if isinstance(element, str) else _encoder.encode(element)


def integer(value: Value) -> int | None:
    """Return the number of a value of an integer type, None if it has none."""
    return number_of(value.text) if value.type in INTEGERS and OMITTED not in value.annotations else None


def number_of(text: str) -> int | None:
    """Return the integer that a text is, None for any other text."""
    return int(text) if _integer.fullmatch(text) else None


@lru_cache(maxsize=4_096)
def _form(type_: str, annotations: tuple[tuple[str, str], ...]) -> Form:
    """Forms are few and values many: equal ones are one object."""
    return type_, annotations


def _deeper(value: str | Value, than: int) -> bool:
    if isinstance(value, str) or not (value.fields or value.items or value.entries):
        return False
    return not than or (
        any(_deeper(each, than - 1) for each in value.fields.values())
        or any(_deeper(each, than - 1) for each in value.items)
        or any(_deeper(each, than - 1) for _, each in value.entries)
    )
