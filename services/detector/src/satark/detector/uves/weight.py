"""How large a share may become: it is one row, and a row is one record. Pure."""

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from satark.schemas.uves import Value
from satark.uve.known import OMITTED
from satark.uve.part import Share
from satark.uve.told import Told

MAX_SHARE_BYTES = 800_000
"""Of the values of a share; with names and numbers it stays below what brokers take (1 MB)."""

NAME_BYTES = 24
"""What an attribute costs beside its value, about."""


class _Typed(Struct):
    type: str


_typed = msgspec.json.Decoder(_Typed)


def fitting(told: Told, share: Share | None) -> tuple[Told, tuple[str, ...]]:
    """Return what a generator said with its largest values left out, by name, as far as its share would be too large.

    A value that is left out says how large it was, as the gateway does for those that fit into no record.
    """
    room = MAX_SHARE_BYTES - _weight(told)
    if share is not None and share.session == told.session:
        again = [share.attributes[name][1] for name in told.attributes if name in share.attributes]
        room -= share.size - sum(len(known.raw) for known in again)
        room -= (len(share.attributes) - len(again)) * NAME_BYTES
    if room >= 0:
        return told, ()
    attributes, omitted = dict(told.attributes), []
    for name, raw in sorted(told.attributes.items(), key=lambda each: len(each[1]), reverse=True):
        if room >= 0:
            break
        attributes[name] = left_out(raw)
        room += len(raw) - len(attributes[name])
        omitted.append(name)
    return replace(told, attributes=attributes), tuple(omitted)


def left_out(raw: Raw) -> Raw:
    """Return a value in the place of one that is too large; what is no value stays as it is."""
    try:
        type_ = _typed.decode(raw).type
    except msgspec.DecodeError:
        return raw
    return Raw(msgspec.json.encode(Value(type=type_, annotations={OMITTED: str(len(raw))})))


def _weight(told: Told) -> int:
    return sum(len(raw) + NAME_BYTES for raw in told.attributes.values())
