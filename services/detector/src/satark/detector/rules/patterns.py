"""Patterns of labels: `*`, `?` and `[a-z]`, whatever the case; a `!` before one excludes what it matches. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Patterns:
    """Some patterns: one that includes must match, where there is any, and none that excludes."""

    texts: tuple[str, ...]
    _included: re.Pattern[str] | None = field(init=False, repr=False, compare=False)
    _excluded: re.Pattern[str] | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_included", _compiled([one for one in self.texts if not one.startswith("!")]))
        object.__setattr__(self, "_excluded", _compiled([one[1:] for one in self.texts if one.startswith("!")]))

    def matches(self, value: str) -> bool:
        """Return whether a label's value is meant."""
        if self._excluded is not None and self._excluded.match(value):
            return False
        return self._included is None or self._included.match(value) is not None


class Facts(NamedTuple):
    """What is matched: an entity's kind, the class of its link, its labels. What it lacks is the empty text."""

    kind: str
    link_class: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Terms:
    """What must all be true of an entity; None: it may be any."""

    kind: Patterns | None = None
    classes: frozenset[str] | None = None
    labels: tuple[tuple[str, Patterns], ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """Which entities are meant: those of which one of the terms is true; without terms all."""

    terms: tuple[Terms, ...] = ()


def _compiled(patterns: Sequence[str]) -> re.Pattern[str] | None:
    """Return one expression for all patterns, None for none."""
    return re.compile("|".join(map(translate, patterns)), re.IGNORECASE) if patterns else None
