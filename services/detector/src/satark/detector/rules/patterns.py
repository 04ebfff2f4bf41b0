"""Patterns of labels: `*`, `?` and `[a-z]`, whatever the case; a `!` before one excludes what it matches. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import translate
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Patterns:
    """Some patterns: one that includes must match, where there is any, and none that excludes."""

    texts: tuple[str, ...]
    _included: tuple[re.Pattern[str], ...] = field(init=False, repr=False, compare=False)
    _excluded: tuple[re.Pattern[str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        included = tuple(_compiled(one) for one in self.texts if not one.startswith("!"))
        excluded = tuple(_compiled(one[1:]) for one in self.texts if one.startswith("!"))
        object.__setattr__(self, "_included", included)
        object.__setattr__(self, "_excluded", excluded)

    def matches(self, value: str) -> bool:
        """Return whether a label's value is meant."""
        if any(one.match(value) for one in self._excluded):
            return False
        return not self._included or any(one.match(value) for one in self._included)


class Facts(NamedTuple):
    """What is matched: an entity's kind, the class of its link, its labels. What it lacks is the empty text."""

    kind: str
    link_class: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Terms:
    """What must all be true of an entity."""

    kind: Patterns | None = None
    classes: frozenset[str] | None = None
    labels: tuple[tuple[str, Patterns], ...] = ()

    def matches(self, facts: Facts) -> bool:
        """Return whether all is true."""
        if self.classes is not None and facts.link_class not in self.classes:
            return False
        if self.kind is not None and not self.kind.matches(facts.kind):
            return False
        return all(patterns.matches(facts.labels.get(name, "")) for name, patterns in self.labels)


@dataclass(frozen=True, slots=True)
class Match:
    """Which entities are meant: those of which one of the terms is true; without terms all."""

    terms: tuple[Terms, ...] = ()

    def matches(self, facts: Facts) -> bool:
        """Return whether an entity is meant."""
        return not self.terms or any(one.matches(facts) for one in self.terms)

    def names(self) -> Iterable[str]:
        """Return the names of the labels that are looked at."""
        return (name for one in self.terms for name, _ in one.labels)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern), re.IGNORECASE)
