"""Regular expressions as matchers have them: those of RE2 that need no going back, anchored at both ends. Pure.

Python's own would take exponential time for some. What is left out (references to groups, looking around, borders of
words) is told as a mistake.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from satark.notifier.routing.automaton import Automaton, Edge, Test

MAX_EXPRESSION_CHARS = 1000
MAX_NESTED = 20
MAX_REPEATED = 1000

_DIGITS = frozenset("0123456789")
_WORD = _DIGITS | frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_SPACE = frozenset(" \t\n\r\f\v")
_CLASSES = {"d": _DIGITS, "w": _WORD, "s": _SPACE}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_COUNT = re.compile(r"\{(?P<least>\d+)(?:,(?P<most>\d*))?\}", re.ASCII)
_IGNORES_CASE = "(?i)"

Build = Callable[[Automaton, int], int]
"""Adds a part's states before the state that follows; returns where the part begins."""


def compiled(text: str) -> Automaton:
    """Return the automaton of an expression. Raises ValueError, in words, for one that is wrong or too large."""
    if len(text) > MAX_EXPRESSION_CHARS:
        raise ValueError(f"it may have {MAX_EXPRESSION_CHARS} characters")
    ignores_case = text.startswith(_IGNORES_CASE)
    build = _Parser(text.removeprefix(_IGNORES_CASE), ignores_case).whole()
    automaton = Automaton()
    automaton.begin(build(automaton, automaton.add(Edge.DONE)))
    return automaton


@dataclass(slots=True)
class _Parser:
    """Reads an expression from left to right."""

    text: str
    ignores_case: bool
    place: int = 0
    depth: int = 0

    def whole(self) -> Build:
        found = self._either()
        if self.place < len(self.text):
            raise ValueError("a ) has no ( before it")
        return found

    def _either(self) -> Build:
        ways = [self._row()]
        while self._skip("|"):
            ways.append(self._row())
        return ways[0] if len(ways) == 1 else _either(ways)

    def _row(self) -> Build:
        parts: list[Build] = []
        while self.place < len(self.text) and self.text[self.place] not in "|)":
            parts.append(self._repeated(self._part()))
        return _row(parts)

    def _part(self) -> Build:
        character = self._next()
        if character in _SIGNS:
            return _SIGNS[character]
        match character:
            case "(":
                return self._group()
            case "[":
                return _one(_set(*self._members()))
            case "*" | "+" | "?":
                raise ValueError(f"{character} has nothing before it to repeat")
            case "{" if match := _COUNT.match(self.text, self.place - 1):
                raise ValueError(f"{match[0]} has nothing before it to repeat")
            case "\\":
                return _one(self._test(self._escaped()))
            case _:
                return _one(self._test(character))

    def _group(self) -> Build:
        if self._skip("?") and not self._skip(":"):
            raise ValueError("of groups there are (…) and (?:…), and (?i) before everything else")
        self.depth += 1
        if self.depth > MAX_NESTED:
            raise ValueError(f"groups may be nested {MAX_NESTED} deep")
        found = self._either()
        if not self._skip(")"):
            raise ValueError("a ( has no ) after it")
        self.depth -= 1
        return found

    def _repeated(self, part: Build) -> Build:
        least, most = self._counts()
        if (least, most) == (1, 1):
            return part
        self._skip("?")
        if self.text[self.place : self.place + 1] in {"*", "+", "?"}:
            raise ValueError(f"{self.text[self.place]} has nothing before it to repeat")
        return _repeated(part, least, most)

    def _counts(self) -> tuple[int, int | None]:
        """Return how often the part before is repeated, (1, 1) where nothing says so."""
        for sign, counts in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._skip(sign):
                return counts
        match = _COUNT.match(self.text, self.place)
        if match is None:
            return 1, 1
        self.place = match.end()
        least = _count(match["least"])
        most = least if match["most"] is None else _count(match["most"]) if match["most"] else None
        if most is not None and most < least:
            raise ValueError(f"{match[0]} ends before it begins")
        return least, most

    def _members(self) -> tuple[bool, list[Test]]:
        """Return what stands in brackets, and whether it is what must not be there."""
        negated = self._skip("^")
        tests: list[Test] = []
        while not (tests and self._skip("]")):
            if self.place >= len(self.text):
                raise ValueError("a [ has no ] after it")
            if self.text.startswith("[:", self.place):
                raise ValueError("[:…:] is not supported; write what it stands for")
            first = self._member()
            if isinstance(first, str) and self._is_range():
                self.place += 1
                last = self._member()
                if not isinstance(last, str) or last < first:
                    raise ValueError(f"the range from {first} is none")
                tests.append(self._folded(_between(first, last)))
            else:
                tests.append(self._test(first))
        return negated, tests

    def _is_range(self) -> bool:
        return self.text.startswith("-", self.place) and self.text[self.place + 1 : self.place + 2] not in {"", "]"}

    def _member(self) -> str | Test:
        character = self._next()
        return self._escaped() if character == "\\" else character

    def _escaped(self) -> str | Test:
        """Return what a backslash and the next character stand for."""
        if self.place >= len(self.text):
            raise ValueError("a \\ has nothing after it")
        character = self._next()
        if character.lower() in _CLASSES:
            known = _CLASSES[character.lower()]
            return (lambda one: one in known) if character.islower() else (lambda one: one not in known)
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character.isalnum():
            raise ValueError(f"\\{character} is not supported")
        return character

    def _test(self, meant: str | Test) -> Test:
        return self._folded(_between(meant, meant)) if isinstance(meant, str) else meant

    def _folded(self, test: Test) -> Test:
        if self.ignores_case:
            return lambda one: test(one) or test(one.swapcase())
        return test

    def _next(self) -> str:
        if self.place >= len(self.text):
            raise ValueError("a [ has no ] after it")
        self.place += 1
        return self.text[self.place - 1]

    def _skip(self, sign: str) -> bool:
        found = self.text.startswith(sign, self.place)
        self.place += len(sign) * found
        return found


