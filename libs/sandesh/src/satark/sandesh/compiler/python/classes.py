"""Enums, structs, messages and constants as Python."""

from collections.abc import Iterable, Mapping

from satark.sandesh.compiler.python.expressions import annotation, constant_annotation, descriptor, literal, mutable
from satark.sandesh.compiler.python.scope import Scope, members
from satark.sandesh.compiler.python.text import (
    INDENT,
    WIDTH,
    Expression,
    call,
    docstring,
    keyword,
    lines,
    prefixed,
    quoted,
    sequence,
)
from satark.sandesh.idl import model
from satark.sandesh.idl.ast import StructKind
from satark.sandesh.idl.doctext import tags

_BLANK = ""


def enumeration(each: model.Enumeration, scope: Scope) -> list[str]:
    """An enum's class."""
    text = [
        f"class {scope.name(each)}(sandesh.Enumeration):",
        *docstring(prose(each.doc) or f"Enum {each.name}.", depth=1),
    ]
    named = members(each)
    if named:
        text.append(_BLANK)
    for member in each.members:
        text.append(f"{INDENT}{named[member.name]} = {member.value}")
        text += _documented(member.doc)
    return text


def constant(each: model.Constant, scope: Scope) -> list[str]:
    """A constant and its comment."""
    value = literal(each.value, each.type, scope, frozen=True)
    name = scope.name(each)
    return [
        *_assigned(name, f"Final[{constant_annotation(each.type, scope)}]", value, depth=0),
        *_documented(each.doc, 0),
    ]


def shape(each: model.Struct | model.Message, scope: Scope) -> list[str]:
    """The class of a struct or message."""
    attributes = scope.attributes(each)
    layout = "MessageLayout" if isinstance(each, model.Message) else "Layout"
    described = prefixed(
        f"__sandesh__: ClassVar[sandesh.{layout}] = ", call(f"sandesh.{layout}", _layout(each, scope, attributes))
    )
    text = [
        "@dataclasses.dataclass(slots=True, kw_only=True)",
        f"class {scope.name(each)}(sandesh.{_base(each)}):",
        *docstring(prose(each.doc) or _stated(each), depth=1),
        _BLANK,
        *lines(described, width=WIDTH, depth=1),
    ]
    if attributes:
        text.append(_BLANK)
    for field in each.fields:
        if field.text is None:
            text += _attribute(field, attributes[field.name], scope)
    return text


def _base(each: model.Struct | model.Message) -> str:
    if isinstance(each, model.Struct):
        return "Struct"
    return "Message" if each.data is None else "UveMessage"


def _stated(each: model.Struct | model.Message) -> str:
    if isinstance(each, model.Message):
        return f"Message {each.name} ({each.kind})."
    return f"{'Union' if each.kind is StructKind.UNION else 'Struct'} {each.name}."


def _layout(each: model.Struct | model.Message, scope: Scope, attributes: dict[str, str]) -> Iterable[Expression]:
    yield keyword("name", quoted(each.name))
    if isinstance(each, model.Message):
        yield keyword("kind", f"sandesh.Kind.{each.kind.name}")
        if each.has_key:
            yield keyword("hints", "sandesh.Hint.KEY")
        yield keyword("version_sig", str(each.version_sig))
    # In the order of their ids, as the Python original sends them (clause 2.3).
    fields = [_field(field, scope, attributes) for field in sorted(each.fields, key=lambda field: field.id)]
    yield keyword("fields", sequence("(", fields, ")"))
    if each.annotations:
        yield _annotations(each.annotations)


def _field(field: model.Field, scope: Scope, attributes: dict[str, str]) -> Expression:
    described = [
        keyword("id", str(field.id)),
        keyword("name", quoted(field.name)),
        keyword("type", descriptor(field.type, scope)),
    ]
    if field.optional:
        described.append(keyword("optional", "True"))
    if field.annotations:
        described.append(_annotations(field.annotations))
    if field.text is not None:
        described.append(keyword("constant", quoted(field.text)))
    elif attributes[field.name] != field.name:
        described.append(keyword("attribute", quoted(attributes[field.name])))
    return call("sandesh.Field", described)


def _annotations(written: Mapping[str, str]) -> Expression:
    entries = [f"{quoted(name)}: {quoted(value)}" for name, value in written.items()]
    return keyword("annotations", sequence("{", entries, "}"))


def _attribute(field: model.Field, name: str, scope: Scope) -> list[str]:
    value: Expression = "None"
    if field.default is not None:
        value = literal(field.default, field.type, scope)
        if mutable(field.type):
            value = call("dataclasses.field", [keyword("default_factory", prefixed("lambda: ", value))])
    return [*_assigned(name, f"{annotation(field.type, scope)} | None", value, depth=1), *_documented(field.doc)]


def _assigned(name: str, type_: str, value: Expression, *, depth: int) -> list[str]:
    """`name: type = value`; the type moves into brackets where it does not fit otherwise."""
    first = f"{INDENT * depth}{name}: {type_} = {value if isinstance(value, str) else value.head}"
    if len(first) <= WIDTH:
        return lines(prefixed(f"{name}: {type_} = ", value), width=WIDTH, depth=depth)
    indent = INDENT * depth
    return [f"{indent}{name}: (", f"{indent}{INDENT}{type_}", *lines(prefixed(") = ", value), width=WIDTH, depth=depth)]


def _documented(doc: str | None, depth: int = 1) -> list[str]:
    said = prose(doc)
    return docstring(said, depth=depth) if said else []


def prose(doc: str | None) -> str:
    """A doc comment with its `@tag: text` lines as people write them; empty without one."""
    said = tags(doc)
    description = said.pop("description", "")
    facts = [f"{name.replace('_', ' ').capitalize()}: {text}" for name, text in said.items() if text]
    return "\n\n".join(each for each in (description, "\n".join(facts)) if each).strip()
