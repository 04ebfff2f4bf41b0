"""From a syntax tree to canonical text: one layout for everything, comments other than doc comments left out.

Parsing the text gives an equal tree again, for every tree that a parser can make.
"""

from collections.abc import Iterable, Iterator, Sequence

from satark.sandesh.idl import ast
from satark.sandesh.idl.literals import quote

_INDENT = "    "


def format_program(program: ast.Program) -> str:
    """Return the canonical text of a file; the empty program is the empty text."""
    blocks = []
    if program.headers:
        blocks.append([_header(header) for header in program.headers])
    blocks += [[*_doc(each.doc), *_definition(each)] for each in program.definitions]
    if program.doc:
        blocks.insert(0, list(_doc(program.doc)))
        if not program.headers and program.definitions and program.definitions[0].doc is None:
            blocks[0].append("/** */")  # or the first definition would take it
    return "\n".join("".join(f"{line}\n" for line in block) for block in blocks)


def format_definition(definition: ast.Definition) -> str:
    """Return the canonical text of one definition with its doc comment."""
    return "".join(f"{line}\n" for line in (*_doc(definition.doc), *_definition(definition)))


def format_type(written: ast.Type) -> str:
    """Return a type as it is written."""
    match written:
        case ast.BaseType(base):
            text = str(base)
        case ast.NamedType(name):
            return name
        case ast.ListOf(element, cpp_type):
            text = f"list<{format_type(element)}>{_cpp_type(cpp_type)}"
        case ast.SetOf(element, cpp_type):
            text = f"set{_cpp_type(cpp_type)}<{format_type(element)}>"
        case ast.MapOf(key, value, cpp_type):
            text = f"map{_cpp_type(cpp_type)}<{format_type(key)}, {format_type(value)}>"
    return text + _annotations(written.annotations)


def format_value(value: ast.Value) -> str:
    """Return a value as it is written."""
    match value:
        case ast.StringValue(text):
            shown = quote(text)
        case ast.NameValue(name):
            shown = name
        case ast.ListValue(items):
            shown = f"[{', '.join(map(format_value, items))}]"
        case ast.MapValue(entries):
            shown = f"{{{', '.join(f'{format_value(key)}: {format_value(item)}' for key, item in entries)}}}"
        case ast.IntValue() | ast.DoubleValue():
            shown = repr(value.value)
    return shown


def _header(header: ast.Header) -> str:
    match header:
        case ast.Include(path):
            return f"include {quote(path)}"
        case ast.CppInclude(path):
            return f"cpp_include {quote(path)}"
        case ast.Namespace(language, name):
            return f"namespace {language} {name}"
        case ast.OldNamespace(keyword, name):
            return f"{keyword} {quote(name) if keyword == 'xsd_namespace' else name}"


def _definition(definition: ast.Definition) -> Iterator[str]:
    name = definition.name
    match definition:
        case ast.Const(_, kind, value):
            yield f"const {format_type(kind)} {name} = {format_value(value)}"
        case ast.Typedef(_, kind):
            yield f"typedef {format_type(kind)} {name}"
        case ast.EnumDef(_, members):
            yield from _block(f"enum {name}", (line for member in members for line in _member(member)))
        case ast.Senum(_, values):
            yield from _block(f"senum {name}", map(quote, values))
        case ast.StructDef(kind, _, fields, annotations, xsd_all):
            yield from _block(f"{kind} {name}{' xsd_all' * xsd_all}", _fields(fields), _annotations(annotations))
        case ast.SandeshDef(kind, _, fields, annotations):
            yield from _block(f"{kind} sandesh {name}", _fields(fields), _annotations(annotations))
        case ast.Service(_, functions, extends):
            first = f"service {name}" + (f" extends {extends}" if extends else "")
            yield from _block(first, (line for function in functions for line in _function(function)))


def _block(first: str, lines: Iterable[str], last: str = "") -> Iterator[str]:
    yield f"{first} {{"
    yield from (f"{_INDENT}{line}" for line in lines)
    yield f"}}{last}"


def _doc(doc: str | None) -> Iterator[str]:
    if doc:
        yield "/**"
        yield from (f" * {line}".rstrip() for line in doc.replace("*/", "* /").split("\n"))
        yield " */"


def _member(member: ast.EnumMember) -> Iterator[str]:
    yield from _doc(member.doc)
    yield member.name if member.value is None else f"{member.name} = {member.value}"


def _fields(fields: Iterable[ast.Field | ast.TextField]) -> Iterator[str]:
    for field in fields:
        yield from _doc(field.doc)
        number = "" if field.id is None else f"{field.id}: "
        if isinstance(field, ast.TextField):
            yield number + quote(field.text)
        else:
            yield from _field(field, number)


def _field(field: ast.Field, number: str) -> Iterator[str]:
    required = f"{field.requiredness.value} ".lstrip()
    default = "" if field.default is None else f" = {format_value(field.default)}"
    flags = " xsd_optional" * field.xsd_optional + " xsd_nillable" * field.xsd_nillable
    first = f"{number}{required}{format_type(field.type)} {field.name}{default}{flags}"
    last = _annotations(field.annotations)
    if field.xsd_attrs is None:
        yield first + last
    else:
        yield from _block(f"{first} xsd_attrs", _fields(field.xsd_attrs), last)


def _function(function: ast.Function) -> Iterator[str]:
    yield from _doc(function.doc)
    result = "void" if function.result is None else format_type(function.result)
    yield f"{'oneway ' * function.oneway}{result} {function.name}("
    yield from (f"{_INDENT}{line}" for line in _fields(function.parameters))
    if function.throws is None:
        yield ")"
    else:
        yield ") throws ("
        yield from (f"{_INDENT}{line}" for line in _fields(function.throws))
        yield ")"


def _annotations(annotations: Sequence[ast.Annotation]) -> str:
    return f" ({', '.join(f'{each.name}={quote(each.value)}' for each in annotations)})" if annotations else ""


def _cpp_type(cpp_type: str | None) -> str:
    return "" if cpp_type is None else f" cpp_type {quote(cpp_type)}"
