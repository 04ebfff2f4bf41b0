"""How two accounts of one open incident become one, and how large one may be. Pure.

Joining is commutative, associative and idempotent: records may come back late, twice or in any order.
"""

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from satark.notifier.outbox.silences import GRAVITY
from satark.notifier.routing.model import Key
from satark.schemas.incident_groups import IncidentGroupOpened, IncidentGroupUpdated
from satark.schemas.open_incidents import OpenEvent, OpenIncident, ReceiverTold

MAX_EVENT_BYTES = 500_000
"""Half of what a record may have: the other half is for those who were told."""

KEPT_SYMPTOMS, KEPT_POINTS, KEPT_MEMBERS = 16, 64, 64
"""Of an event that is larger."""


_encoder = msgspec.json.Encoder()


def joined(known: OpenIncident, other: OpenIncident) -> OpenIncident:
    """Return what both know together: the newer event, and of each receiver all that it was told."""
    newer = known if _order(known) > _order(other) else other
    told = receivers((*known.told, *other.told))
    if told == newer.told:
        return newer
    return OpenIncident.of(newer.event, topic=newer.topic, partition=newer.partition, told=told)


def receivers(told: Iterable[ReceiverTold]) -> tuple[ReceiverTold, ...]:
    """Return one entry for each receiver, in the order in which they were told first."""
    found: dict[Key, ReceiverTold] = {}
    for each in told:
        key = (each.channel, each.receiver)
        found[key] = _both(found[key], each) if key in found else each
    return tuple(sorted(found.values(), key=lambda each: (each.first, each.channel, each.receiver)))


def slim(event: OpenEvent) -> OpenEvent | None:
    """Return an event that a record has room for: one that is too large with less evidence, None if that is too large too."""
    if len(_encoder.encode(event)) <= MAX_EVENT_BYTES:
        return event
    smaller: OpenEvent
    match event:
        case IncidentGroupOpened() | IncidentGroupUpdated():
            smaller = replace(event, members=event.members[:KEPT_MEMBERS])
        case _:
            kept = event.symptoms[:KEPT_SYMPTOMS]
            smaller = replace(event, symptoms=tuple(replace(each, recent=each.recent[-KEPT_POINTS:]) for each in kept))
    return smaller if len(_encoder.encode(smaller)) <= MAX_EVENT_BYTES else None


def _order(one: OpenIncident) -> tuple[int, str, int]:
    return one.event.sequence, one.topic, one.partition


def _both(one: ReceiverTold, other: ReceiverTold) -> ReceiverTold:
    later = max(one, other, key=lambda each: (each.last, GRAVITY[each.severity], each.route))
    return replace(
        later,
        first=min(one.first, other.first),
        reminders=max(one.reminders, other.reminders),
        level=max(one.level, other.level),
        reached=one.reached or other.reached,
    )
