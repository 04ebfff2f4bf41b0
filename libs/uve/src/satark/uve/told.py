"""What the topic of UVEs tells, with each attribute's value left as the bytes that it is.

Most values that arrive are those that were there already: these are compared, never decoded.
"""

from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Raw, Struct

from satark.schemas.uves import SharesWithdrawn, UveShare

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Told(Struct, frozen=True, kw_only=True, tag_field="event", tag="share"):
    """A `UveShare`; `attributes` are the encoded values. What aggregation has no use for is left out."""

    generator: str
    time: datetime
    entity: str
    session: int
    struct: str
    message: str
    sequence_number: int = 0
    alarm: bool = False
    deleted: bool = False
    other_tables: tuple[str, ...] = ()
    attributes: dict[str, Raw] = {}


class Withdrawal(Struct, frozen=True, kw_only=True, tag_field="event", tag="withdrawn"):
    """A `SharesWithdrawn`: what the generator said through this session is no longer so."""

    generator: str
    through: int


_decoder: msgspec.json.Decoder[Told | Withdrawal] = msgspec.json.Decoder(Told | Withdrawal)
_encoder = msgspec.json.Encoder()


def decode(value: bytes) -> Told | Withdrawal:
    """Return the event in a record's value; raises `msgspec.DecodeError`. Values of attributes are not looked into."""
    return _decoder.decode(value)


def told_of(share: UveShare) -> Told:
    """Return a share with its values encoded."""
    return Told(
        generator=share.generator,
        time=share.time,
        entity=share.entity,
        session=share.session,
        struct=share.struct,
        message=share.message,
        sequence_number=share.sequence_number,
        alarm=share.alarm,
        deleted=share.deleted,
        other_tables=share.other_tables,
        attributes={name: Raw(_encoder.encode(value)) for name, value in share.attributes.items()},
    )


def withdrawal_of(event: SharesWithdrawn) -> Withdrawal:
    """Return what counts of a withdrawal."""
    return Withdrawal(generator=event.generator, through=event.through)


def microseconds(time: datetime) -> int:
    """Return a time as microseconds since 1970."""
    return (time - EPOCH) // _MICROSECOND
