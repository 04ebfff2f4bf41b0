"""From the parameters of a URL to a typed request (clause 5.4). Pure.

Stricter than both originals, which guess: an unknown, repeated or wrong parameter is refused, and told why.
"""

from collections.abc import Sequence
from typing import Any

from satark.sandesh.introspect.pages import type_name
from satark.sandesh.types import Base, EnumOf, Field, Message
from satark.sandesh.wire.errors import BodyError
from satark.sandesh.wire.scalars import scalar_reader

FIRST = "x"
"""Sets the first field, as links in answers do; a field of that name goes first."""
MAX_VALUE_CHARACTERS = 4_096
_BOOLS = {"true": "true", "1": "true", "false": "false", "0": "false"}


class ParameterError(ValueError):
    """A parameter that the request does not take; the text is for its caller, and repeats nothing that he sent."""


def request_of(class_: type[Message], parameters: Sequence[tuple[str, str]]) -> Message:
    """A request with the given fields set; an empty value leaves its field unset. Raises `ParameterError`."""
    fields = {each.name: each for each in class_.__sandesh__.fields if each.constant is None}
    first = next(iter(fields.values()), None)
    values: dict[str, Any] = {}
    seen: set[str] = set()
    for name, text in parameters:
        field = fields.get(name, first if name == FIRST else None)
        if field is None:
            known = ", ".join(fields) or "none"
            raise ParameterError(f"{class_.__sandesh__.name} has no such parameter; it has: {known}")
        if field.name in seen:
            raise ParameterError(f"{field.name} is given twice")
        seen.add(field.name)
        if text:
            values[field.attribute] = _value(field, text)
    return class_(**values)


def _value(field: Field, text: str) -> Any:
    if not isinstance(field.type, Base | EnumOf):
        raise ParameterError(f"{field.name} is no scalar and cannot be given in a URL")
    if len(text) > MAX_VALUE_CHARACTERS:
        raise ParameterError(f"{field.name} has {len(text)} characters, at most {MAX_VALUE_CHARACTERS}")
    if any(each < " " and each not in "\t\n\r" for each in text):
        raise ParameterError(f"{field.name} has a control character")
    if isinstance(field.type, Base) and field.type.name == "bool":
        text = _BOOLS.get(text.lower(), text)
    if isinstance(field.type, Base) and field.type.name == "ipv4" and "." in text:
        return _ipv4(field, text)
    try:
        return scalar_reader(field.type)(text)
    except BodyError:
        raise ParameterError(f"{field.name} is no {type_name(field.type)}") from None


def _ipv4(field: Field, text: str) -> Any:
    try:
        value = scalar_reader(Base("ipaddr"))(text)
    except BodyError:
        value = None
    if value is None or value.version != 4:  # noqa: PLR2004 - of the Internet Protocol
        raise ParameterError(f"{field.name} is no ipv4")
    return value
