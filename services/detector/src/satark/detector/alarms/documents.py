"""YAML with line numbers, and without what makes YAML dangerous: aliases, tags, endless depth or size. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

MAX_BYTES = 1_000_000
MAX_DEPTH = 16
MAX_NODES = 100_000

_PLAIN = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null"))


class DocumentError(ValueError):
    """The text is no YAML of the kind that is allowed."""

    def __init__(self, text: str, line: int = 1) -> None:
        super().__init__(text)
        self.line = line


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the document: plain, or a list or table of nodes."""

    value: Any
    line: int

    @property
    def items(self) -> list["Node"]:
        """The members of a list; none of any other value."""
        return self.value if isinstance(self.value, list) else []

    @property
    def fields(self) -> Mapping[str, "Node"]:
        """The members of a table; none of any other value."""
        return self.value if isinstance(self.value, dict) else {}

    def plain(self) -> Any:
        """Return the value without its lines."""
        if isinstance(self.value, list):
            return [one.plain() for one in self.value]
        if isinstance(self.value, dict):
            return {key: one.plain() for key, one in self.value.items()}
        return self.value


def parse(content: bytes) -> Node:
    """Return the document. Raises DocumentError."""
    if len(content) > MAX_BYTES:
        raise DocumentError(f"larger than {MAX_BYTES} bytes")
    try:
        text = content.decode()
        _check(yaml.parse(text, Loader=yaml.SafeLoader))
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        return Node(None, 1) if root is None else _node(loader, root)
    except UnicodeDecodeError as error:
        raise DocumentError("not UTF-8") from error
    except yaml.MarkedYAMLError as error:
        raise DocumentError(str(error.problem), _line(error.problem_mark)) from error
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, DocumentError):
            raise
        raise DocumentError(str(error).partition("\n")[0]) from error


def _check(events: Iterable[yaml.Event]) -> None:
    depth = nodes = 0
    for event in events:
        nodes += isinstance(event, yaml.NodeEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise DocumentError("anchors and aliases (& and *) are not allowed", _line(event.start_mark))
        if getattr(event, "tag", None):
            raise DocumentError("tags (!) are not allowed; put the text into quotes", _line(event.start_mark))
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            too_much = f"nested more than {MAX_DEPTH} deep, or more than {MAX_NODES} values"
            raise DocumentError(too_much, _line(event.start_mark))


def _node(loader: yaml.SafeLoader, node: yaml.Node) -> Node:
    line = _line(node.start_mark)
    if isinstance(node, yaml.SequenceNode):
        return Node([_node(loader, one) for one in node.value], line)
    if isinstance(node, yaml.MappingNode):
        table: dict[str, Node] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            if name in table:
                raise DocumentError(f"{name} is given twice", _line(key.start_mark))
            table[name] = _node(loader, value)
        return Node(table, line)
    return Node(loader.construct_object(node) if node.tag in _PLAIN else node.value, line)


def _line(mark: Any) -> int:
    return 1 if mark is None else int(mark.line) + 1
