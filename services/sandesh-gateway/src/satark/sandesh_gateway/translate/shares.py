"""UVEs and alarms as shares; what does not fit into one record is told in several, what fits into none is left out."""

from datetime import datetime

import msgspec

from satark.sandesh.contents import Share, share_of
from satark.sandesh.types import SandeshType
from satark.sandesh.wire.xml import Received
from satark.sandesh_gateway.translate.origin import Origin, time_of
from satark.sandesh_gateway.translate.values import attributes_of
from satark.schemas.uves import UveShare, Value, share_id

WHOLE_BYTES = 300_000
"""A message of no more than this makes an event that surely fits into one record."""

PART_BYTES = 800_000
MAX_OTHER_TABLES = 16
OMITTED = "satark.omitted_bytes"
"""The annotation of an attribute that was too large for any record; its value is missing."""

_encoder = msgspec.json.Encoder()


def shares_of(received: Received, origin: Origin, now: datetime) -> tuple[UveShare, ...]:
    """Return the share in a UVE or an alarm, in parts if it is large; raises `ContentError`."""
    share = share_of(received, identifiers=True)  # they are no part of values, and taking them out costs a copy
    if share is None:
        return ()
    attributes = attributes_of(share.attributes.values())
    parts = [attributes] if received.length <= WHOLE_BYTES else _parts(attributes)
    return tuple(_event(share, received, origin, now, part, at) for at, part in enumerate(parts))


def omitted(shares: tuple[UveShare, ...]) -> list[str]:
    """Return the names of attributes that were too large."""
    return [name for share in shares for name, value in share.attributes.items() if OMITTED in value.annotations]


def _event(
    share: Share, received: Received, origin: Origin, now: datetime, attributes: dict[str, Value], part: int
) -> UveShare:
    header = received.header
    name = share.message if not part else f"{share.message}#{part}"
    return UveShare(
        id=share_id(origin.generator, origin.session, name, header.sequence_number, share.key, sync=header.is_sync),
        generator=origin.generator,
        gateway=origin.gateway,
        time=time_of(header.timestamp_us, now),
        entity=share.key,
        session=origin.session,
        struct=share.struct,
        message=share.message,
        sequence_number=header.sequence_number,
        sync=header.is_sync,
        alarm=header.type == SandeshType.ALARM,
        deleted=share.deleted,
        other_tables=share.other_tables[:MAX_OTHER_TABLES],
        attributes=attributes,
    )


def _parts(attributes: dict[str, Value]) -> list[dict[str, Value]]:
    parts: list[dict[str, Value]] = [{}]
    room = PART_BYTES
    for name, value in attributes.items():
        size = len(_encoder.encode(value)) + len(name) + 8
        kept = value
        if size > PART_BYTES:
            kept = Value(type=value.type, annotations={**value.annotations, OMITTED: str(size)})
            size = len(_encoder.encode(kept)) + len(name) + 8
        if size > room and parts[-1]:
            parts.append({})
            room = PART_BYTES
        parts[-1][name] = kept
        room -= size
    return parts
