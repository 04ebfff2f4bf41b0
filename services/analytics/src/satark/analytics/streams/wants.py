"""What a reader of a stream wants to hear. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from satark.analytics.mirror.kept import Word
from satark.uve.filters import ALARMS, Filters, content_of
from satark.uve.tables import raw_table, split_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """Tables by raw name, patterns of names, and attributes by struct."""

    tables: frozenset[str] | None = None
    filters: Filters = Filters()  # noqa: RUF009 - frozen

    def has_entity(self, entity: str) -> bool:
        """Return whether anything of an object is wanted."""
        table, name = split_key(entity)
        return (self.tables is None or table in self.tables) and self.filters.wants_name(name)


def wants_of(parameters: Mapping[str, str], *, only_alarms: bool = False) -> Wants:
    """Return what tablefilt, kfilt and cfilt ask for. `ackfilt` is taken and does nothing, as in the original."""
    tables, names, content = (parameters.get(name) for name in ("tablefilt", "kfilt", "cfilt"))
    if only_alarms:
        content = ALARMS[0]
    return Wants(
        tables=None if tables is None else frozenset(raw_table(word) for word in tables.split(",")),
        filters=Filters(
            names=None if names is None else tuple(names.split(",")),
            content=None if content is None else content_of(content.split(",")),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WantsIncidents:
    """Patterns of entities, kinds and severities; None: all."""

    entities: Filters = Filters()  # noqa: RUF009 - frozen
    kinds: frozenset[str] | None = None
    severities: frozenset[str] | None = None

    def has(self, word: Word) -> bool:
        """Return whether an event is wanted."""
        return (
            self.entities.wants_name(word.entity)
            and (self.kinds is None or word.kind in self.kinds)
            and (self.severities is None or word.severity in self.severities)
        )


def wants_incidents(parameters: Mapping[str, str]) -> WantsIncidents:
    """Return what entity (patterns), kind and severity ask for, each separated by commas."""
    entities, kinds, severities = (parameters.get(name) for name in ("entity", "kind", "severity"))
    return WantsIncidents(
        entities=Filters(names=None if entities is None else tuple(entities.split(","))),
        kinds=None if kinds is None else frozenset(kinds.split(",")),
        severities=None if severities is None else frozenset(severities.split(",")),
    )
