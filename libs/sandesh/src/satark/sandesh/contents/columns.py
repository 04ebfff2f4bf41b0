"""What one element of a statistic says: its numbers and texts by member, and the columns that it is found by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from satark.sandesh.contents.bodies import Fields
from satark.sandesh.contents.scalars import NUMBERS, Number, label
from satark.sandesh.contents.tags import Reference, Term
from satark.sandesh.wire.tree import ListValue, MapValue, Node, Value

MAX_LABEL_CHARACTERS = 1024
"""Longest text that each sample repeats: tags, proxies, paths. The original has no limit."""

Report = Callable[[str], None]
"""Takes a problem, in words."""


@dataclass(slots=True)
class Columns:
    """The members of one element."""

    numbers: dict[str, Number] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    maps: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Index:
    """The columns that a sample is found by: of one value, of several, and the pairs that are looked up together."""

    tags: dict[str, str] = field(default_factory=dict)
    many: dict[str, tuple[str, ...]] = field(default_factory=dict)
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Fields around a tagged one, and what their columns' names begin with."""

    prefix: str
    fields: Fields


def columns_of(element: Sequence[Node], path: str, report: Report) -> Columns:
    """The scalars of an element, and its lists and maps of scalars; tagged ones are statistics of their own."""
    columns = Columns()
    for member in element:
        value = member.value
        if isinstance(value, str):
            parse = NUMBERS.get(member.type)
            if parse is None:
                if member.type != "xml":
                    columns.texts[member.name] = label(value, member.type)
            elif (number := parse(value)) is not None:
                columns.numbers[member.name] = number
            else:
                report(f"{path}.{member.name} is no {member.type}: {value[:40]!r}")
        elif "tags" not in member.annotations:
            _add_container(columns, member.name, value)
    return columns


def _add_container(columns: Columns, name: str, value: Value) -> None:
    if isinstance(value, ListValue):
        texts = several(value)
        if texts is not None:
            columns.lists[name] = texts
    elif isinstance(value, MapValue):
        pairs = [(key, each) for key, each in value.items if isinstance(key, str) and isinstance(each, str)]
        if len(pairs) == len(value.items):
            columns.maps[name] = {label(key, value.key): label(each, value.element) for key, each in pairs}


def several(value: ListValue) -> tuple[str, ...] | None:
    """The texts of a list of scalars, None for any other list."""
    texts = tuple(label(each, value.element) for each in value.items if isinstance(each, str))
    return texts if len(texts) == len(value.items) else None


def index_of(
    terms: Sequence[Term], element: Sequence[Node], path: str, scopes: Sequence[Scope], outer: Index, report: Report
) -> Index:
    """The columns that `terms` name, after those of the outer statistic. Fields that were not sent give none."""
    if not terms:
        return outer
    tags, many, pairs = dict(outer.tags), dict(outer.many), list(outer.pairs)

    def add(reference: Reference) -> str | None:
        name, found = _looked_up(reference, element, path, scopes)
        if found is None:
            return None
        value, texts = found.value, None
        if isinstance(value, ListValue) and len(value.items) <= MAX_LABEL_CHARACTERS:
            texts = several(value)
        if isinstance(value, str) and len(value) <= MAX_LABEL_CHARACTERS:
            tags[name] = label(value, found.type)
        elif texts is not None and sum(map(len, texts)) <= MAX_LABEL_CHARACTERS:
            many[name] = texts
        else:
            report(f"{path} has a tag {name} that is no text, or too long")
            return None
        return name

    for term in terms:
        prefix = add(term.prefix) if term.prefix is not None else None
        column = add(term.column)
        if prefix is not None and column is not None:
            pairs.append((prefix, column))
    return Index(tags, many, tuple(pairs))


def _looked_up(
    reference: Reference, element: Sequence[Node], path: str, scopes: Sequence[Scope]
) -> tuple[str, Node | None]:
    """The column's name and its field; one beside the tagged field is looked for outwards."""
    if reference.of_element:
        member = "value" if reference.name == "__value" else reference.name
        return f"{path}.{reference.name}", next((each for each in reversed(element) if each.name == member), None)
    for scope in scopes:
        found = scope.fields.get(reference.name)
        if found is not None:
            return f"{scope.prefix}{reference.name}", found
    return reference.name, None
