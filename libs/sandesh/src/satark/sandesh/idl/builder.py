"""From lark's trees to ours: one method for one rule of the grammar."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from lark import Token, Tree

from satark.sandesh.idl import ast
from satark.sandesh.idl.grammar import SyntaxTree
from satark.sandesh.idl.literals import double, integer, unquote

Child = Token | SyntaxTree | None
T = TypeVar("T")


def _token(child: Child) -> Token:
    if not isinstance(child, Token):
        raise TypeError(child)
    return child


def _tree(child: Child) -> SyntaxTree:
    if not isinstance(child, Tree):
        raise TypeError(child)
    return child


def _number(child: Child) -> int:
    token = _token(child)
    if token.type != "INT":
        return int(token.type == "TRUE")
    return integer(token) or 0  # the scanner refused what does not fit in 64 bits


def _double(child: Child) -> float:
    value = double(_token(child))
    return 0.0 if value is None else value  # the scanner refused what is no double


def _optional(child: Child, read: Callable[[Child], T]) -> T | None:
    return None if child is None else read(child)


def _text(child: Child) -> str:
    return unquote(_token(child))


class Builder:
    """Makes the syntax tree of one file; `docs` are doc comments by line and column of what follows them."""

    def __init__(self, file: str, docs: Mapping[tuple[int, int], str]) -> None:
        """Take what the parser's trees do not know."""
        self._file = file
        self._docs = docs

    def header(self, tree: SyntaxTree) -> ast.Header:
        """Return the node of a header."""
        first, last = _token(tree.children[0]), _token(tree.children[-1])
        span = self._span(tree)
        match tree.data:
            case "include":
                return ast.Include(_text(last), span)
            case "cpp_include":
                return ast.CppInclude(_text(last), span)
            case "namespace":
                return ast.Namespace(str(tree.children[1]), str(last), span)
            case _:
                return ast.OldNamespace(str(first), _text(last) if last.type == "STRING" else str(last), span)

    def definition(self, tree: SyntaxTree) -> ast.Definition:
        """Return the node of a definition."""
        build: dict[str, Callable[[SyntaxTree], ast.Definition]] = {
            "const": self._const,
            "typedef": self._typedef,
            "enum": self._enum,
            "senum": self._senum,
            "struct": self._struct,
            "exception": self._exception,
            "service": self._service,
            "sandesh": self._sandesh,
        }
        return build[tree.data](tree)

    def _span(self, tree: SyntaxTree) -> ast.Span:
        meta = tree.meta
        return ast.Span(self._file, meta.line, meta.column, meta.end_line, meta.end_column)

    def _at(self, child: Child) -> ast.Span:
        token = _token(child)
        return ast.Span(self._file, token.line or 0, token.column or 0, token.end_line or 0, token.end_column or 0)

    def _doc(self, tree: SyntaxTree) -> str | None:
        return self._docs.get((tree.meta.line, tree.meta.column))

    def _place(self, tree: SyntaxTree, name: Child) -> dict[str, Any]:
        return {"doc": self._doc(tree), "span": self._span(tree), "name_span": self._at(name)}

    def _const(self, tree: SyntaxTree) -> ast.Const:
        _, kind, name, value = tree.children
        return ast.Const(str(name), self._type(kind), self._value(value), **self._place(tree, name))

    def _typedef(self, tree: SyntaxTree) -> ast.Typedef:
        _, kind, name = tree.children
        return ast.Typedef(str(name), self._type(kind), **self._place(tree, name))

    def _enum(self, tree: SyntaxTree) -> ast.EnumDef:
        _, name, *members = tree.children
        return ast.EnumDef(str(name), tuple(self._member(_tree(m)) for m in members), **self._place(tree, name))

    def _member(self, tree: SyntaxTree) -> ast.EnumMember:
        name, value = tree.children
        return ast.EnumMember(str(name), _optional(value, _number), self._doc(tree), self._span(tree))

    def _senum(self, tree: SyntaxTree) -> ast.Senum:
        _, name, *values = tree.children
        return ast.Senum(str(name), tuple(_text(value) for value in values if value), **self._place(tree, name))

    def _struct(self, tree: SyntaxTree) -> ast.StructDef:
        keyword, name, xsd_all, fields, annotations = tree.children
        return ast.StructDef(
            kind=ast.StructKind(str(keyword)),
            name=str(name),
            fields=self._fields(fields),
            annotations=self._annotations(annotations),
            xsd_all=xsd_all is not None,
            **self._place(tree, name),
        )

    def _exception(self, tree: SyntaxTree) -> ast.StructDef:
        _, name, fields = tree.children
        return ast.StructDef(ast.StructKind.EXCEPTION, str(name), self._fields(fields), **self._place(tree, name))

    def _service(self, tree: SyntaxTree) -> ast.Service:
        _, name, extends, parent, *functions = tree.children
        built = tuple(self._function(_tree(function)) for function in functions)
        return ast.Service(str(name), built, str(parent) if extends else None, **self._place(tree, name))

    def _function(self, tree: SyntaxTree) -> ast.Function:
        oneway, result, name, parameters, throws, thrown = tree.children
        return ast.Function(
            name=str(name),
            result=None if isinstance(result, Token) else self._type(result),
            parameters=self._fields(parameters),
            throws=self._fields(thrown) if throws else None,
            oneway=oneway is not None,
            **self._place(tree, name),
        )

    def _sandesh(self, tree: SyntaxTree) -> ast.SandeshDef:
        kind, _, name, *fields, annotations = tree.children
        return ast.SandeshDef(
            kind=ast.Kind(str(kind)),
            name=str(name),
            fields=tuple(self._field_or_text(_tree(field)) for field in fields),
            annotations=self._annotations(annotations),
            **self._place(tree, name),
        )

    def _fields(self, child: Child) -> tuple[ast.Field, ...]:
        return tuple(self._field(_tree(field)) for field in _tree(child).children)

    def _field_or_text(self, tree: SyntaxTree) -> ast.Field | ast.TextField:
        if tree.data == "field":
            return self._field(tree)
        number, text = tree.children
        return ast.TextField(_optional(number, _number), _text(text), self._doc(tree), self._span(tree))

    def _field(self, tree: SyntaxTree) -> ast.Field:
        number, required, kind, name, default, optional, nillable, attrs, attr_fields, annotations = tree.children
        return ast.Field(
            id=_optional(number, _number),
            name=str(name),
            type=self._type(kind),
            requiredness=ast.Requiredness(str(required or "")),
            default=_optional(default, self._value),
            annotations=self._annotations(annotations),
            xsd_optional=optional is not None,
            xsd_nillable=nillable is not None,
            xsd_attrs=self._fields(attr_fields) if attrs else None,
            **self._place(tree, name),
        )

    def _annotations(self, child: Child) -> tuple[ast.Annotation, ...]:
        trees: Iterable[Child] = () if child is None else _tree(child).children
        return tuple(
            ast.Annotation(str(name), _text(value), self._span(tree))
            for tree in map(_tree, trees)
            for name, value in [tree.children]
        )

    def _type(self, child: Child) -> ast.Type:
        tree = _tree(child)
        span = self._span(tree)
        match tree.data, tree.children:
            case "base_type", [base, annotations]:
                return ast.BaseType(ast.Base(str(base)), self._annotations(annotations), span)
            case "list_type", [_, element, cpp_type, annotations]:
                return ast.ListOf(self._type(element), _cpp_type(cpp_type), self._annotations(annotations), span)
            case "set_type", [_, cpp_type, element, annotations]:
                return ast.SetOf(self._type(element), _cpp_type(cpp_type), self._annotations(annotations), span)
            case "map_type", [_, cpp_type, key, value, annotations]:
                notes = self._annotations(annotations)
                return ast.MapOf(self._type(key), self._type(value), _cpp_type(cpp_type), notes, span)
            case _:
                return ast.NamedType(str(tree.children[0]), span)

    def _value(self, child: Child) -> ast.Value:
        tree = _tree(child)
        span = self._span(tree)
        match tree.data, tree.children:
            case "int_value", [number]:
                return ast.IntValue(_number(number), span)
            case "double_value", [number]:
                return ast.DoubleValue(_double(number), span)
            case "string_value", [text]:
                return ast.StringValue(_text(text), span)
            case "list_value", items:
                return ast.ListValue(tuple(self._value(item) for item in items), span)
            case "map_value", entries:
                return ast.MapValue(tuple(self._entry(_tree(entry)) for entry in entries), span)
            case _:
                return ast.NameValue(str(tree.children[0]), span)

    def _entry(self, tree: SyntaxTree) -> tuple[ast.Value, ast.Value]:
        key, value = tree.children
        return self._value(key), self._value(value)


def _cpp_type(child: Child) -> str | None:
    return None if child is None else _text(_tree(child).children[-1])
