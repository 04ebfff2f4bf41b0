"""Which of many matches mean an entity, found for all of them at once. Pure, and remembered within bounds.

Each table of terms is a bit. What a label's value makes true is a mask of bits, remembered by value, since entities share
most of their values; an entity's terms are the masks of its labels, its kind and its class, all ANDed. So a hundred
thousand links against a thousand rules are seconds, not minutes.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from satark.detector.rules.patterns import Facts, Match, Patterns

MAX_VALUES_KEPT = 65_536


class Matching:
    """A number of matches. What an entity lacks is the empty text."""

    def __init__(self, matches: Sequence[Match]) -> None:
        terms = [(number, one) for number, match in enumerate(matches) for one in match.terms]
        self._always = tuple(number for number, match in enumerate(matches) if not match.terms)
        self._owners = [number for number, _ in terms]
        self._kinds = _Masks((one.kind for _, one in terms), len(terms))
        self._classes = [one.classes for _, one in terms]
        names = sorted({name for _, one in terms for name, _ in one.labels})
        self._labels = [(name, _Masks((dict(one.labels).get(name) for _, one in terms), len(terms))) for name in names]
        self._mask_of_class = lru_cache(maxsize=1024)(self._class_mask)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the labels that are looked at."""
        return tuple(name for name, _ in self._labels)

    def numbers(self, facts: Facts) -> list[int]:
        """Return the numbers of the matches that mean an entity, in order."""
        mask = self._kinds.of(facts.kind) & self._mask_of_class(facts.link_class)
        for name, masks in self._labels:
            mask &= masks.of(facts.labels.get(name, ""))
        return sorted({*self._always, *(self._owners[bit] for bit in _bits(mask))})

    def _class_mask(self, link_class: str) -> int:
        allowed = (classes is None or link_class in classes for classes in self._classes)
        return sum(1 << bit for bit, is_allowed in enumerate(allowed) if is_allowed)


class _Masks:
    """What values of one label, or kinds, make true: a bit for each of the patterns, None for any value."""

    def __init__(self, patterns: Iterable[Patterns | None], count: int) -> None:
        self._patterns = [(1 << bit, one) for bit, one in enumerate(patterns) if one is not None]
        self._free = (1 << count) - 1 - sum(bit for bit, _ in self._patterns)
        self.of = lru_cache(maxsize=MAX_VALUES_KEPT)(self._of)

    def _of(self, value: str) -> int:
        return self._free + sum(bit for bit, patterns in self._patterns if patterns.matches(value))


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
