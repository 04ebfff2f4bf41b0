"""Questions to daemons: what a caller may ask, which requests every daemon knows, and answers as plain values. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from satark.analytics.web.problem import Problem
from satark.runtime.asking import Asked
from satark.sandesh.generator.messages.alarms.registry import MESSAGES as ALARMS
from satark.sandesh.generator.messages.requests.registry import MESSAGES as REQUESTS
from satark.sandesh.generator.messages.sending.registry import MESSAGES as SENDING
from satark.sandesh.generator.messages.traces.registry import MESSAGES as TRACES
from satark.sandesh.types import Kind
from satark.sandesh.types.descriptors import wire_name
from satark.sandesh.wire.errors import SandeshError
from satark.sandesh.wire.generic import decode_tree
from satark.sandesh.wire.tree import plain
from satark.schemas.messages import Message
from satark.schemas.requests import Argument, RequestOutcome

MORE = "more"
"""The field that only says that another page follows (sandesh.md 4.8)."""

MAX_TIMEOUT_S = 60.0
MAX_ANSWERS = 1_000
"""Told in one answer; a pattern may mean thousands of daemons."""


class FieldAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field of a request. Type and number may be left out for the requests that every daemon knows."""

    name: Annotated[str, Meta(description="Its name in the IDL.", min_length=1, max_length=256)]
    value: Annotated[str, Meta(description="As text, as it goes over the wire.", max_length=65_536)]
    type: Annotated[str, Meta(description="Its type in the IDL; string if not said.", max_length=32)] | None = None
    identifier: Annotated[int, Meta(description="Its number; its place, if not said.", ge=0, le=32_767)] | None = None


class RequestAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question to a daemon, or where parts of the name are `*` to several."""

    generator: Annotated[
        str,
        Meta(
            description="Host, node type, module and instance, joined by colons; each may be `*`.",
            min_length=1,
            max_length=1024,
        ),
    ]
    name: Annotated[str, Meta(description="The request's name in the IDL.", pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,255}$")]
    fields: Annotated[list[FieldAsked], Meta(max_length=256)] = []
    timeout_s: Annotated[
        float, Meta(description="How long the daemon may take, in seconds.", gt=0, le=MAX_TIMEOUT_S)
    ] = 10.0


class KnownField(Struct, frozen=True, kw_only=True):
    """A field of a request that every daemon knows."""

    name: str
    type: str
    identifier: int


class KnownRequest(Struct, frozen=True, kw_only=True):
    """A request that every daemon knows, with the fields that may be given."""

    name: str
    fields: list[KnownField]


class KnownRequests(Struct, frozen=True, kw_only=True):
    """The requests that every daemon knows; each has others of its own."""

    requests: list[KnownRequest]


class OutcomeTold(Struct, frozen=True, kw_only=True):
    """How the request to one generator ended."""

    generator: str
    outcome: RequestOutcome
    answers: int
    detail: str
    gateway: str


class AnswerTold(Struct, frozen=True, kw_only=True):
    """One answer of a daemon, its fields as plain values."""

    generator: str
    name: str
    time: datetime
    fields: dict[str, Any]


class RequestTold(Struct, frozen=True, kw_only=True):
    """What came of a request. `unheard` generators were meant and nothing is known of them; `more` answers are not told."""

    request: str
    outcomes: list[OutcomeTold]
    answers: list[AnswerTold]
    unheard: int
    more: int


KNOWN: Mapping[str, tuple[KnownField, ...]] = {
    name: tuple(
        KnownField(name=field.name, type=wire_name(field.type), identifier=field.id)
        for field in message.__sandesh__.fields
        if field.constant is None
    )
    for messages in (REQUESTS, SENDING, TRACES, ALARMS)
    for name, message in messages.items()
    if message.__sandesh__.kind is Kind.REQUEST
}


def known() -> KnownRequests:
    """Return the requests that every daemon knows."""
    return KnownRequests(requests=[KnownRequest(name=name, fields=[*fields]) for name, fields in sorted(KNOWN.items())])


def arguments(request: str, given: Iterable[FieldAsked]) -> list[Argument]:
    """Return the fields of a request with types and numbers. Raises Problem (422) for one that it does not have."""
    return [_argument(request, field, place) for place, field in enumerate(given, 1)]


def told(asked: Asked) -> RequestTold:
    """Return what came of a request."""
    outcomes = [
        OutcomeTold(
            generator=each.generator,
            outcome=each.outcome,
            answers=each.answers,
            detail=each.detail,
            gateway=each.gateway,
        )
        for each in asked.outcomes.values()
    ]
    return RequestTold(
        request=asked.request.id,
        outcomes=outcomes,
        answers=[_answer(message) for message in asked.answers[:MAX_ANSWERS]],
        unheard=max(0, asked.matched - len(outcomes)),
        more=max(0, len(asked.answers) - MAX_ANSWERS),
    )


def _argument(request: str, given: FieldAsked, place: int) -> Argument:
    fields = {field.name: field for field in KNOWN.get(request, ())}
    if request in KNOWN and given.name not in fields:
        there = f"it has {', '.join(fields)}" if fields else "it has none"
        raise Problem(422, "no_such_field", f"{request} has no field {given.name!r}: {there}")
    known_field = fields.get(given.name)
    type_ = given.type or (known_field.type if known_field else "string")
    number = given.identifier if given.identifier is not None else (known_field.identifier if known_field else place)
    return Argument(name=given.name, value=given.value, type=type_, identifier=number)


def _answer(message: Message) -> AnswerTold:
    generator = message.entity.removeprefix("generator/")
    return AnswerTold(generator=generator, name=message.name, time=message.time, fields=_fields(message))


def _fields(message: Message) -> dict[str, Any]:
    """Return an answer's fields; of one whose XML cannot be read those that the event has."""
    try:
        tree = decode_tree(message.body.encode())
    except SandeshError:
        return dict(message.fields)
    return {each.name: plain(each.value, each.type) for each in tree.fields if each.name != MORE}
