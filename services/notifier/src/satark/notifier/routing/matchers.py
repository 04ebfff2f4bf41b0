"""Matchers as Alertmanager writes them: `severity="critical"`, `site=~"London|Oslo"`, `kind!=wan-link`, `isp!~".*LTE"`. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from satark.notifier.routing.automaton import Automaton
from satark.notifier.routing.expressions import compiled
from satark.notifier.routing.model import Subject

MAX_MATCHER_CHARS = 2000
_MATCHER = re.compile(r"\s*([a-zA-Z_][a-zA-Z0-9_.]{0,127})\s*(=~|!~|!=|=)\s*", re.ASCII)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*', re.DOTALL)
_PLAIN = re.compile(r'[^",{}]*')
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", '"': '"', "\\": "\\"}


class Operator(StrEnum):
    """How a value is compared."""

    IS = "="
    IS_NOT = "!="
    LIKE = "=~"
    UNLIKE = "!~"


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on a subject. A label that a subject does not have counts as the empty text.

    Raises ValueError, in words, for an expression that is wrong.
    """

    name: str
    operator: Operator
    value: str
    _automaton: Automaton | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_automaton", compiled(self.value) if self.is_expression else None)

    def __str__(self) -> str:
        quoted = self.value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
        return f'{self.name}{self.operator}"{quoted}"'

    @property
    def is_expression(self) -> bool:
        """Whether the value is a regular expression."""
        return self.operator in {Operator.LIKE, Operator.UNLIKE}

    @property
    def is_negative(self) -> bool:
        """Whether it holds for all but those that match."""
        return self.operator in {Operator.IS_NOT, Operator.UNLIKE}

    def holds(self, subject: Subject) -> bool:
        """Return whether the subject meets the condition."""
        found = subject.get(self.name, "")
        matches = found == self.value if self._automaton is None else self._automaton.takes(found)
        return matches is not self.is_negative


def holds(matchers: tuple[Matcher, ...], subject: Subject) -> bool:
    """Return whether a subject meets all of the conditions."""
    return all(matcher.holds(subject) for matcher in matchers)


def parsed(text: str) -> tuple[Matcher, ...]:
    """Return the matchers of a text: one, or several with commas between them, with or without braces around.

    Raises ValueError, in words, for what is none or has a wrong expression.
    """
    if len(text) > MAX_MATCHER_CHARS:
        raise ValueError(f"it may have {MAX_MATCHER_CHARS} characters")
    inner = text.strip()
    if inner.startswith("{") and inner.endswith("}"):
        inner = inner[1:-1]
    return tuple(_each(inner))


def _each(text: str) -> Iterator[Matcher]:
    place = 0
    while place < len(text) or not place:
        match = _MATCHER.match(text, place)
        if match is None:
            raise ValueError("a label, one of = != =~ !~, and a value")
        value, place = _value(text, match.end())
        yield Matcher(match[1], Operator(match[2]), value)
        if place < len(text) and text[place] != ",":
            raise ValueError("a comma stands between two matchers, and quotes around a value that has one")
        place += 1


def _value(text: str, place: int) -> tuple[str, int]:
    """Return a value and where it ends."""
    if text.startswith('"', place):
        match = _QUOTED.match(text, place)
        if match is None:
            raise ValueError("the quotes are not closed")
        return _ESCAPE.sub(_unescaped, match[1]), match.end()
    match = _PLAIN.match(text, place)
    return ("", place) if match is None else (match[0].strip(), match.end())


def _unescaped(match: re.Match[str]) -> str:
    """Return what an escape stands for; a backslash before anything else stays, for expressions have their own."""
    return _ESCAPED.get(match[1], match[0])
