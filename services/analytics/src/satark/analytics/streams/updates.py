"""What a change of an object's state is to those who listen (analytics.md 2.6). Pure."""

from dataclasses import dataclass

import msgspec
from msgspec import Raw

from satark.analytics.uves.alarms import add_alarms
from satark.analytics.uves.objects import encoded
from satark.analytics.uves.tokens import Tokens
from satark.schemas.alarms import AlarmView
from satark.uve import views
from satark.uve.filters import ALARMS
from satark.uve.uve import Uve


@dataclass(frozen=True, slots=True)
class Update:
    """One struct of an object, flat, None if it is gone; without a struct the object is gone, and had those in `had`."""

    entity: str
    struct: str | None
    value: bytes | None
    had: frozenset[str] = frozenset()

    @property
    def size_bytes(self) -> int:
        """What it takes in a ring, about."""
        return 200 + len(self.entity) + len(self.value or b"")


class _State(msgspec.Struct, frozen=True):
    structs: dict[str, Raw]
    alarms: tuple[AlarmView, ...] = ()


_states = msgspec.json.Decoder(_State)
_structs = msgspec.json.Decoder(dict[str, Raw])


def updates(entity: str, before: bytes | None, after: bytes | None, tokens: Tokens) -> list[Update]:
    """Return what is other in a state than in the one before, struct by struct in order."""
    was = _shown(entity, before, tokens)
    if after is None:
        return [Update(entity, None, None, frozenset(was))] if was else []
    now = _shown(entity, after, tokens)
    changed = [Update(entity, struct, now.get(struct)) for struct in sorted(was.keys() | now.keys())]
    return [update for update in changed if was.get(update.struct or "") != update.value]


def only(value: bytes, wanted: frozenset[str]) -> bytes:
    """Return a struct with these attributes alone."""
    found = _structs.decode(value)
    return msgspec.json.encode({name: each for name, each in found.items() if name in wanted})


def _shown(entity: str, state: bytes | None, tokens: Tokens) -> dict[str, bytes]:
    """Return the structs of a state as JSON; of one that cannot be read there are none."""
    if state is None:
        return {}
    try:
        told = _states.decode(state)
        structs = {struct: bytes(raw) for struct, raw in told.structs.items()}
        if told.alarms:
            structs[ALARMS[0]] = _alarms(entity, structs.get(ALARMS[0]), told.alarms, tokens)
    except (msgspec.DecodeError, RecursionError):
        return {}
    return structs


def _alarms(entity: str, said: bytes | None, alarms: tuple[AlarmView, ...], tokens: Tokens) -> bytes:
    """Return the detector's alarms, behind those that generators say."""
    uve = Uve()
    add_alarms(uve, entity, alarms, tokens)
    shown = views.flat(uve)[ALARMS[0]]
    others = msgspec.json.decode(said) if said is not None else {}
    if isinstance(others.get(ALARMS[1]), list):
        shown[ALARMS[1]] = [*others[ALARMS[1]], *shown[ALARMS[1]]]
    return encoded(shown)
