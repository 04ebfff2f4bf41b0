"""Shares of UVEs: the message that each was, the object that it is of, and its statistics."""

from satark.analytics.ingest.mapping.messages import NUMBERS
from satark.analytics.ingest.mapping.origin import Origin, Values, microseconds
from satark.sandesh.contents import tree_of
from satark.sandesh.wire.errors import SandeshError
from satark.sandesh.wire.generic import encode_tree
from satark.sandesh.wire.xml import Received
from satark.schemas.uves import UveShare

LEVEL = -100
"""What queries call the severity of a UVE."""

KIND = "uve"


def share_rows(event: UveShare, received: Received, origin: Origin) -> tuple[Values, Values]:
    """Return the row of `messages` and that of `objects`."""
    header = received.header
    time = microseconds(event.time)
    type_ = NUMBERS["ALARM" if event.alarm else "UVE"]
    body = body_of(received)
    message: Values = (
        time,
        event.id,
        header.source,
        header.node_type,
        header.module,
        header.instance_id,
        event.message,
        type_,
        LEVEL,
        "",
        max(0, event.sequence_number),
        "",
        0,
        "",
        f"generator/{event.generator}",
        KIND,
        "",
        body,
        {},
        {},
        (event.entity,),
        *origin,
    )
    table, _, name = event.entity.partition(":")
    who = (header.source, header.module, header.node_type, header.instance_id)
    return message, (time, event.id, table, name, *who, event.message, type_, LEVEL, body, *origin)


def body_of(received: Received) -> str:
    """Return the message as XML; empty for one that XML cannot carry."""
    try:
        return encode_tree(tree_of(received)).decode()  # it has no identifiers that would have to go
    except SandeshError:
        return ""
