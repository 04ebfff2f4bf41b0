"""Attribute paths into the flat JSON of an object, compiled once.

Theory of operation. A path is a chain of steps. All values that the first i steps lead to are held in one list, and
step i+1 is taken from each of them, so that depth costs no recursion. Lists on the way and the entries of a map
(`*`, `__value`, `__key`) spread the search; texts that hold JSON are read, since config elements are stored so. Each
value found remembers its trail, the container and the key of every step: that is how the variables of a match are
taken from the same element or entry.

A missing last step is null; a missing parent is no value at all. What cannot be walked is broken, which is a fault of
rule or data and never a value. Source: analytics specification, 4.2.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import takewhile
from typing import Any

import msgspec

MAX_STEPS = 32
MAX_LEAVES = 10_000

_ENTRY_WORDS = frozenset({"*", "__value", "__key"})
_JSON_STARTS = frozenset('-0123456789"[{tfn \t\r\n')


class Absent(Enum):
    """Why there is no value at the end of a path: not known, or the path cannot be walked."""

    MISSING = "missing"
    BROKEN = "broken"


class TooManyError(ValueError):
    """A path leads to more values than are looked at."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value found, or why there is none, and of each step taken the container and the key."""

    value: Any
    trail: tuple[tuple[Mapping[str, Any], str], ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a path leads to; `spread` when that may be many, because a list or map was on the way."""

    leaves: tuple[Leaf, ...]
    spread: bool


class PathError(ValueError):
    """The text is no path."""


@dataclass(frozen=True, slots=True)
class AttributePath:
    """A compiled path."""

    text: str
    steps: tuple[str, ...]

    def resolve(self, uve: Mapping[str, Any]) -> Resolution:
        """Return all values that the path leads to. Raises TooManyError."""
        return _walk(self.steps, uve)

    def resolve_along(self, other: "AttributePath", leaf: Leaf, uve: Mapping[str, Any]) -> Any:
        """Return the path's value on the trail of a leaf of another path, None when there is none.

        Where it spreads on its own it is the list of the values. Raises TooManyError.
        """
        start, steps = _branch(self.steps, self.shared(other), leaf, uve)
        found = _walk(steps, start)
        values = [one.value for one in found.leaves if not isinstance(one.value, Absent)]
        if found.spread:
            return values
        return values[0] if values else None

    def shared(self, other: "AttributePath") -> int:
        """Return how many steps from the beginning both paths go together."""
        pairs = zip(self.steps, other.steps, strict=False)
        return sum(1 for _ in takewhile(lambda pair: _is_same(*pair), pairs))


@lru_cache(maxsize=4096)
def compiled(text: str) -> AttributePath:
    """Return a compiled path. Raises PathError."""
    steps = tuple(text.split("."))
    if "" in steps:
        raise PathError(f"{text!r}: an empty name between the dots")
    if len(steps) > MAX_STEPS:
        raise PathError(f"{text[:64]!r}…: more than {MAX_STEPS} steps")
    if "__key" in steps[:-1]:
        raise PathError(f"{text!r}: nothing is below __key")
    return AttributePath(text, steps)


def read(value: Any) -> Any:
    """Return what a text holds as JSON, and all else as it is."""
    if not isinstance(value, str) or value[:1] not in _JSON_STARTS:
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return value


def _walk(steps: tuple[str, ...], start: Any) -> Resolution:
    reached, spread = [Leaf(start)], False
    last = len(steps) - 1
    for place, step in enumerate(steps):
        spread = spread or step in _ENTRY_WORDS
        following: list[Leaf] = []
        for leaf in reached:
            value = read(leaf.value)
            spread = spread or isinstance(value, list)
            for element in _elements(value):
                following.extend(_taken(element, step, leaf, is_last=place == last))
                if len(following) > MAX_LEAVES:
                    raise TooManyError(f"{'.'.join(steps)}: more than {MAX_LEAVES} values")
        reached = following
    return Resolution(tuple(Leaf(read(leaf.value), leaf.trail) for leaf in reached), spread)


def _elements(value: Any) -> Iterator[Any]:
    """Yield the elements of a list, of those that are lists theirs, and so on; any other value itself."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(reversed(one))
        else:
            yield one


def _taken(container: Any, step: str, leaf: Leaf, *, is_last: bool) -> Iterator[Leaf]:
    """Yield what one step from a container leads to. What was absent before stays so."""
    container = read(container)
    if isinstance(container, Absent):
        yield Leaf(container)
    elif container is None:
        yield Leaf(Absent.MISSING)
    elif not isinstance(container, dict):
        yield Leaf(Absent.BROKEN)
    elif step in _ENTRY_WORDS:
        for key, value in container.items():
            yield Leaf(key if step == "__key" else value, (*leaf.trail, (container, key)))
    else:
        absent = None if is_last else Absent.MISSING
        yield Leaf(container.get(step, absent), (*leaf.trail, (container, step)))


def _branch(steps: tuple[str, ...], shared: int, leaf: Leaf, uve: Mapping[str, Any]) -> tuple[Any, tuple[str, ...]]:
    """Return where steps leave the trail of a leaf after those they share, and what is left of them."""
    shared = min(shared, len(leaf.trail))
    if shared == 0:
        return uve, steps
    if shared < min(len(steps), len(leaf.trail)):
        return leaf.trail[shared][0], steps[shared:]
    container, key = leaf.trail[shared - 1]
    value = key if steps[shared - 1] == "__key" else container.get(key)
    return value, steps[shared:]


def _is_same(one: str, other: str) -> bool:
    return one == other or (one in _ENTRY_WORDS and other in _ENTRY_WORDS)