def _count(digits: str) -> int:
    if len(digits) > len(str(MAX_REPEATED)) or int(digits) > MAX_REPEATED:
        raise ValueError(f"it may repeat {MAX_REPEATED} times")
    return int(digits)


def _between(first: str, last: str) -> Test:
    return lambda one: first <= one <= last and len(one) == 1


def _set(negated: bool, tests: list[Test]) -> Test:
    return lambda one: any(test(one) for test in tests) is not negated


def _one(test: Test) -> Build:
    return lambda automaton, then: automaton.add(test, then)


_SIGNS: dict[str, Build] = {
    ".": _one(lambda one: one != "\n"),
    "^": lambda automaton, then: automaton.add(Edge.BEGIN, then),
    "$": lambda automaton, then: automaton.add(Edge.END, then),
}


def _row(parts: list[Build]) -> Build:
    def build(automaton: Automaton, then: int) -> int:
        for part in reversed(parts):
            then = part(automaton, then)
        return then

    return build


def _either(ways: list[Build]) -> Build:
    return lambda automaton, then: automaton.add(Edge.FORK, *[way(automaton, then) for way in ways])


def _repeated(part: Build, least: int, most: int | None) -> Build:
    def build(automaton: Automaton, then: int) -> int:
        for _ in _times(None if most is None else most - least):
            then = automaton.add(Edge.FORK, part(automaton, then), then)
        if most is None:
            fork = automaton.add(Edge.FORK)
            automaton.lead(fork, part(automaton, fork), then)
            then = fork
        for _ in range(least):
            before, then = then, part(automaton, then)
            if then == before:  # nothing, however often
                break
        return then

    return build


def _times(count: int | None) -> Iterator[int]:
    return iter(range(count or 0))
