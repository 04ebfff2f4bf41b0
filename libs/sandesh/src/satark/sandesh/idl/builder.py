"""From the parser's reductions to syntax trees: one method for one rule of the grammar, called by lark as it goes.

Children come as the rule has them: tokens, what the methods made of inner rules, None for what is in `[ ]` and not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from lark import Token, Transformer

from satark.sandesh.idl import ast
from satark.sandesh.idl.literals import double, integer, unquote
from satark.sandesh.idl.tokens import Word

Children = Sequence[Any]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class _Group(Generic[Item]):
    """What stands between two brackets, and the one that closes."""

    items: tuple[Item, ...]
    span: Word


def _span(children: Children) -> ast.Span:
    """Return where a rule begins and ends. Every child is a token or knows its place."""
    first, last = children[0], children[-1]
    if first is None:
        first = next(child for child in children if child is not None)
    if last is None:
        last = next(child for child in reversed(children) if child is not None)
    begin = first if isinstance(first, Word) else first.span
    end = last if isinstance(last, Word) else last.span
    return ast.Span(begin.file, begin.line, begin.column, end.end_line, end.end_column)


def _group(children: Children) -> _Group[Any]:
    return _Group(tuple(children[:-1]), children[-1])


def _items(group: _Group[Item] | None) -> tuple[Item, ...]:
    return () if group is None else group.items


def _place(children: Children, name: Word) -> dict[str, Any]:
    """Return what every definition has besides what it says: doc comment and places."""
    span = _span(children)
    return {"doc": name.source.docs.get((span.line, span.column)), "span": span, "name_span": name.span}


def _number(token: Word | None) -> int | None:
    if token is None:
        return None
    if token.type != "INT":
        return int(token.type == "TRUE")
    return integer(token) or 0  # the scanner refused what does not fit in 64 bits


class Builder(Transformer[Token, Any]):
    """Makes the nodes of syntax trees. It knows nothing of a file: the tokens do."""

    def include(self, children: Children) -> ast.Include:
        return ast.Include(unquote(children[1]), _span(children))

    def cpp_include(self, children: Children) -> ast.CppInclude:
        return ast.CppInclude(unquote(children[1]), _span(children))

    def namespace(self, children: Children) -> ast.Namespace:
        _, language, name = children
        return ast.Namespace(str(language), str(name), _span(children))

    def old_namespace(self, children: Children) -> ast.OldNamespace:
        keyword, name = children
        return ast.OldNamespace(str(keyword), str(name), _span(children))

    def xsd_namespace(self, children: Children) -> ast.OldNamespace:
        keyword, name = children
        return ast.OldNamespace(str(keyword), unquote(name), _span(children))

    def const(self, children: Children) -> ast.Const:
        _, kind, name, value = children
        return ast.Const(str(name), kind, value, **_place(children, name))

    def typedef(self, children: Children) -> ast.Typedef:
        _, kind, name = children
        return ast.Typedef(str(name), kind, **_place(children, name))

    def enum(self, children: Children) -> ast.EnumDef:
        _, name, *members, _ = children
        return ast.EnumDef(str(name), tuple(members), **_place(children, name))

    def enum_member(self, children: Children) -> ast.EnumMember:
        name, value = children
        span = _span(children)
        return ast.EnumMember(str(name), _number(value), name.source.docs.get((span.line, span.column)), span)

    def senum(self, children: Children) -> ast.Senum:
        _, name, *values, _ = children
        return ast.Senum(str(name), tuple(map(unquote, values)), **_place(children, name))

    def struct(self, children: Children) -> ast.StructDef:
        keyword, name, xsd_all, fields, annotations = children
        return ast.StructDef(
            kind=ast.StructKind(str(keyword)),
            name=str(name),
            fields=fields.items,
            annotations=_items(annotations),
            xsd_all=xsd_all is not None,
            **_place(children, name),
        )

    def exception(self, children: Children) -> ast.StructDef:
        _, name, fields = children
        return ast.StructDef(ast.StructKind.EXCEPTION, str(name), fields.items, **_place(children, name))

    def service(self, children: Children) -> ast.Service:
        _, name, extends, parent, *functions, _ = children
        return ast.Service(str(name), tuple(functions), str(parent) if extends else None, **_place(children, name))

    def function(self, children: Children) -> ast.Function:
        oneway, result, name, parameters, throws, thrown = children
        return ast.Function(
            name=str(name),
            result=None if isinstance(result, Word) else result,
            parameters=parameters.items,
            throws=thrown.items if throws else None,
            oneway=oneway is not None,
            **_place(children, name),
        )

    def sandesh(self, children: Children) -> ast.SandeshDef:
        kind, _, name, *fields, _, annotations = children
        return ast.SandeshDef(
            kind=ast.Kind(str(kind)),
            name=str(name),
            fields=tuple(fields),
            annotations=_items(annotations),
            **_place(children, name),
        )

    def field(self, children: Children) -> ast.Field:
        number, required, kind, name, default, optional, nillable, attrs, attr_fields, annotations = children
        return ast.Field(
            id=_number(number),
            name=str(name),
            type=kind,
            requiredness=ast.Requiredness(str(required or "")),
            default=default,
            annotations=_items(annotations),
            xsd_optional=optional is not None,
            xsd_nillable=nillable is not None,
            xsd_attrs=attr_fields.items if attrs else None,
            **_place(children, name),
        )

    def text(self, children: Children) -> ast.TextField:
        number, text = children
        span = _span(children)
        return ast.TextField(_number(number), unquote(text), text.source.docs.get((span.line, span.column)), span)

    fields = parameters = annotations = staticmethod(_group)

    def annotation(self, children: Children) -> ast.Annotation:
        name, value = children
        return ast.Annotation(str(name), unquote(value), _span(children))

    def named_type(self, children: Children) -> ast.NamedType:
        return ast.NamedType(str(children[0]), children[0].span)

    def base_type(self, children: Children) -> ast.BaseType:
        base, annotations = children
        return ast.BaseType(ast.Base(str(base)), _items(annotations), _span(children))

    def list_type(self, children: Children) -> ast.ListOf:
        _, element, _, cpp_type, annotations = children
        return ast.ListOf(element, cpp_type and unquote(cpp_type), _items(annotations), _span(children))

    def set_type(self, children: Children) -> ast.SetOf:
        _, cpp_type, element, _, annotations = children
        return ast.SetOf(element, cpp_type and unquote(cpp_type), _items(annotations), _span(children))

    def map_type(self, children: Children) -> ast.MapOf:
        _, cpp_type, key, value, _, annotations = children
        return ast.MapOf(key, value, cpp_type and unquote(cpp_type), _items(annotations), _span(children))

    def cpp_type(self, children: Children) -> Word:
        literal: Word = children[1]
        return literal

    def int_value(self, children: Children) -> ast.IntValue:
        return ast.IntValue(_number(children[0]) or 0, children[0].span)

    def double_value(self, children: Children) -> ast.DoubleValue:
        value = double(children[0])
        return ast.DoubleValue(0.0 if value is None else value, children[0].span)  # the scanner refused what is none

    def string_value(self, children: Children) -> ast.StringValue:
        return ast.StringValue(unquote(children[0]), children[0].span)

    def name_value(self, children: Children) -> ast.NameValue:
        return ast.NameValue(str(children[0]), children[0].span)

    def list_value(self, children: Children) -> ast.ListValue:
        return ast.ListValue(tuple(children[1:-1]), _span(children))

    def map_value(self, children: Children) -> ast.MapValue:
        return ast.MapValue(tuple(children[1:-1]), _span(children))

    def entry(self, children: Children) -> tuple[ast.Value, ast.Value]:
        key, value = children
        return key, value
