"""One object with each generator's share of it, and its alarms, for people. Pure.

What an object is comes from its shares alone, so that the sum and its parts are of one moment.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from satark.analytics.mirror.tables import Held
from satark.analytics.uves.objects import uve_of
from satark.analytics.uves.tokens import Tokens
from satark.schemas.alarms import AlarmSeverity
from satark.uve.attribute import Attribute
from satark.uve.computed import computed
from satark.uve.filters import ALARMS
from satark.uve.part import Part
from satark.uve.render import flat
from satark.uve.tables import api_type

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
GRAVEST = (AlarmSeverity.CRITICAL, AlarmSeverity.MAJOR, AlarmSeverity.MINOR)
"""As Contrail's numbers 0, 1 and 2 have them."""

MAX_VALUES = 200
"""Different values of one attribute that are told; there may be as many as generators."""


class AlarmTold(Struct, frozen=True, kw_only=True):
    """An alarm that is set. `token` is what an acknowledgement has to bring."""

    type: str
    severity: AlarmSeverity
    time: datetime
    acknowledged: bool
    description: str
    token: str
    rules: dict[str, Any]


class Source(Struct, frozen=True, kw_only=True):
    """A generator that says something of a struct: when it last did by its clock, and when that was heard."""

    generator: str
    said: datetime
    heard: datetime


class Said(Struct, frozen=True, kw_only=True):
    """A value, and the generators that say so."""

    value: Any
    generators: list[str]


class AttributeTold(Struct, frozen=True, kw_only=True):
    """An attribute: what its generators come to, and what each says.

    `aggregation` is how values are put together (sum, union, append, counter); where it is empty they have to agree, and
    where they do not, `agreed` is false and `value` null.
    """

    name: str
    aggregation: str
    agreed: bool
    value: Any
    said: list[Said]


class StructTold(Struct, frozen=True, kw_only=True):
    """One struct of an object, its generators and its attributes."""

    struct: str
    time: datetime
    sources: list[Source]
    attributes: list[AttributeTold]


class ObjectTold(Struct, frozen=True, kw_only=True):
    """One object as it is now."""

    type: str
    table: str
    name: str
    structs: list[StructTold]
    alarms: list[AlarmTold]


def told_of(raw: str, name: str, held: Held, alarms: list[AlarmTold], tokens: Tokens) -> ObjectTold:
    """Return an object of a table with each generator's share."""
    uve = uve_of(f"{raw}:{name}", held, tokens)
    structs = [
        _struct(struct, part) for struct, part in sorted(uve.parts.items()) if struct != ALARMS[0] and part.shares
    ]
    return ObjectTold(type=api_type(raw), table=raw, name=name, structs=structs, alarms=alarms)


def alarms_of(said: Any) -> list[AlarmTold]:
    """Return the alarms in what a flat read has of them, the gravest first; what is none is passed over."""
    return sorted(_alarms(said), key=lambda alarm: (GRAVEST.index(alarm.severity), alarm.type))


def moment(time_us: int) -> datetime:
    """Return a time in microseconds since 1970; one that no calendar has is 1970."""
    try:
        return EPOCH + timedelta(microseconds=time_us)
    except OverflowError:
        return EPOCH


def _alarms(said: Any) -> Iterator[AlarmTold]:
    for plain in said if isinstance(said, list) else ():
        if isinstance(plain, dict) and isinstance(plain.get("type"), str):
            yield _alarm(plain)


def _alarm(plain: Mapping[str, Any]) -> AlarmTold:
    severity, time, rules = plain.get("severity"), plain.get("timestamp"), plain.get("alarm_rules")
    return AlarmTold(
        type=str(plain["type"]),
        severity=GRAVEST[severity] if isinstance(severity, int) and 0 <= severity < len(GRAVEST) else GRAVEST[-1],
        time=moment(time) if isinstance(time, int) else EPOCH,
        acknowledged=plain.get("ack") is True,
        description=str(plain.get("description") or ""),
        token=str(plain.get("token") or ""),
        rules=rules if isinstance(rules, dict) else {},
    )


def _struct(struct: str, part: Part) -> StructTold:
    sources = [
        Source(generator=generator, said=moment(share.time_us), heard=moment(share.seen_us))
        for generator, share in sorted(part.shares.items())
    ]
    attributes = [_attribute(name, each) for name, each in sorted(part.attributes.items()) if each.is_shown]
    return StructTold(struct=struct, time=moment(part.newest_us), sources=sources, attributes=attributes)


def _attribute(name: str, attribute: Attribute) -> AttributeTold:
    value = computed(attribute)
    aggregation = attribute.aggtype if value is not None else ""
    if value is None:
        value = attribute.agreed()
    return AttributeTold(
        name=name,
        aggregation=aggregation,
        agreed=value is not None,
        value=None if value is None else flat(value),
        said=[Said(value=flat(said), generators=list(who)) for said, who in attribute.groups()[:MAX_VALUES]],
    )
