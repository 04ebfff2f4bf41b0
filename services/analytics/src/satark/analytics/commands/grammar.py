"""How terms are written on the command line of `satark stats` and `satark sessions`. Pure.

`a=v` equal, `a=v*` begins with, `a=1<5` from 1 to 5, `a|b=x|y` a = x and b = y in one index, `a CONTAINS v`; terms are
joined by AND and OR, and grouped by parentheses. A text that has one of these words or signs in it is put into
double quotes, as in JSON.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from satark.analytics.commands.terms import Op, Term, Where, term
from satark.analytics.commands.usage import UsageError

_TOKEN = re.compile(r'\s*(?:(\()|(\))|((?:"(?:[^"\\]|\\.)*"|[^\s()"])+))')
_COMPARISON = re.compile(r"([A-Za-z0-9_.\-|]+)(<=|>=|!=|=)(.*)", re.DOTALL)
_JOINTS = frozenset(("AND", "OR", "CONTAINS"))
_FILTER_OPS = {"<=": Op.LEQ, ">=": Op.GEQ, "!=": Op.NOT_EQUAL, "=": Op.REGEX_MATCH}
_MAX_DEPTH = 32
_MAX_TERMS = 1_000


def where(texts: Sequence[str]) -> Where:
    """Return the condition that all the texts are: an OR of ANDs. Raises UsageError, naming what was not understood."""
    found: Where = [[]]
    for text in texts:
        found = _both(found, _Parser(text).condition())
    return found


def filters(texts: Sequence[str]) -> list[Term]:
    """Return the terms of comma lists `a=regex`, `a!=v`, `a<=n`, `a>=n`; all must hold. Raises UsageError."""
    return [_filter(part) for text in texts for part in _commas(text)]


def value(text: str) -> Any:
    """Return a number, or a text without its quotes; what is no JSON number or text is a text as it stands."""
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
    return found if isinstance(found, int | float | str) and not isinstance(found, bool) else text


class _Parser:
    """Recursive descent: OR binds weakest, then AND, then a term or parentheses."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self._at = 0

    def condition(self) -> Where:
        found = self._or(0)
        if self._at < len(self._tokens):
            raise self._wrong(f"{self._tokens[self._at]!r} was not expected")
        return found

    def _or(self, depth: int) -> Where:
        if depth > _MAX_DEPTH:
            raise self._wrong("too many parentheses")
        found = self._and(depth)
        while self._next() == "OR":
            self._at += 1
            found = found + self._and(depth)
        return found

    def _and(self, depth: int) -> Where:
        found = self._part(depth)
        while self._next() == "AND":
            self._at += 1
            found = _both(found, self._part(depth))
        return found

    def _part(self, depth: int) -> Where:
        word = self._taken("a term")
        if word == "(":
            found = self._or(depth + 1)
            if self._taken("a closing parenthesis") != ")":
                raise self._wrong("a closing parenthesis is missing")
            return found
        if word == ")" or word in _JOINTS:
            raise self._wrong(f"{word!r} where a term should be")
        if self._next() == "CONTAINS":
            self._at += 1
            return [[term(word, value(self._taken("a value after CONTAINS")), Op.CONTAINS)]]
        words = [word]
        while (following := self._next()) is not None and following not in _JOINTS and following not in "()":
            words.append(following)
            self._at += 1
        return [[_term(" ".join(words))]]

    def _next(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _taken(self, wanted: str) -> str:
        word = self._next()
        if word is None:
            raise self._wrong(f"it ends where {wanted} should be")
        self._at += 1
        return word

    def _wrong(self, what: str) -> UsageError:
        return UsageError(f"--where {self._text!r}: {what}")


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise UsageError(f"--where {text!r}: a quotation mark is not closed")
        yield match[1] or match[2] or match[3]
        at = match.end()


def _term(text: str) -> Term:
    match = _COMPARISON.fullmatch(text)
    if match is None or match[2] != "=":
        raise UsageError(f"--where: {text!r} is no term; terms are a=v, a=v*, a=1<5, a|b=x|y and a CONTAINS v")
    names, values = match[1].split("|"), _apart(match[3], "|")
    if len(names) != len(values) or len(names) > 2:  # noqa: PLR2004 - a column and its suffix
        raise UsageError(f"--where: {text!r} has not one value for each name")
    if len(names) == 1:
        return _simple(names[0], values[0])
    return term(names[0], value(values[0]), suffix=_simple(names[1], values[1]))


def _simple(name: str, text: str) -> Term:
    low, *high = _apart(text, "<")
    if len(high) == 1:
        return term(name, value(low), Op.IN_RANGE, value2=value(high[0]))
    if text.endswith("*"):
        return term(name, text[:-1].strip('"'), Op.PREFIX)
    return term(name, value(text))


def _apart(text: str, mark: str) -> list[str]:
    """Return the parts of a text between marks that are not within quotes."""
    parts = re.findall(rf'(?:"(?:[^"\\]|\\.)*"|[^{re.escape(mark)}"])+|(?<={re.escape(mark)})$|^$', text)
    return parts or [text]


def _filter(text: str) -> Term:
    match = _COMPARISON.fullmatch(text.strip())
    if match is None or "|" in match[1]:
        raise UsageError(f"--filter: {text!r} is no term; terms are a=regex, a!=v, a<=n and a>=n")
    return term(match[1], value(match[3]) if match[2] != "=" else str(match[3]), _FILTER_OPS[match[2]])


def _commas(text: str) -> list[str]:
    return [part for part in _apart(text, ",") if part.strip()]


def _both(left: Where, right: Where) -> Where:
    """Return what holds when both hold. Raises UsageError when that is too long."""
    if sum(len(a) + len(b) for a in left for b in right) > _MAX_TERMS:
        raise UsageError("--where: too many terms, multiplied out")
    return [[*a, *b] for a in left for b in right]
