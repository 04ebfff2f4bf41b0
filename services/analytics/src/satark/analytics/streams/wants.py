"""What a reader of a stream wants to hear. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from satark.analytics.mirror.kept import Word
from satark.analytics.uves.globs import Matcher, everything, matcher
from satark.uve.filters import ALARMS, EVERYTHING, Filters, content_of
from satark.uve.tables import raw_table, split_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """Tables by raw name (None: all), names, and attributes by struct."""

    tables: frozenset[str] | None = None
    has_name: Matcher = everything
    content: Filters = EVERYTHING

    def has_entity(self, entity: str) -> bool:
        """Return whether anything of an object is wanted."""
        table, name = split_key(entity)
        return (self.tables is None or table in self.tables) and self.has_name(name)


def wants_of(parameters: Mapping[str, str], *, only_alarms: bool = False) -> Wants:
    """Return what tablefilt, kfilt and cfilt ask for. `ackfilt` is taken and does nothing, as in the original.

    Raises Problem (400) for too many patterns.
    """
    tables, content = _words(parameters, "tablefilt"), _words(parameters, "cfilt")
    if only_alarms:
        content = [ALARMS[0]]
    return Wants(
        tables=None if tables is None else frozenset(raw_table(word) for word in tables),
        has_name=matcher(_words(parameters, "kfilt")),
        content=EVERYTHING if content is None else Filters(content=content_of(content)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WantsIncidents:
    """Entities, kinds and severities (None: all)."""

    has_entity: Matcher = everything
    kinds: frozenset[str] | None = None
    severities: frozenset[str] | None = None

    def has(self, word: Word) -> bool:
        """Return whether an event is wanted."""
        return (
            self.has_entity(word.entity)
            and (self.kinds is None or word.kind in self.kinds)
            and (self.severities is None or word.severity in self.severities)
        )


def wants_incidents(parameters: Mapping[str, str]) -> WantsIncidents:
    """Return what entity (patterns), kind and severity ask for. Raises Problem (400) for too many patterns."""
    kinds, severities = _words(parameters, "kind"), _words(parameters, "severity")
    return WantsIncidents(
        has_entity=matcher(_words(parameters, "entity")),
        kinds=None if kinds is None else frozenset(kinds),
        severities=None if severities is None else frozenset(severities),
    )


def _words(parameters: Mapping[str, str], name: str) -> list[str] | None:
    return parameters[name].split(",") if name in parameters else None
