"""Files of alarm rules: read completely, with every mistake told by file and line, or not at all. Pure.

A file is read field by field against the types in `model`, which are also what the JSON schema is made of.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import EnumType
from typing import Any, get_args, get_origin

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import FieldInfo, fields

from satark.detector.alarms.conditions import ConditionError, compile_condition
from satark.detector.alarms.documents import DocumentError, Node, parse
from satark.detector.alarms.model import AlarmRule, RulesFile
from satark.detector.alarms.scope import TABLES
from satark.uve.alarms import Condition, Operand2

MAX_MISTAKES = 200
"""More are not told: who has so many has another kind of file."""


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake of an operator."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class RulesError(ValueError):
    """Not one rule of the files is taken; `mistakes` says why, each on one line."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(one) for one in mistakes))
        self.mistakes = mistakes


def load(files: Mapping[str, bytes]) -> tuple[AlarmRule, ...]:
    """Return the rules of all files, by their names. Raises RulesError."""
    mistakes: list[Mistake] = []
    placed: list[tuple[AlarmRule, str, int]] = []
    for name, content in sorted(files.items()):
        reader = _Reader(name, mistakes)
        placed += ((rule, name, line) for rule, line in reader.rules(content))
    mistakes += _doubles(placed)
    if mistakes:
        raise RulesError(tuple(sorted(mistakes)[:MAX_MISTAKES]))
    return tuple(rule for rule, _, _ in placed)


def schema() -> dict[str, Any]:
    """Return the JSON schema of a file of rules."""
    document = msgspec.json.schema(RulesFile)
    document["$defs"]["Operand2"]["oneOf"] = [{"required": [one.name]} for one in fields(Operand2)]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Alarm rules of Satark"} | document


def _doubles(placed: list[tuple[AlarmRule, str, int]]) -> Iterator[Mistake]:
    places: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for rule, file, line in placed:
        places[rule.type].append((file, line))
    for kind, (first, *others) in places.items():
        for file, line in others:
            yield Mistake(file, line, f"{kind} is there already, in {first[0]}:{first[1]}")


@dataclass(slots=True)
class _Reader:
    """The reading of one file."""

    file: str
    mistakes: list[Mistake]

    def rules(self, content: bytes) -> list[tuple[AlarmRule, int]]:
        """Return the file's rules that are right, with their lines, and note all mistakes."""
        try:
            root = parse(content)
        except DocumentError as error:
            for one in (error, *error.also):
                self._wrong(one.line, one.text)
            return []
        self._struct(RulesFile, root, "")
        found: list[tuple[AlarmRule, int]] = []
        for node in root.fields["alarms"].items if "alarms" in root.fields else ():
            try:
                found.append((msgspec.convert(node.plain(), AlarmRule), node.line))
            except msgspec.ValidationError:
                continue
        return found

    def _struct(self, kind: type[Struct], node: Node, path: str) -> None:
        known = {one.encode_name: one for one in fields(kind)}
        if not isinstance(node.value, dict):
            self._wrong(node.line, f"{path or 'the file'}: expected a table of {', '.join(known)}")
            return
        for name, value in node.fields.items():
            if name not in known:
                self._wrong(value.line, f"{_below(path, name)}: unknown; {_hint(name, known)}")
        count = len(self.mistakes)
        for name, one in known.items():
            self._field(one, node.fields.get(name), node, _below(path, name))
        if kind is AlarmRule:
            self._types(node.fields.get("uve_keys"), _below(path, "uve_keys"))
        if len(self.mistakes) == count:
            self._sense(kind, node, path)

    def _field(self, one: FieldInfo, node: Node | None, parent: Node, path: str) -> None:
        if node is None:
            if one.required:
                self._wrong(parent.line, f"{path}: is missing")
            return
        inner = _struct_within(one.type)
        if inner is None or node.value is None:
            self._value(node, one.type, path)
        elif not _is_tuple(one.type):
            self._struct(inner, node, path)
        else:
            count = len(self.mistakes)
            for place, item in enumerate(node.items):
                self._struct(inner, item, f"{path}[{place}]")
            if len(self.mistakes) == count:
                self._value(node, one.type, path)

    def _value(self, node: Node, hint: Any, path: str) -> None:
        try:
            msgspec.convert(node.plain(), hint)
        except msgspec.ValidationError as error:
            text, _, place = str(error).partition(" - at `$")
            self._wrong(node.line, f"{path}{place.rstrip('`')}: {_wording(text, hint)}")

    def _sense(self, kind: type[Struct], node: Node, path: str) -> None:
        """Note what is wrong with a table whose members are all of their types."""
        if kind is Condition:
            self._condition(msgspec.convert(node.plain(), Condition), node, path)
        if kind is Operand2 and len(node.fields) != 1:
            self._wrong(node.line, f"{path}: expected one of uve_attribute and json_value")

    def _types(self, node: Node | None, path: str) -> None:
        for place, item in enumerate(node.items if node else ()):
            name = str(item.value).partition(":")[0]
            if name not in TABLES and not name[:1].isupper():
                self._wrong(item.line, f"{path}[{place}]: {name} is no type; {_hint(name, TABLES)}")

    def _condition(self, condition: Condition, node: Node, path: str) -> None:
        try:
            compile_condition(condition)
        except ConditionError as error:
            member = str(error).partition(":")[0].partition(".")[0]
            self._wrong(node.fields.get(member, node).line, f"{path}.{error}")

    def _wrong(self, line: int, text: str) -> None:
        self.mistakes.append(Mistake(self.file, line, text))


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _hint(name: str, known: Mapping[str, Any]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known))}"


def _wording(text: str, hint: Any) -> str:
    """Return what was expected in words of the format, where msgspec knows only its own."""
    if isinstance(hint, EnumType):
        return f"expected {', '.join(map(str, hint))}"
    if "matching regex" in text:
        return f"expected something like {_example(hint)}"
    return text[:1].lower() + text[1:]


def _example(hint: Any) -> str:
    """Return the first example in a type, empty for none."""
    if isinstance(hint, Meta):
        return str((hint.examples or [""])[0])
    return next((found for one in get_args(hint) if (found := _example(one))), "")


def _struct_within(hint: Any) -> type[Struct] | None:
    """Return the struct in a type: itself, in a tuple, or beside None."""
    if isinstance(hint, type) and issubclass(hint, Struct):
        return hint
    return next((found for one in get_args(hint) if (found := _struct_within(one))), None)


def _is_tuple(hint: Any) -> bool:
    return get_origin(hint) is tuple or any(get_origin(one) is tuple for one in get_args(hint))
