"""Shapes of what a file may hold. A shape reads a node and is a JSON schema: what is checked is what is published. Pure.

Reading gathers mistakes instead of stopping at the first. A value that is wrong is `WRONG`; it is never used, for a file
with mistakes is not taken at all.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from satark.runtime.documents.mistakes import Mistakes, near, written
from satark.runtime.documents.parsing import Node


class Special(Enum):
    """What is no value of a file."""

    WRONG = "wrong"
    OFF = "off"


WRONG = Special.WRONG
OFF = Special.OFF


class Shape(Protocol):
    """What is allowed at one place of a file. `words` complete the sentence `expected …`."""

    @property
    def words(self) -> str:
        """What is expected."""
        ...

    def read(self, node: Node, mistakes: Mistakes) -> Any:
        """Return the value, or WRONG after noting why."""
        ...

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema."""
        ...


@dataclass(frozen=True, slots=True)
class Scalar:
    """One plain value. `parse` gets the node and raises ValueError, whose text, if any, is told as well."""

    words: str
    parse: Callable[[Node], Any]
    json: Mapping[str, Any]

    def read(self, node: Node, mistakes: Mistakes) -> Any:
        """Return the value, or WRONG after noting why."""
        why = ""
        if not isinstance(node.value, list | dict | None):
            try:
                return self.parse(node)
            except ValueError as error:
                why = str(error)
        mistakes.wrong(node, f"expected {self.words}, not {written(node)}" + (f": {why}" if why else ""))
        return WRONG

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema."""
        return dict(self.json)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a table."""

    shape: Shape
    doc: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of known members. Its value has only those that are given; `check` looks at what they come to together."""

    members: Mapping[str, Member]
    check: Callable[[dict[str, Any], Node, Mistakes], None] | None = None

    @property
    def words(self) -> str:
        """What is expected."""
        return f"a table of {', '.join(self.members)}"

    def read(self, node: Node, mistakes: Mistakes) -> Any:
        """Return the members that are given and right, by name, or WRONG when it is no table."""
        if not isinstance(node.value, dict):
            mistakes.wrong(node, f"expected {self.words}, not {written(node)}")
            return WRONG
        for name, value in node.fields.items():
            if name not in self.members:
                mistakes.wrong_name(value, f"unknown; {near(name, self.members)}")
        found: dict[str, Any] = {}
        for name, member in self.members.items():
            if name in node.fields:
                value = member.shape.read(node.fields[name], mistakes)
                if value is not WRONG:
                    found[name] = value
            elif member.required:
                mistakes.wrong(node, f"is missing; expected {member.shape.words}", name)
        if self.check is not None:
            self.check(found, node, mistakes)
        return found

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema."""
        properties = {name: one.shape.schema() | {"description": one.doc} for name, one in self.members.items()}
        required = [name for name, one in self.members.items() if one.required]
        schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return schema | ({"required": required} if required else {})


@dataclass(frozen=True, slots=True)
class Named:
    """A table whose names are the operator's own, of one shape each."""

    shape: Shape
    what: str
    pattern: str
    most: int

    @property
    def words(self) -> str:
        """What is expected."""
        return f"a table of {self.what}"

    def read(self, node: Node, mistakes: Mistakes) -> Any:
        """Return the members that are right, by name, or WRONG when it is no table."""
        if not isinstance(node.value, dict):
            mistakes.wrong(node, f"expected {self.words}, not {written(node)}")
            return WRONG
        if len(node.fields) > self.most:
            mistakes.wrong(node, f"expected at most {self.most} members, not {len(node.fields)}")
            return WRONG
        found = {}
        for name, member in node.fields.items():
            if not re.fullmatch(self.pattern, name):
                mistakes.wrong_name(member, f"expected the name of {self.what}: lower case letters, digits and _")
            value = self.shape.read(member, mistakes)
            if value is not WRONG:
                found[name] = value
        return found

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema."""
        return {
            "type": "object",
            "additionalProperties": self.shape.schema(),
            "propertyNames": {"pattern": f"^{self.pattern}$"},
            "maxProperties": self.most,
        }


@dataclass(frozen=True, slots=True)
class Many:
    """A list of one shape; with `or_one` a single one stands for a list of it."""

    shape: Shape
    most: int
    or_one: bool = False
    least: int = 1

    @property
    def words(self) -> str:
        """What is expected."""
        return f"{self.shape.words}, or a list of such" if self.or_one else f"a list; each member {self.shape.words}"

    def read(self, node: Node, mistakes: Mistakes) -> Any:
        """Return the members that are right, or WRONG when it is no list."""
        is_list = isinstance(node.value, list)
        if not (is_list or self.or_one):
            mistakes.wrong(node, f"expected {self.words}, not {written(node)}")
            return WRONG
        nodes = node.items if is_list else [node]
        if not self.least <= len(nodes) <= self.most:
            mistakes.wrong(node, f"expected {self.least} to {self.most} members, not {len(nodes)}")
            return WRONG
        values = [self.shape.read(one, mistakes) for one in nodes]
        return tuple(one for one in values if one is not WRONG)

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema."""
        one = self.shape.schema()
        many = {"type": "array", "items": one, "minItems": self.least, "maxItems": self.most}
        return {"anyOf": [one, many]} if self.or_one else many


@dataclass(frozen=True, slots=True)
class OrOff:
    """A shape that can be switched off: `off` is OFF."""

    shape: Shape

    @property
    def words(self) -> str:
        """What is expected."""
        return f"{self.shape.words}, or off"

    def read(self, node: Node, mistakes: Mistakes) -> Any:
        """Return OFF, the value, or WRONG after noting why."""
        if node.value is False or node.text in {"off", "none"}:
            return OFF
        if not isinstance(node.value, dict):
            mistakes.wrong(node, f"expected {self.words}, not {written(node)}")
            return WRONG
        return self.shape.read(node, mistakes)

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema. YAML 1.2 takes `off` for a text, 1.1 for false."""
        return {"anyOf": [self.shape.schema(), {"enum": ["off", "none", False]}]}


@dataclass(frozen=True, slots=True)
class Again:
    """A shape that holds itself, below a name of the schema's definitions."""

    name: str
    shape: Callable[[], Shape]

    @property
    def words(self) -> str:
        """What is expected."""
        return self.shape().words

    def read(self, node: Node, mistakes: Mistakes) -> Any:
        """Return the value, or WRONG after noting why."""
        return self.shape().read(node, mistakes)

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema, which refers to the definition."""
        return {"$ref": f"#/$defs/{self.name}"}
