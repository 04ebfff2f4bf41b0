"""Shares as generators tell them, written briefly for the tests of aggregation."""

from datetime import UTC, datetime, timedelta

from satark.schemas.uves import UveShare, Value
from satark.uve.told import Told, told_of

KEY = "ObjectVNTable:vn1"
G1, G2, G3 = "h1:Compute:vra:0", "h2:Compute:vra:0", "h3:Config:api:0"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def scalar(text: str, type_: str = "i32", **annotations: str) -> Value:
    """A scalar."""
    return Value(type=type_, text=text, annotations=annotations)


def texts(*items: str, **annotations: str) -> Value:
    """A list of texts."""
    return Value(type="list", element="string", items=items, annotations=annotations)


def struct(**fields: Value) -> Value:
    """A struct."""
    return Value(type="struct", struct="St", fields=fields)


def structs(*items: Value, **annotations: str) -> Value:
    """A list of structs."""
    return Value(type="list", element="struct", items=items, annotations=annotations)


def mapped(*entries: tuple[str, str | Value], element: str = "string", **annotations: str) -> Value:
    """A map from texts."""
    return Value(type="map", key="string", element=element, entries=entries, annotations=annotations)


def share(
    generator: str = G1,
    *,
    number: int = 1,
    session: int = 7,
    name: str = "Vn",
    message: str = "VnTrace",
    entity: str = KEY,
    time_us: int = 1_000,
    deleted: bool = False,
    **attributes: Value,
) -> UveShare:
    """A share as the contract has it."""
    return UveShare(
        id="1",
        generator=generator,
        gateway="gw",
        time=EPOCH + timedelta(microseconds=time_us),
        entity=entity,
        session=session,
        struct=name,
        message=message,
        sequence_number=number,
        deleted=deleted,
        attributes=attributes,
    )


def told(
    generator: str = G1,
    *,
    number: int = 1,
    session: int = 7,
    name: str = "Vn",
    message: str = "VnTrace",
    entity: str = KEY,
    time_us: int = 1_000,
    deleted: bool = False,
    **attributes: Value,
) -> Told:
    """A share as aggregation reads it."""
    return told_of(
        share(
            generator,
            number=number,
            session=session,
            name=name,
            message=message,
            entity=entity,
            time_us=time_us,
            deleted=deleted,
            **attributes,
        )
    )
