"""Patterns of names, in which `*` is any text and nothing else is special. Pure.

A pattern comes from anybody, and names are many: matching is linear in both, which a regular expression with several
`.*` is not.
"""

from collections.abc import Callable, Iterable

from satark.analytics.web.problem import Problem

MAX_PATTERNS = 100
"""With a `*`, in one request; of exact names there may be many."""

Matcher = Callable[[str], bool]


def matcher(patterns: Iterable[str] | None) -> Matcher:
    """Return what tells whether a name matches any pattern; without patterns all do. Raises Problem (400) for too many."""
    if patterns is None:
        return everything
    words = frozenset(patterns)
    starred = [word.split("*") for word in sorted(words) if "*" in word]
    if ["", ""] in starred:
        return everything
    if len(starred) > MAX_PATTERNS:
        raise Problem(400, "too_many_patterns", f"Invalid kfilt. There may be {MAX_PATTERNS} names with *")
    return lambda name: name in words or any(_matches(parts, name) for parts in starred)


def is_pattern(names: Iterable[str]) -> bool:
    """Return whether any of these is more than a name."""
    return any("*" in name for name in names)


def everything(_name: str) -> bool:
    """Any name is meant."""
    return True


def _matches(parts: list[str], name: str) -> bool:
    """Each part is found as early as it can be: then there is most room for those behind it."""
    first, *middle, last = parts
    at, end = len(first), len(name) - len(last)
    if at > end or not (name.startswith(first) and name.endswith(last)):
        return False
    for part in middle:
        at = name.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True
