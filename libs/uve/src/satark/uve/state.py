"""An object as it is stored. See the package for the layout; encoded as JSON, values are the bytes that arrived."""

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Raw, Struct

from satark.uve.attribute import Attribute
from satark.uve.counters import Counter
from satark.uve.limits import LIMITS, Limits
from satark.uve.part import Part, Share
from satark.uve.uve import ShareKey, Uve

STATE_VERSION = 1


class UnreadableStateError(ValueError):
    """A later version stored it."""


class ShareState(Struct, frozen=True, array_like=True):
    """One share. Times are microseconds since 1970; each attribute has the number of the message that said it."""

    session: int
    message: str
    alarm: bool
    sequence: int
    time_us: int
    seen_us: int
    attributes: dict[str, tuple[int, Raw]]


class UveState(Struct, frozen=True, array_like=True):
    """All that is remembered of one object: shares by struct and generator, counters by struct and attribute."""

    version: int
    shares: dict[str, dict[str, ShareState]]
    counters: dict[str, dict[str, Counter]] = {}


_encoder = msgspec.json.Encoder(order="deterministic")
_uves = msgspec.json.Decoder(UveState)
_shares = msgspec.json.Decoder(ShareState)


def dump(uve: Uve) -> bytes:
    """Return an object as bytes; equal states are equal bytes."""
    shares: dict[str, dict[str, ShareState]] = {}
    for (struct, source), share in uve.shares():
        shares.setdefault(struct, {})[source] = _share_state(share)
    return _encoder.encode(UveState(STATE_VERSION, shares, counters_of(uve)))


def load(stored: bytes, *, counting: bool = False, limits: Limits = LIMITS) -> Uve:
    """Return the object that was stored.

    Raises `UnreadableStateError`, and `msgspec.DecodeError` or `BadValueError` for what never was one.
    """
    state = _uves.decode(stored)
    if state.version != STATE_VERSION:
        raise UnreadableStateError(f"stored by version {state.version}, this one reads {STATE_VERSION}")
    return restored(
        {(struct, source): share for struct, by in state.shares.items() for source, share in by.items()},
        state.counters,
        counting=counting,
        limits=limits,
    )


def dump_share(share: Share) -> bytes:
    """Return one share as bytes: a row of a table that has one for each share."""
    return _encoder.encode(_share_state(share))


def load_share(stored: bytes) -> ShareState:
    """Return the share of a row. Raises `msgspec.DecodeError`."""
    return _shares.decode(stored)


def counters_of(uve: Uve) -> dict[str, dict[str, Counter]]:
    """Return the totals that are kept over restarts, by struct and attribute."""
    return {struct: counters for struct, part in uve.parts.items() if (counters := dict(_counters(part)))}


def restored(
    shares: Mapping[ShareKey, ShareState],
    counters: Mapping[str, Mapping[str, Counter]],
    *,
    counting: bool = False,
    limits: Limits = LIMITS,
) -> Uve:
    """Return the object with these shares and counters."""
    uve = Uve(counting=counting, limits=limits)
    for (struct, source), share in shares.items():
        part = uve.parts[struct] = uve.part(struct)
        part.restore(source, _share(share, part, source))
    for struct, by_name in counters.items() if counting else ():
        part = uve.parts[struct] = uve.part(struct)
        for name, counter in by_name.items():
            part.attributes.setdefault(name, Attribute()).counter = counter
    return uve


def _share_state(share: Share) -> ShareState:
    values = {name: (number, Raw(value.raw)) for name, (number, value) in share.attributes.items()}
    return ShareState(share.session, share.message, share.alarm, share.sequence, share.time_us, share.seen_us, values)


def _share(state: ShareState, part: Part, source: str) -> Share:
    share = Share(state.session, state.message, state.alarm, state.sequence, state.time_us, state.seen_us)
    for name, (number, raw) in state.attributes.items():
        share.keep(name, number, part.value(name, bytes(raw), source))
    return share


def _counters(part: Part) -> Iterator[tuple[str, Counter]]:
    for name, attribute in part.attributes.items():
        if attribute.counter is not None:
            yield name, attribute.counter
