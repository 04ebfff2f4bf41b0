"""An object as readers see it, kept attribute by attribute as JSON: a change renders what changed and nothing else."""

import json
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from hashlib import blake2b
from itertools import chain, islice
from typing import Any

import msgspec
from msgspec import Raw

from satark.detector.alarms.instance import moment
from satark.schemas.alarms import AlarmView
from satark.schemas.identifiers import identifier
from satark.schemas.uve_states import MAX_SHOWN_SHARES, ShareSeen, UveState
from satark.uve import views
from satark.uve.known import OMITTED
from satark.uve.part import Part
from satark.uve.uve import TIME, ShareKey, Uve

MAX_FLAT_BYTES = 700_000
"""With the alarms and shares beside it, a state fits into a record (`satark.schemas.codec.MAX_VALUE_BYTES`)."""

Changed = Mapping[str, AbstractSet[str]]
"""Names of attributes by struct."""

_Mark = tuple[int, int, int, bool]
"""What is told of a share: its session, when it spoke and when that was heard, and whether it is stale."""

_encoder = msgspec.json.Encoder()


class Shown:
    """The flat JSON of one object: by struct and attribute, sorted; `size` is the sum of their bytes."""

    __slots__ = ("_seen", "size", "structs")

    def __init__(self) -> None:
        self.structs: dict[str, dict[str, bytes]] = {}
        self.size = 0
        self._seen: dict[ShareKey, tuple[_Mark, Raw]] = {}

    @classmethod
    def whole(cls, uve: Uve) -> "Shown":
        """Return an object that was not shown before."""
        shown = cls()
        shown.update(uve, {struct: part.attributes.keys() for struct, part in uve.parts.items()})
        return shown

    def update(self, uve: Uve, changed: Changed) -> None:
        """Show these attributes as they are now."""
        for struct, names in changed.items():
            part = uve.parts.get(struct)
            if part is None or not part.shares:
                self.size -= sum(map(len, self.structs.pop(struct, {}).values()))
                continue
            attributes = self.structs.get(struct)
            if attributes is None:
                attributes = self._keep(struct)
            for name in (*names, TIME):
                self._set(
                    attributes, name, encoded(views.flat_value(uve, struct, name)) if _is_there(part, name) else None
                )

    def flat(self) -> tuple[dict[str, dict[str, Raw]], list[tuple[str, str, int]]]:
        """Return all of it, and which attributes are left out for their size: struct, name and bytes."""
        omitted = list(self._too_large())
        shown = {struct: {name: Raw(text) for name, text in each.items()} for struct, each in self.structs.items()}
        for struct, name, size in omitted:
            shown[struct][name] = Raw(_encoder.encode({OMITTED: size}))
        return shown, omitted

    def shares(self, uve: Uve, stale: AbstractSet[ShareKey]) -> tuple[Raw, ...]:
        """Return when some of the shares were heard, stale ones first."""
        old = ((key, uve.parts[key[0]].shares[key[1]]) for key in sorted(stale))
        fresh = ((key, share) for key, share in uve.shares() if key not in stale)
        before, self._seen = self._seen, {}
        for key, share in islice(chain(old, fresh), MAX_SHOWN_SHARES):
            mark = (share.session, share.time_us, share.seen_us, key in stale)
            known = before.get(key)
            same = known is not None and known[0] == mark
            self._seen[key] = (
                known if known is not None and same else (mark, Raw(_encoder.encode(_share_seen(key, mark))))
            )
        return tuple(text for _, text in self._seen.values())

    def _keep(self, struct: str) -> dict[str, bytes]:
        attributes = self.structs[struct] = {}
        self.structs = dict(sorted(self.structs.items()))
        return attributes

    def _set(self, attributes: dict[str, bytes], name: str, text: bytes | None) -> None:
        before = attributes.get(name)
        self.size += len(text or b"") - len(before or b"")
        if text is None:
            attributes.pop(name, None)
        elif before is not None:
            attributes[name] = text
        else:
            kept = dict(sorted([*attributes.items(), (name, text)]))
            attributes.clear()
            attributes.update(kept)

    def _too_large(self) -> Iterable[tuple[str, str, int]]:
        """Yield the largest ones until the rest fits."""
        over = self.size - MAX_FLAT_BYTES
        if over <= 0:
            return
        sizes = [(len(text), struct, name) for struct, each in self.structs.items() for name, text in each.items()]
        for size, struct, name in sorted(sizes, reverse=True):
            if over <= 0:
                return
            over -= size
            yield struct, name, size


def state_of(
    entity: str,
    uve: Uve,
    structs: Mapping[str, Mapping[str, Any]],
    shares: tuple[Raw, ...],
    *,
    at: datetime,
    changed: Changed,
    alarms: tuple[AlarmView, ...],
    stale: AbstractSet[ShareKey],
) -> UveState:
    """Return the event that tells an object's state. `at` is when the change was heard."""
    told = {struct: tuple(sorted(names)) for struct, names in sorted(changed.items())}
    digest = blake2b(_encoder.encode((structs, told, alarms, len(stale))), digest_size=16).hexdigest()
    return UveState(
        id=identifier("uve-state", entity, digest),
        entity=entity,
        time=at,
        structs=structs,  # type: ignore[arg-type] # encoded already
        changed=told,
        alarms=alarms,
        share_count=sum(len(part.shares) for part in uve.parts.values()),
        stale_count=len(stale),
        shares=shares,  # type: ignore[arg-type] # as above
    )


def encoded(value: Any) -> bytes:
    """Return a value as JSON; sums may be larger than the 64 bits that most encoders know."""
    try:
        return _encoder.encode(value)
    except OverflowError:
        return json.dumps(value).encode()


def _is_there(part: Part, name: str) -> bool:
    attribute = part.attributes.get(name)
    return name == TIME or (attribute is not None and attribute.is_shown)


def _share_seen(key: ShareKey, mark: _Mark) -> ShareSeen:
    struct, generator = key
    session, time_us, seen_us, stale = mark
    return ShareSeen(
        generator=generator,
        struct=struct,
        session=session,
        time=moment(time_us),
        seen=moment(seen_us),
        stale=stale,
    )
