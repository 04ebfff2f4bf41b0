"""Fields of a request as a person writes them: `field=value`, with the type and the number where they are not known.

Of the requests that every daemon answers (clause 5.5) the fields are known; of others a field is a string, and its
number its place, unless `field:type=value` or `field:type:number=value` says otherwise. Pure.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from satark.sandesh.generator.messages.alarms.registry import MESSAGES as ALARMS
from satark.sandesh.generator.messages.requests.registry import MESSAGES as REQUESTS
from satark.sandesh.generator.messages.sending.registry import MESSAGES as SENDING
from satark.sandesh.generator.messages.traces.registry import MESSAGES as TRACES
from satark.sandesh.types import Kind
from satark.sandesh.types.descriptors import Field, wire_name
from satark.schemas.requests import Argument

MAX_PARTS = 3

KNOWN: Mapping[str, tuple[Field, ...]] = {
    name: message.__sandesh__.fields
    for messages in (REQUESTS, SENDING, TRACES, ALARMS)
    for name, message in messages.items()
    if message.__sandesh__.kind is Kind.REQUEST
}


class FieldError(ValueError):
    """What a person wrote is no field of the request."""


def arguments_of(request: str, texts: Iterable[str]) -> list[Argument]:
    """Return the request's fields. Raises FieldError."""
    return [_argument(request, text, place) for place, text in enumerate(texts, 1)]


def _argument(request: str, text: str, place: int) -> Argument:
    head, equals, value = text.partition("=")
    name, *rest = head.split(":")
    if not equals or not name or len(rest) >= MAX_PARTS or not all(rest):
        raise FieldError(f"{text!r} is no field=value, nor field:type=value, nor field:type:number=value")
    known = _known(request, name)
    type_ = rest[0] if rest else (wire_name(known.type) if known else "string")
    identifier = place if known is None else known.id
    if len(rest) == MAX_PARTS - 1:
        identifier = _number(rest[1], text)
    return Argument(name=name, value=value, type=type_, identifier=identifier)


def _known(request: str, name: str) -> Field | None:
    if request not in KNOWN:
        return None
    fields = {field.name: field for field in KNOWN[request] if field.constant is None}
    if name not in fields:
        close = get_close_matches(name, fields, n=1)
        there = f"it has {', '.join(fields)}" if fields else "it has none"
        raise FieldError(f"{request} has no field {name!r}: {f'did you mean {close[0]}?' if close else there}")
    return fields[name]


def _number(text: str, whole: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise FieldError(f"{whole!r}: {text!r} is no number of a field")
    return int(text)
