"""The rows of the table: what their keys and values are. Keys are JSON arrays that begin with the kind of the row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from satark.uve.alarms import ObjectAlarms
from satark.uve.counters import Counter
from satark.uve.state import ShareState, load_share
from satark.uve.uve import ShareKey

Row = tuple[bytes, bytes | None]
"""Key and value; no value takes the row away."""

_SHARE, _SOURCE, _ALARMS, _COUNTERS = "share", "source", "alarms", "counters"
_LENGTHS = {_SHARE: 4, _SOURCE: 2, _ALARMS: 2, _COUNTERS: 2}

_encoder = msgspec.json.Encoder()
_keys = msgspec.json.Decoder(tuple[str, ...])
_through = msgspec.json.Decoder(int)
_alarms = msgspec.json.Decoder(ObjectAlarms)
_counters = msgspec.json.Decoder(dict[str, dict[str, Counter]])


@dataclass(slots=True)
class Remembered:
    """What the rows of a partition say; `unreadable` are the keys of those that say nothing."""

    shares: dict[str, dict[ShareKey, ShareState]] = field(default_factory=dict)
    through: dict[str, int] = field(default_factory=dict)
    alarms: dict[str, ObjectAlarms] = field(default_factory=dict)
    counters: dict[str, dict[str, dict[str, Counter]]] = field(default_factory=dict)
    unreadable: list[bytes] = field(default_factory=list)

    def learn(self, key: bytes, value: bytes) -> None:
        """Take in a row. Raises `msgspec.DecodeError` for one that is none."""
        kind, *names = of_key(key)
        match kind:
            case "share":
                entity, struct, generator = names
                self.shares.setdefault(entity, {})[struct, generator] = load_share(value)
            case "source":
                self.through[names[0]] = _through.decode(value)
            case "alarms":
                self.alarms[names[0]] = _alarms.decode(value)
            case _:
                self.counters[names[0]] = _counters.decode(value)


def remembered(rows: Iterable[tuple[bytes, bytes]]) -> Remembered:
    """Return what the rows of a partition say."""
    found = Remembered()
    for key, value in rows:
        try:
            found.learn(key, value)
        except (msgspec.DecodeError, RecursionError):
            found.unreadable.append(key)
    return found


def of_key(key: bytes) -> tuple[str, ...]:
    """Return the parts of a key: the kind, then names. Raises `msgspec.DecodeError`."""
    parts = _keys.decode(key)
    if not parts or len(parts) != _LENGTHS.get(parts[0]):
        raise msgspec.ValidationError("no key of a row")
    return parts


def share_key(entity: str, struct: str, generator: str) -> bytes:
    """Return the key of a share's row."""
    return _encoder.encode((_SHARE, entity, struct, generator))


def share_prefix(entity: str) -> bytes:
    """Return how the keys of all shares of an object begin, and no others."""
    return _encoder.encode((_SHARE, entity))[:-1] + b","


def source_row(generator: str, through: int | None) -> Row:
    """Return the row of a generator: the session through which all of its are over."""
    return _encoder.encode((_SOURCE, generator)), None if through is None else _encoder.encode(through)


def alarms_row(entity: str, alarms: ObjectAlarms | None) -> Row:
    """Return the row of an object's alarms."""
    return _encoder.encode((_ALARMS, entity)), None if alarms is None else _encoder.encode(alarms)


def counters_key(entity: str) -> bytes:
    """Return the key of the row of an object's counters."""
    return _encoder.encode((_COUNTERS, entity))


def counters_row(entity: str, counters: Mapping[str, Mapping[str, Any]]) -> Row:
    """Return the row of the totals that an object's counters keep over restarts."""
    return counters_key(entity), _encoder.encode(counters) if counters else None
