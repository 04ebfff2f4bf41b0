"""UVEs: what one generator says about one object, attribute by attribute.

A user visible entity (UVE) is all that is known about one object, put together from the shares of many daemons. A
share is told in parts: each event holds the attributes that its generator has just sent, and replaces only these.
"""

from typing import Annotated

from msgspec import Meta, Struct

from satark.schemas.identifiers import identifier
from satark.schemas.metrics import Time

UveKey = Annotated[
    str,
    Meta(
        description="Table and name of the object, joined by the first colon, for example ObjectVNTable:default:vn1.",
        min_length=1,
        max_length=2048,
    ),
]
Generator = Annotated[
    str,
    Meta(
        description="The daemon: source, node type, module and instance, joined by colons.",
        min_length=1,
        max_length=1024,
    ),
]
SessionNumber = Annotated[
    int,
    Meta(
        description=(
            "The generator's session: about when it began, in microseconds since 1970. A later session of the same"
            " generator always has a greater number."
        ),
        ge=0,
    ),
]


class Value(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A value as its sender typed it. Scalars stay the text that was sent, so that no digit is lost.

    Which other members there are depends on `type`: `text` of a scalar, `struct` and `fields` of a struct, `element` and
    `items` of a list or set, `key`, `element` and `entries` of a map.
    """

    type: Annotated[str, Meta(description="i32, u64, double, bool, string, struct, list, set, map and so on.")]
    text: Annotated[str, Meta(description="A scalar, as it was sent.")] = ""
    struct: Annotated[str, Meta(description="The name of the struct's type.")] = ""
    fields: Annotated[dict[str, "Value"], Meta(description="A struct's fields in the order sent.")] = {}
    key: Annotated[str, Meta(description="The type of a map's keys.")] = ""
    element: Annotated[str, Meta(description="The type of a list's elements or of a map's values.")] = ""
    items: Annotated[
        tuple["str | Value", ...], Meta(description="A list's elements; scalars are their text alone.")
    ] = ()
    entries: Annotated[
        tuple[tuple[str, "str | Value"], ...], Meta(description="A map's keys and values in the order sent.")
    ] = ()
    annotations: Annotated[
        dict[str, str], Meta(description="What the IDL says of the field: aggtype, tags, key and the like.")
    ] = {}


class _UveEvent(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="event"):
    id: Annotated[str, Meta(description="The same fact always has the same id.")]
    generator: Generator
    gateway: Annotated[str, Meta(description="The gateway process that says so.")]
    time: Annotated[
        Time, Meta(description="When the generator said so, by its own clock; for a withdrawal the gateway's.")
    ]


class UveShare(_UveEvent, frozen=True, kw_only=True, omit_defaults=True, tag="share"):
    """A generator said something about an object. Attributes that are not here are as they were in this session."""

    entity: UveKey
    session: SessionNumber
    struct: Annotated[
        str, Meta(description="Name of the struct, with `-` and the proxy's name when it speaks for another.")
    ]
    message: Annotated[str, Meta(description="Name of the message that carried the struct.")]
    sequence_number: Annotated[int, Meta(description="The message's number in its class and process.")] = 0
    sync: Annotated[bool, Meta(description="Said again after a reconnect, not because it changed.")] = False
    alarm: Annotated[bool, Meta(description="An alarm, not a state.")] = False
    deleted: Annotated[bool, Meta(description="The generator knows the object no longer: its share is gone.")] = False
    other_tables: Annotated[
        tuple[str, ...],
        Meta(description="Tables that other key fields of the message name; the first one's counts.", max_length=16),
    ] = ()
    attributes: Annotated[
        dict[str, Value], Meta(description="What was said, by name; a list, map or struct is replaced whole.")
    ] = {}


class SharesWithdrawn(_UveEvent, frozen=True, kw_only=True, omit_defaults=True, tag="withdrawn"):
    """Everything that a generator said in this session and those before it is no longer so.

    The record goes to every partition of the topic, since the generator's shares are in all of them.
    """

    through: SessionNumber
    reason: Annotated[
        str,
        Meta(
            description="new_session, session_lost, superseded, lease_over, gateway_stopped or gateway_lost.",
            max_length=64,
        ),
    ]


def share_id(generator: str, session: int, message: str, sequence_number: int, key: str, *, sync: bool) -> str:
    """Return the id of a share: the same message of the same session always has the same one."""
    return identifier("uve-share", generator, str(session), message, str(sequence_number), key, str(sync))


def withdrawal_id(generator: str, through: int) -> str:
    """Return the id of a withdrawal; whoever notices first, it is the same fact."""
    return identifier("shares-withdrawn", generator, str(through))
