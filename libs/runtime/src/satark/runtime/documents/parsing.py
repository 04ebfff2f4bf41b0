"""YAML that knows its places, and without what makes YAML dangerous: aliases, endless depth or size, objects. Pure.

Files that an operator writes are read by hand, node by node, so that every mistake is found at once and can be shown
where it is. Times stay the texts that were written: YAML's own would lose how.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

_NO_ALIASES = "anchors and aliases (& and *) are not allowed; put the text into quotes"
_NO_TAGS = "tags (!) are not allowed; put the text into quotes"
_TRAPS = {
    "while scanning an alias": _NO_ALIASES,
    "while scanning an anchor": _NO_ALIASES,
    "while scanning a tag": _NO_TAGS,
}
"""What a text without quotes is told that begins like one: `*LTE*`, `!*backup*`."""

_PLAIN = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null"))


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a document may be. Tags make no objects: they are refused, or are as if they were not there."""

    max_bytes: int = 1_000_000
    max_depth: int = 16
    max_nodes: int = 100_000
    allows_tags: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands, counted from 1."""

    line: int = 1
    column: int = 1


class DocumentError(ValueError):
    """The text is no YAML of the kind that is allowed; the message begins with the line.

    `text` is the message without it, `place` where it is; `also` are more such mistakes of the same document.
    """

    def __init__(self, text: str, place: Place | None = None, also: Iterable["DocumentError"] = ()) -> None:
        super().__init__(f"line {place.line}: {text}" if place else text)
        self.text = text
        self.place = place or Place()
        self.also = tuple(also)

    @property
    def line(self) -> int:
        """The line, 1 where the whole document is meant."""
        return self.place.line


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the document: a text, number, truth value or None, or a list or table of nodes.

    `text` is how a plain value is written (`0123`, `on`), `key` the place of its name where it is a member of a table.
    """

    value: Any
    place: Place = Place()
    path: str = ""
    text: str = ""
    key: Place = Place()

    @property
    def line(self) -> int:
        """The line that it begins in."""
        return self.place.line

    @property
    def items(self) -> list["Node"]:
        """The members of a list; none of any other value."""
        return self.value if isinstance(self.value, list) else []

    @property
    def fields(self) -> Mapping[str, "Node"]:
        """The members of a table; none of any other value."""
        return self.value if isinstance(self.value, dict) else {}

    def plain(self) -> Any:
        """Return the value without its places."""
        if isinstance(self.value, list):
            return [one.plain() for one in self.value]
        if isinstance(self.value, dict):
            return {key: one.plain() for key, one in self.value.items()}
        return self.value


def parse(content: bytes, bounds: Bounds = Bounds()) -> Node:
    """Return the document, None within for an empty one. Raises DocumentError."""
    if len(content) > bounds.max_bytes:
        raise DocumentError(f"larger than {bounds.max_bytes} bytes")
    try:
        text = content.decode()
        _check(yaml.parse(text, Loader=yaml.SafeLoader), bounds)
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        return Node(None) if root is None else _Builder(loader).document(root)
    except UnicodeDecodeError as error:
        raise DocumentError("not UTF-8") from error
    except yaml.MarkedYAMLError as error:
        trap = _TRAPS.get(str(error.context))
        raise DocumentError(
            trap or str(error.problem), _place(error.context_mark if trap else error.problem_mark)
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, DocumentError):
            raise
        raise DocumentError(str(error).partition("\n")[0]) from error


def _check(events: Iterable[yaml.Event], bounds: Bounds) -> None:
    """Raise DocumentError for what must not even be composed."""
    depth = nodes = 0
    for event in events:
        nodes += isinstance(event, yaml.NodeEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        place = _place(event.start_mark)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise DocumentError(_NO_ALIASES, place)
        if getattr(event, "tag", None) and not bounds.allows_tags:
            raise DocumentError(_NO_TAGS, place)
        if depth > bounds.max_depth or nodes > bounds.max_nodes:
            raise DocumentError(
                f"nested more than {bounds.max_depth} deep, or more than {bounds.max_nodes} values", place
            )


class _Builder:
    """Makes nodes of YAML's own; names that are given twice gather, so that all of them are told."""

    def __init__(self, loader: yaml.SafeLoader) -> None:
        self._loader = loader
        self._doubles: list[DocumentError] = []

    def document(self, root: yaml.Node) -> Node:
        """Return the whole document. Raises DocumentError."""
        place = _place(root.start_mark)
        found = self._node(root, "", place)
        if self._doubles:
            first, *others = self._doubles
            raise DocumentError(first.text, first.place, others)
        return found

    def _node(self, node: yaml.Node, path: str, key: Place) -> Node:
        place = _place(node.start_mark)
        if isinstance(node, yaml.SequenceNode):
            items = [self._node(one, f"{path}[{n}]", _place(one.start_mark)) for n, one in enumerate(node.value)]
            return Node(items, place, path, key=key)
        if isinstance(node, yaml.MappingNode):
            return Node(self._table(node, path), place, path, key=key)
        value = self._loader.construct_object(node) if node.tag in _PLAIN else node.value
        return Node(value, place, path, str(node.value), key)

    def _table(self, node: yaml.MappingNode, path: str) -> dict[str, Node]:
        table: dict[str, Node] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            place = _place(key.start_mark)
            if name in table:
                self._doubles.append(DocumentError(f"{name} is given twice", place))
            table[name] = self._node(value, f"{path}.{name}" if path else name, place)
        return table


def _place(mark: Any) -> Place:
    return Place() if mark is None else Place(int(mark.line) + 1, int(mark.column) + 1)
