"""Texts with places to fill, as in `/devices/{edge}/stats`; `{{` and `}}` are braces. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_PLACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")

Values = Mapping[str, str | int]
Quote = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Template:
    """A text, and the names of its places. Made by `template`."""

    text: str
    names: frozenset[str] = frozenset()

    def fill(self, values: Values, quote: Quote = str) -> str:
        """Return the text with its places filled by quoted values."""

        def one(found: re.Match[str]) -> str:
            name = found.group(1)
            return found.group(0)[0] if name is None else quote(str(values[name]))

        return _PLACE.sub(one, self.text)

    def value(self, values: Values) -> str | int:
        """Return the text filled; where it is nothing but one place, that value as it is, so that numbers stay numbers."""
        found = _PLACE.fullmatch(self.text)
        return values[found.group(1)] if found and found.group(1) is not None else self.fill(values)


def template(text: str) -> Template:
    """Return a template. Raises ValueError for a brace that is neither doubled nor part of a place."""
    names: set[str] = set()
    for found in _PLACE.finditer(text):
        if found.group(1) is not None:
            names.add(found.group(1))
        elif found.group(0) in {"{", "}"}:
            raise ValueError("a single brace; double it where it means itself")
    return Template(text, frozenset(names))


def filled(value: Any, values: Values) -> Any:
    """Return a tree of lists and tables with its templates filled."""
    if isinstance(value, Template):
        return value.value(values)
    if isinstance(value, dict):
        return {key: filled(item, values) for key, item in value.items()}
    return [filled(item, values) for item in value] if isinstance(value, list) else value
