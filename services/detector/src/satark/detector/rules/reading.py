"""From the text of a file to its rulebook, or to all of its mistakes. Pure: the built-in rules are a part of the program."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from satark.detector.rules import form, sense
from satark.detector.rules.patterns import Match, Patterns, Terms
from satark.detector.rules.rulebook import LinkClass, Rule, Rulebook
from satark.detector.rules.windows import Window
from satark.runtime.documents import DocumentError, Node, parse
from satark.runtime.documents.mistakes import Mistakes
from satark.runtime.documents.shapes import WRONG

DEFAULT_NAME = "default.yaml"
DEFAULT_INTERVAL_S = 300


def read(text: str | bytes, name: str) -> Rulebook:
    """Return the rules of a file, after the built-in ones unless it says `builtin: false`.

    Raises WrongFileError with every mistake; nothing of such a file is taken.
    """
    return _read(text.encode(errors="surrogateescape") if isinstance(text, str) else text, name, DEFAULT_INTERVAL_S)


def default_rulebook() -> Rulebook:
    """Return the built-in rules."""
    return _builtin(DEFAULT_INTERVAL_S)


def default_text() -> str:
    """Return the file of the built-in rules."""
    return (files("satark.detector.rules") / DEFAULT_NAME).read_text(encoding="utf-8")


@lru_cache(maxsize=8)
def _builtin(interval_s: int) -> Rulebook:
    """Return the built-in rules for entities that are sampled so often."""
    return _read(default_text().encode(), DEFAULT_NAME, interval_s)


def _read(content: bytes, name: str, interval_s: int) -> Rulebook:
    mistakes = Mistakes(name, content)
    try:
        root = parse(content, form.BOUNDS)
    except DocumentError as error:
        mistakes.unreadable(error)
        raise mistakes.error() from error
    found = form.FILE.read(root, mistakes)
    hints = Mistakes(name, content)
    sense.hint_names(root, hints)
    rulebook = _Reading(root, {} if found is WRONG else found, mistakes, interval_s).rulebook(name, hints)
    if len(mistakes):
        raise mistakes.error()
    return rulebook


class _Reading:
    """What a file's members come to together; `found` are those that are right, `root` knows their places."""

    def __init__(self, root: Node, found: Mapping[str, Any], mistakes: Mistakes, interval_s: int) -> None:
        self._root = root
        self._found = found
        self._mistakes = mistakes
        self._interval_s = found.get("interval", interval_s)
        self._base = _builtin(self._interval_s) if found.get("builtin", True) else Rulebook(())

    def rulebook(self, name: str, hints: Mistakes) -> Rulebook:
        """Return the rulebook; it is not to be used when there are mistakes."""
        own = self._found.get("classes", {})
        classes = tuple(LinkClass(one, _match(terms)) for one, terms in own.items())
        others = tuple(one for one in self._base.classes if one.name not in own)
        self._check({one.name: one for one in (*classes, *others)})
        if len(self._mistakes):
            return self._base
        rules = tuple(self._rule(one) for one in self._found.get("rules", ()))
        windows = tuple(_window(one) for one in self._found.get("maintenance", ()))
        every = (*self._base.rules, *rules)
        return Rulebook(every, (*classes, *others), windows, name=name, hints=hints.told())

    def _rule(self, found: Mapping[str, Any]) -> Rule:
        sets = {name: value for name, value in found.items() if name not in {"name", "match"}}
        return Rule(found["name"], _match(found.get("match", ())), _in_samples(sets, self._interval_s))

    def _check(self, classes: Mapping[str, LinkClass]) -> None:
        own = [one["metrics"] for one in self._found.get("rules", ()) if "metrics" in one]
        sense.check_classes(self._root, classes, self._mistakes)
        sense.check_names(sense.members(self._root, "rules"), [one.name for one in self._base.rules], self._mistakes)
        sense.check_names(sense.members(self._root, "maintenance"), (), self._mistakes)
        sense.check_durations(self._root, self._interval_s, self._mistakes)
        sense.check_limits(self._root, [*(rule.metrics for rule in self._base.rules), *own], self._mistakes)


def _match(found: Iterable[Mapping[str, Any]]) -> Match:
    return Match(tuple(_terms(one) for one in found))


def _window(found: Mapping[str, Any]) -> Window:
    return Window(
        name=found["name"],
        match=_match(found.get("match", ())),
        occurrences=found["occurrences"],
        length=found["length"],
        zone=found.get("timezone", ZoneInfo("UTC")),
    )


def _terms(found: Mapping[str, Any]) -> Terms:
    return Terms(
        kind=Patterns(found["kind"]) if "kind" in found else None,
        classes=frozenset(found["class"]) if "class" in found else None,
        labels=tuple((name, Patterns(texts)) for name, texts in found.get("labels", {}).items()),
    )


def _in_samples(tree: Mapping[str, Any], interval_s: int) -> dict[str, Any]:
    """Return what a rule sets with `for` and `bad` without `of` in full: bad samples of how many."""
    found: dict[str, Any] = {}
    for name, value in tree.items():
        found[name] = _in_samples(value, interval_s) if isinstance(value, Mapping) else value
    if isinstance(found.get("for"), int):
        found["bad"] = ceil(found.pop("for") / interval_s)
    if isinstance(found.get("bad"), int):
        found.setdefault("of", found["bad"])
    return found
