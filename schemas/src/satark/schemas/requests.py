"""Requests: questions to a daemon. The gateway that holds the daemon asks; the answers come as messages.

An answer is a `Message` of kind `sandesh` whose context is the request's id; how it ended is a `Message` of kind
`request-outcome` with the same context.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from satark.schemas.metrics import Time
from satark.schemas.uves import Generator

OUTCOME = "request-outcome"


class Argument(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One field of a request, of a scalar type."""

    name: Annotated[str, Meta(description="The field's name in the IDL.", min_length=1, max_length=256)]
    value: Annotated[str, Meta(description="As text, as it goes over the wire.", max_length=65_536)]
    type: Annotated[str, Meta(description="The field's type in the IDL.", max_length=32)] = "string"
    identifier: Annotated[
        int | None, Meta(description="The field's number in the IDL; its place in the list, from 1, if not said.")
    ] = None


class Request(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question to one generator."""

    id: Annotated[str, Meta(description="Chosen by who asks; the answers carry it.", min_length=1, max_length=128)]
    generator: Generator
    name: Annotated[str, Meta(description="The request's name in the IDL.", min_length=1, max_length=256)]
    arguments: Annotated[
        tuple[Argument, ...], Meta(description="Its fields; those not named keep their defaults.", max_length=256)
    ] = ()
    time: Annotated[Time, Meta(description="When it was asked, UTC.")]
    expires: Annotated[Time, Meta(description="Until when an answer is of use, UTC.")]
    asked_by: Annotated[str, Meta(description="Who asks, for the record.", max_length=256)] = ""


class RequestOutcome(StrEnum):
    """How a request ended."""

    ANSWERED = "answered"
    TIMED_OUT = "timed_out"
    UNKNOWN_GENERATOR = "unknown_generator"
    GENERATOR_LOST = "generator_lost"
    NOT_SENT = "not_sent"
