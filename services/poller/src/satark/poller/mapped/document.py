"""Mapping files as YAML that knows its lines. Pure.

A mapping is read by hand, one `Table` at a time, so that every mistake is found at once and names its line.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from satark.runtime import documents
from satark.runtime.documents import Bounds, DocumentError, Node

MAX_BYTES = 256_000

_BOUNDS = Bounds(MAX_BYTES, max_depth=20, max_nodes=20_000, allows_tags=True)

__all__ = ["MAX_BYTES", "DocumentError", "Node", "Table", "parse"]


def parse(content: bytes) -> Node:
    """Return the document; an empty one is a table of nothing. Raises DocumentError."""
    root = documents.parse(content, _BOUNDS)
    return Node({}) if root.value is None else root


class Table:
    """A table of the document that is read key by key; mistakes gather in a list that all its parts share."""

    def __init__(self, node: Node, mistakes: list[str], known: Iterable[str]) -> None:
        self._node = node
        self.mistakes = mistakes
        self._fields: Mapping[str, Node] = {}
        if not isinstance(node.value, dict):
            self.wrong(f"expected a table of {', '.join(known)}")
            return
        self._fields = node.value
        names = tuple(known)
        for key, value in self._fields.items():
            if names and key not in names:
                near = get_close_matches(key, names, n=1)
                hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
                self._tell(value, f"unknown; {hint}")

    def __contains__(self, key: str) -> bool:
        """Return whether a key is given."""
        return key in self._fields

    def node(self, key: str) -> Node | None:
        """Return the node of a key, None where it is not given."""
        return self._fields.get(key)

    def table(self, key: str, known: Iterable[str]) -> "Table | None":
        """Return a table within; None where it is not given."""
        node = self._fields.get(key)
        return Table(node, self.mistakes, known) if node is not None else None

    def items(self, key: str) -> Iterable[tuple[str, Node]]:
        """Return the members of a table of free names; nothing where it is not given."""
        node = self._fields.get(key)
        if node is not None and not isinstance(node.value, dict):
            self._tell(node, "expected a table")
            return ()
        return node.value.items() if node is not None else ()

    def rows(self, key: str) -> list[Node]:
        """Return the members of a list; nothing where it is not given."""
        node = self._fields.get(key)
        if node is not None and not isinstance(node.value, list):
            self._tell(node, "expected a list")
            return []
        return list(node.value) if node is not None else []

    def text(self, key: str, default: str | None = "") -> str:
        """Return a text; without a default it must be given."""
        return str(self._typed(key, str, "a text (in quotes, where it looks like something else)", default) or "")

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return a truth value."""
        return bool(self._typed(key, bool, "true or false", default))

    def whole(self, key: str, default: int, *, low: int = 1, high: int = 1_000_000) -> int:
        """Return a whole number from `low` to `high`."""
        value = self._typed(key, int, "a whole number", default)
        if not low <= value <= high:
            self.wrong(f"expected {low} to {high}", key)
            return default
        return int(value)

    def number(self, key: str, default: float | None) -> float | None:
        """Return a number."""
        value = self._typed(key, (int, float), "a number", default)
        return None if value is None else float(value)

    def choice(self, key: str, choices: Iterable[str], default: str | None = None) -> str:
        """Return one of some words; without a default it must be given."""
        words = tuple(choices)
        value = self.text(key, default)
        if value not in words and (value or key in self._fields):
            self.wrong(f"expected {', '.join(words)}", key)
            return default or words[0]
        return value or default or words[0]

    def wrong(self, text: str, key: str = "") -> None:
        """Note a mistake of this table, or of one of its keys."""
        self._tell(self._fields.get(key, self._node), text, "" if key in self._fields else key)

    def _typed(self, key: str, kind: Any, what: str, default: Any) -> Any:
        node = self._fields.get(key)
        if node is None:
            if default is None and kind is str:
                self.wrong("is missing", key)
            return default
        is_flag = isinstance(node.value, bool)
        if not isinstance(node.value, kind) or (is_flag and kind is not bool):
            self._tell(node, f"expected {what}")
            return default
        return node.value

    def _tell(self, node: Node, text: str, key: str = "") -> None:
        where = ".".join(part for part in (node.path, key) if part) or "the mapping"
        self.mistakes.append(f"line {node.line}: {where}: {text}")
