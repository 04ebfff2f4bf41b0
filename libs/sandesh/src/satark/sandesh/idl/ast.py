"""The syntax tree of one `.sandesh` file: frozen values that keep their place in the text and their doc comments.

Two trees are equal when they say the same, wherever it was written: places do not take part in comparison.
Names are unresolved here (`NamedType`, `NameValue`); `model` holds what checking makes of a tree.
Source: specification of the language, clause 1.2.
"""

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import NamedTuple


class Span(NamedTuple):
    """A piece of a file: lines and columns count from 1, the end column is the first one after the piece."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


NOWHERE = Span("", 0, 0, 0, 0)


class Kind(StrEnum):
    """What a message is for: the word before `sandesh`."""

    SYSTEMLOG = "systemlog"
    OBJECTLOG = "objectlog"
    FLOWLOG = "flowlog"
    SESSIONLOG = "sessionlog"
    TRACE = "trace"
    TRACEOBJECT = "traceobject"
    REQUEST = "request"
    RESPONSE = "response"
    UVE = "uve"
    DYNAMICUVE = "dynamicuve"
    ALARM = "alarm"
    BUFFER = "buffer"


class Base(StrEnum):
    """The base types."""

    BOOL = "bool"
    BYTE = "byte"
    I16 = "i16"
    I32 = "i32"
    I64 = "i64"
    U16 = "u16"
    U32 = "u32"
    U64 = "u64"
    DOUBLE = "double"
    STRING = "string"
    BINARY = "binary"
    SLIST = "slist"
    XML = "xml"
    IPV4 = "ipv4"
    IPADDR = "ipaddr"
    UUID = "ct_uuid_t"


class Requiredness(Enum):
    """Whether a field is written when it was not set."""

    DEFAULT = ""
    REQUIRED = "required"
    OPTIONAL = "optional"


class StructKind(StrEnum):
    """The word that opens a structure; all three are the same on the wire."""

    STRUCT = "struct"
    UNION = "union"
    EXCEPTION = "exception"


@dataclass(frozen=True, slots=True)
class Annotation:
    """`name="value"` in the brackets after a field, type, struct or message."""

    name: str
    value: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class BaseType:
    """A base type as written."""

    base: Base
    annotations: tuple[Annotation, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NamedType:
    """A type by name: `T`, or `file.T` of an included file."""

    name: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ListOf:
    """`list<element>`."""

    element: "Type"
    cpp_type: str | None = None
    annotations: tuple[Annotation, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SetOf:
    """`set<element>`."""

    element: "Type"
    cpp_type: str | None = None
    annotations: tuple[Annotation, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class MapOf:
    """`map<key, value>`."""

    key: "Type"
    value: "Type"
    cpp_type: str | None = None
    annotations: tuple[Annotation, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)


Type = BaseType | NamedType | ListOf | SetOf | MapOf


@dataclass(frozen=True, slots=True)
class IntValue:
    """An integer; `true` and `false` are 1 and 0."""

    value: int
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class DoubleValue:
    """A number with a fraction or an exponent; finite."""

    value: float
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StringValue:
    """A string literal, unescaped."""

    value: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NameValue:
    """A constant or an enum's member by name."""

    name: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ListValue:
    """`[a, b]`."""

    items: tuple["Value", ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class MapValue:
    """`{key: value}`; for a struct the keys are its fields' names."""

    entries: tuple[tuple["Value", "Value"], ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


Value = IntValue | DoubleValue | StringValue | NameValue | ListValue | MapValue


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a struct or message, a parameter or an exception of a function. `id` is None when left out."""

    id: int | None
    name: str
    type: Type
    requiredness: Requiredness = Requiredness.DEFAULT
    default: Value | None = None
    annotations: tuple[Annotation, ...] = ()
    xsd_optional: bool = False
    xsd_nillable: bool = False
    xsd_attrs: tuple["Field", ...] | None = None
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class TextField:
    """A literal alone in a message: text that every message of this name carries."""

    id: int | None
    text: str
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Include:
    """`include "path"`."""

    path: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CppInclude:
    """`cpp_include "path"`: a line for C++ output."""

    path: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Namespace:
    """`namespace language name`; the language `*` means all of them."""

    language: str
    name: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class OldNamespace:
    """A deprecated way to name a package: `py_module name`, `xsd_namespace "name"` and the like."""

    keyword: str
    name: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


Header = Include | CppInclude | Namespace | OldNamespace


@dataclass(frozen=True, slots=True)
class Const:
    """`const type name = value`."""

    name: str
    type: Type
    value: Value
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Typedef:
    """`typedef type name`."""

    name: str
    type: Type
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class EnumMember:
    """A member of an enum; `value` is None when it follows from the one before."""

    name: str
    value: int | None = None
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class EnumDef:
    """`enum name { … }`."""

    name: str
    members: tuple[EnumMember, ...]
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Senum:
    """`senum name { "a" "b" }`: a string by another name."""

    name: str
    values: tuple[str, ...]
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StructDef:
    """A struct, union or exception. `xsd_all` and annotations are never on an exception."""

    kind: StructKind
    name: str
    fields: tuple[Field, ...]
    annotations: tuple[Annotation, ...] = ()
    xsd_all: bool = False
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a service; `result` is None for `void`, `throws` None without that clause."""

    name: str
    result: Type | None
    parameters: tuple[Field, ...]
    throws: tuple[Field, ...] | None = None
    oneway: bool = False
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Service:
    """`service name { … }`: read and checked, of no use in Sandesh."""

    name: str
    functions: tuple[Function, ...]
    extends: str | None = None
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SandeshDef:
    """`kind sandesh name { … }`: a message."""

    kind: Kind
    name: str
    fields: tuple[Field | TextField, ...]
    annotations: tuple[Annotation, ...] = ()
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


Definition = Const | Typedef | EnumDef | Senum | StructDef | Service | SandeshDef


@dataclass(frozen=True, slots=True)
class Program:
    """One file: its headers, then its definitions, in the order of the text; `doc` is the page's own comment."""

    file: str = field(compare=False)
    headers: tuple[Header, ...]
    definitions: tuple[Definition, ...]
    doc: str | None = None
