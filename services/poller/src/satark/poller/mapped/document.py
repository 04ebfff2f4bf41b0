"""YAML with line numbers, and without what makes YAML dangerous: aliases, tags, endless depth. Pure.

A mapping is read by hand, one `Table` at a time, so that every mistake is found at once and names its line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml

MAX_BYTES = 256_000
MAX_DEPTH = 20
MAX_NODES = 20_000

_TEXT = "tag:yaml.org,2002:str"
_SCALARS = {_TEXT, *(f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "null"))}


class DocumentError(ValueError):
    """The text is no YAML of the kind that is allowed; the message begins with the line."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the document: a text, number, truth value or None, or a list or table of nodes."""

    value: Any
    line: int
    path: str


def parse(content: bytes) -> Node:
    """Return the document. Raises DocumentError."""
    if len(content) > MAX_BYTES:
        raise DocumentError(f"larger than {MAX_BYTES} bytes")
    try:
        text = content.decode()
        _check_events(yaml.parse(text, Loader=yaml.SafeLoader))
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        return _node(loader, root, "") if root is not None else Node({}, 1, "")
    except UnicodeDecodeError as error:
        raise DocumentError("not UTF-8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark is not None else 1
        raise DocumentError(f"line {line}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise DocumentError(str(error).partition("\n")[0]) from error


def _check_events(events: Iterable[yaml.Event]) -> None:
    depth = nodes = 0
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark is not None else 1
        nodes += isinstance(event, yaml.NodeEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise DocumentError(f"line {line}: anchors and aliases (& and *) are not allowed; put the text into quotes")
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            raise DocumentError(f"line {line}: nested more than {MAX_DEPTH} deep, or more than {MAX_NODES} values")


def _node(loader: yaml.SafeLoader, node: yaml.Node, path: str) -> Node:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return Node([_node(loader, item, f"{path}[{n}]") for n, item in enumerate(node.value)], line, path)
    if isinstance(node, yaml.MappingNode):
        table: dict[str, Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if name in table:
                raise DocumentError(f"line {key.start_mark.line + 1}: {name} is given twice")
            table[name] = _node(loader, value, f"{path}.{name}" if path else name)
        return Node(table, line, path)
    is_plain = node.tag in _SCALARS
    return Node(loader.construct_object(node) if is_plain else node.value, line, path)


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
