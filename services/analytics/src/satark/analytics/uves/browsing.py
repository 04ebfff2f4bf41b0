"""Objects as a person browses them: types with counts, and names with their alarms. Pure over the mirror."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from satark.analytics.mirror.mirror import Mirror
from satark.analytics.mirror.tables import Held
from satark.analytics.uves.objects import View, heads_of, shown
from satark.analytics.uves.sharing import GRAVEST, AlarmTold, alarms_of, moment
from satark.analytics.uves.tokens import Tokens
from satark.schemas.alarms import AlarmSeverity
from satark.uve.filters import ALARMS, Filters
from satark.uve.tables import BY_RAW, api_type

_ONLY_ALARMS = View(filters=Filters(content={ALARMS[0]: frozenset()}))


class TypeTold(Struct, frozen=True, kw_only=True):
    """A type of objects: how many there are, how many of them have alarms, and how grave the gravest is."""

    type: str
    table: str
    objects: int
    alarmed: int
    severity: AlarmSeverity | None


class TypesTold(Struct, frozen=True, kw_only=True):
    """The types of which there are objects; `incomplete` says why something may be lacking."""

    types: list[TypeTold]
    incomplete: str


class ObjectRow(Struct, frozen=True, kw_only=True):
    """An object in a list. `heard` is when any generator was last heard of it."""

    name: str
    generators: int
    heard: datetime | None
    alarms: int
    unacknowledged: int
    severity: AlarmSeverity | None


class ObjectPage(Struct, frozen=True, kw_only=True):
    """One page of a type's objects by name: of `objects` that there are, `found` are asked for."""

    type: str
    table: str
    objects: int
    found: int
    rows: list[ObjectRow]
    next: str | None


@dataclass(frozen=True, slots=True)
class Browser:
    """Answers what there is, from the mirror."""

    mirror: Mirror
    tokens: Tokens

    def is_known(self, raw: str) -> bool:
        """Return whether a table is one of the known ones, or has objects."""
        return raw in BY_RAW or raw in self.mirror.tables()

    def types(self) -> TypesTold:
        """Return the types of which there are objects, by name."""
        found = [told for raw in self.mirror.tables() if (told := self._type(raw)).objects]
        return TypesTold(types=sorted(found, key=lambda told: told.type), incomplete=self.mirror.lacking)

    def names(self, raw: str, *, alarmed: bool = False) -> Sequence[str]:
        """Return the names of a table in order, only of objects with alarms if so asked. They do not change any more."""
        table = self.mirror.table(raw)
        return [name for name in sorted(table.alarmed) if self.alarms(raw, name)] if alarmed else table.names()

    def rows(self, raw: str, names: Sequence[str], *, after: str, limit: int) -> list[ObjectRow]:
        """Return the rows of the names behind one, so many at most."""
        at = bisect_right(names, after)
        return [self._row(raw, name) for name in names[at : at + limit]]

    def held(self, raw: str, name: str) -> Held | None:
        """Return what is held of an object, as it is now and stays; None if nobody says anything of it."""
        held = self.mirror.get(f"{raw}:{name}")
        return None if held is None else Held(held.state, dict(held.shares), held.counters)

    def alarms(self, raw: str, name: str) -> list[AlarmTold]:
        """Return the alarms that are set at an object, the gravest first."""
        table = self.mirror.table(raw)
        held = table.objects.get(name) if name in table.alarmed else None
        if held is None:
            return []
        found = shown(f"{raw}:{name}", held, _ONLY_ALARMS, self.tokens)
        return alarms_of(found.get(ALARMS[0], {}).get(ALARMS[1]))

    def _type(self, raw: str) -> TypeTold:
        table = self.mirror.table(raw)
        by_object = [alarms for name in table.alarmed if (alarms := self.alarms(raw, name))]
        severities = {alarm.severity for alarms in by_object for alarm in alarms}
        return TypeTold(
            type=api_type(raw),
            table=raw,
            objects=len(table.names()),
            alarmed=len(by_object),
            severity=next((each for each in GRAVEST if each in severities), None),
        )

    def _row(self, raw: str, name: str) -> ObjectRow:
        heads = heads_of(self.mirror.table(raw).objects.get(name) or Held())
        alarms = self.alarms(raw, name)
        heard_us = max((head.seen_us for head in heads.values()), default=None)
        return ObjectRow(
            name=name,
            generators=len({generator for _, generator in heads}),
            heard=None if heard_us is None else moment(heard_us),
            alarms=len(alarms),
            unacknowledged=sum(not alarm.acknowledged for alarm in alarms),
            severity=alarms[0].severity if alarms else None,
        )


def holding(names: Sequence[str], text: str) -> Sequence[str]:
    """Return the names that hold a text, in any case."""
    wanted = text.casefold()
    return [name for name in names if wanted in name.casefold()] if wanted else names
