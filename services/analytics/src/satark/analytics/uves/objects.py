"""An object as JSON: from its state where that has all, else from its shares. Pure.

A whole flat read needs no aggregation: the state is that, but for the times of structs, which are only told when
something else changes and are taken from the shares. Everything else is put together from the shares.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from satark.analytics.mirror.tables import Held
from satark.analytics.uves.alarms import add_alarms
from satark.analytics.uves.tokens import Tokens
from satark.schemas.alarms import AlarmView
from satark.uve import views
from satark.uve.counters import Counter
from satark.uve.filters import ALARMS, EVERYTHING, Filters
from satark.uve.known import OMITTED, BadValueError
from satark.uve.state import ShareState, load_share, restored
from satark.uve.uve import TIME, ShareKey, Uve

STALE = "__stale"
"""The member of an object that tells which shares were last heard too long ago; no struct has such a name."""

Json = dict[str, Any]


class Head(Struct, frozen=True, array_like=True):
    """The beginning of a share's row: all but its attributes, which are not looked into."""

    session: int
    message: str
    alarm: bool
    sequence: int
    time_us: int
    seen_us: int


class State(Struct, frozen=True):
    """Of a state: its attributes as the JSON that they are, and its alarms."""

    structs: dict[str, dict[str, Raw]]
    alarms: tuple[AlarmView, ...] = ()


_heads = msgspec.json.Decoder(Head)
_states = msgspec.json.Decoder(State)
_counters = msgspec.json.Decoder(dict[str, dict[str, Counter]])
_OMITTED = OMITTED.encode()
_NO_STATE = State({})


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How objects are looked at: filtered, flat or structured, and since when a silent share is stale."""

    filters: Filters = EVERYTHING
    is_flat: bool = True
    stale_us: int | None = None


def shown(entity: str, held: Held, view: View, tokens: Tokens) -> Json:
    """Return an object as JSON, empty where nothing of it is wanted."""
    found = _quick(entity, held, tokens) if view.is_flat and view.filters == EVERYTHING else None
    if found is None:
        show = views.flat if view.is_flat else views.structured
        found = show(uve_of(entity, held, tokens, view.filters), view.filters)
    if view.stale_us is not None and found and (stale := stale_shares(held, view.filters, view.stale_us)):
        found = {**found, STALE: stale}
    return found


def encoded(value: Any) -> bytes:
    """Return a value as JSON; sums may be larger than the 64 bits that most encoders know."""
    try:
        return msgspec.json.encode(value)
    except OverflowError:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def state_of(held: Held) -> State:
    """Return an object's state, an empty one if there is none that can be read."""
    if held.state is None:
        return _NO_STATE
    try:
        return _states.decode(held.state)
    except (msgspec.DecodeError, RecursionError):
        return _NO_STATE


def alarm_of(held: Held, kind: str) -> AlarmView | None:
    """Return the detector's alarm of a type at an object, None if it is not set."""
    return next((alarm for alarm in state_of(held).alarms if alarm.type == kind), None)


def uve_of(entity: str, held: Held, tokens: Tokens, filters: Filters = EVERYTHING) -> Uve:
    """Return an object from those of its shares, and of their attributes, of which anything is wanted."""
    shares = dict(_shares(held, filters))
    counters = {} if held.counters is None else _counters.decode(held.counters)
    try:
        uve = restored(shares, counters, counting=bool(counters))
    except BadValueError:
        readable = {key: share for key, share in shares.items() if _is_readable(key, share)}
        uve = restored(readable, counters, counting=bool(counters))
    if filters.wants_struct(ALARMS[0]):
        add_alarms(uve, entity, state_of(held).alarms, tokens)
    return uve


def stale_shares(held: Held, filters: Filters, before_us: int) -> dict[str, dict[str, int]]:
    """Return when shares that were last heard before this time were heard, by struct and generator."""
    stale: dict[str, dict[str, int]] = {}
    for (struct, generator), head in sorted(heads_of(held).items()):
        if head.seen_us < before_us and filters.wants_struct(struct) and filters.wants_source(generator):
            stale.setdefault(struct, {})[generator] = head.seen_us
    return stale


def _quick(entity: str, held: Held, tokens: Tokens) -> Json | None:
    """Return an object by its state; None where it is not as its shares are."""
    if held.state is None or _OMITTED in held.state:
        return None
    state = state_of(held)
    if not state.structs or (state.alarms and ALARMS[0] in state.structs):
        return None
    newest: dict[str, int] = {}
    for (struct, _), head in heads_of(held).items():
        newest[struct] = max(newest.get(struct, 0), head.time_us)
    found: Json = {struct: _timed(attributes, newest.get(struct)) for struct, attributes in state.structs.items()}
    if state.alarms:
        uve = Uve()
        add_alarms(uve, entity, state.alarms, tokens)
        found = dict(sorted({**found, **views.flat(uve)}.items()))
    return found


def _timed(attributes: Mapping[str, Raw], newest_us: int | None) -> Json:
    """Return the attributes of a struct behind its time: the newest of its shares, or what the state says."""
    if newest_us is None:
        return dict(attributes)
    return {TIME: newest_us, **{name: value for name, value in attributes.items() if name != TIME}}


def _shares(held: Held, filters: Filters) -> Iterator[tuple[ShareKey, ShareState]]:
    """Yield the shares of which anything is wanted, with what is; rows that cannot be read say nothing."""
    for key, row in sorted(held.shares.items()):
        struct, generator = key
        if not (filters.wants_struct(struct) and filters.wants_source(generator)):
            continue
        try:
            share = load_share(row)
        except (msgspec.DecodeError, RecursionError):
            continue
        wanted = {name: said for name, said in share.attributes.items() if filters.wants_attribute(struct, name)}
        yield key, share if len(wanted) == len(share.attributes) else replace(share, attributes=wanted)


def heads_of(held: Held) -> dict[ShareKey, Head]:
    """Return the beginnings of an object's shares; rows that cannot be read have none."""
    heads: dict[ShareKey, Head] = {}
    for key, row in held.shares.items():
        try:
            heads[key] = _heads.decode(row)
        except msgspec.DecodeError:
            continue
    return heads


def _is_readable(key: ShareKey, share: ShareState) -> bool:
    try:
        restored({key: share}, {})
    except BadValueError:
        return False
    return True
