"""A checked program: what a compiler writes from. Names are resolved, ids given, automatic fields there, values computed.

Everything is frozen, and compared by identity: a definition exists once, however many types refer to it. A type can refer
only to what was defined before it, so there are no cycles.
Source: clauses 1.3 to 1.8 of the specification.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from satark.sandesh.idl.ast import Base, Kind, Namespace, Program, Requiredness, Service, Span, StructKind
from satark.sandesh.idl.doctext import tags
from satark.sandesh.idl.errors import Problem

Annotations = Mapping[str, str]  # in alphabetical order of names, as they go out on the wire

FILE_ID = -32768  # of the automatic fields `string file` and `i32 line` of logs and traces
LINE_ID = -32767
MORE_ID = 0  # of the automatic field `bool more` of responses


@dataclass(frozen=True, slots=True)
class Extent:
    """How large a type is when written out: characters of its shape, types within each other."""

    size: int
    depth: int


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A member of an enum with its value (i32)."""

    name: str
    value: int
    doc: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Enumeration:
    """An enum. Two members may have one value; the first is the one that is meant when a value is named."""

    name: str
    module: str
    members: tuple[Member, ...] = field(repr=False)
    doc: str | None = field(repr=False, default=None)
    span: Span | None = field(repr=False, default=None)

    def named(self, name: str) -> Member | None:
        """Return the member of this name."""
        return next((member for member in self.members if member.name == name), None)

    def valued(self, value: int) -> Member | None:
        """Return the first member of this value."""
        return next((member for member in self.members if member.value == value), None)


@dataclass(frozen=True, slots=True)
class ScalarType:
    """A base type."""

    base: Base


@dataclass(frozen=True, slots=True)
class EnumType:
    """An enum as a type; an i32 on the wire."""

    enumeration: Enumeration


@dataclass(frozen=True, slots=True)
class StructType:
    """A struct, union or exception as a type."""

    struct: "Struct"


@dataclass(frozen=True, slots=True, eq=False)
class ListType:
    """`list<element>`."""

    element: "Type"
    extent: Extent = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class SetType:
    """`set<element>`."""

    element: "Type"
    extent: Extent = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class MapType:
    """`map<key, value>`."""

    key: "Type"
    value: "Type"
    extent: Extent = field(repr=False)


@dataclass(frozen=True, slots=True)
class TextType:
    """The type of a constant text field: a string that is always the field's `text`."""


Type = ScalarType | EnumType | StructType | ListType | SetType | MapType | TextType


@dataclass(frozen=True, slots=True, eq=False)
class EnumValue:
    """A member of an enum as a value."""

    enumeration: Enumeration
    member: Member


@dataclass(frozen=True, slots=True, eq=False)
class ItemsValue:
    """The elements of a list or, without repetitions, of a set."""

    items: tuple["Value", ...]


@dataclass(frozen=True, slots=True, eq=False)
class EntriesValue:
    """The entries of a map in the order of the text; no key twice."""

    entries: tuple[tuple["Value", "Value"], ...]


@dataclass(frozen=True, slots=True, eq=False)
class StructValue:
    """The fields given for a struct by name, in the order of the text."""

    struct: "Struct"
    fields: tuple[tuple[str, "Value"], ...]


# By type: bool; integers; double; string, binary, slist, ipaddr and ct_uuid_t as str; then the others.
Value = bool | int | float | str | EnumValue | ItemsValue | EntriesValue | StructValue


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A field of a struct or message.

    `id` is the one on the wire: 1..32767, negative when the IDL gave none, `FILE_ID`, `LINE_ID` or `MORE_ID` when
    `automatic`. A constant text field has the name `str<id>` (`str_1` for -1), `TextType` and its text in `text`.
    """

    id: int
    name: str
    type: Type
    requiredness: Requiredness = Requiredness.DEFAULT
    default: Value | None = field(repr=False, default=None)
    annotations: Annotations = field(repr=False, default_factory=dict)
    doc: str | None = field(repr=False, default=None)
    automatic: bool = False
    text: str | None = None
    span: Span | None = field(repr=False, default=None)

    @property
    def optional(self) -> bool:
        """Whether the field is only written when it was set."""
        return self.requiredness is Requiredness.OPTIONAL


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """What structs and messages have in common."""

    name: str
    module: str
    fields: tuple[Field, ...] = field(repr=False)
    annotations: Annotations = field(repr=False)
    doc: str | None = field(repr=False)
    extent: Extent = field(repr=False)
    has_key: bool = field(repr=False)
    span: Span | None = field(repr=False)

    @property
    def material(self) -> str:
        """The text that the fingerprint is made of: ids and types in ascending order of ids, no names."""
        return shape(self.fields)

    @property
    def fingerprint(self) -> str:
        """The MD5 of the shape: 32 upper case hex digits (clause 1.8)."""
        return self._digest().hex().upper()

    @property
    def version_sig(self) -> int:
        """The VersionSig of the header: the first four bytes of the fingerprint as a little endian i32."""
        return int.from_bytes(self._digest()[:4], "little", signed=True)

    @property
    def tags(self) -> Mapping[str, str]:
        """The `@tag: text` lines of the doc comment."""
        return tags(self.doc)

    def field(self, name: str) -> Field | None:
        """Return the field of this name."""
        return next((each for each in self.fields if each.name == name), None)

    def _digest(self) -> bytes:
        return hashlib.md5(self.material.encode(), usedforsecurity=False).digest()


@dataclass(frozen=True, slots=True, eq=False)
class Struct(_Shape):
    """A struct, union or exception; fields in the order of the text.

    `has_key` tells whether it or a struct anywhere in it has a field with a `key`.
    """

    kind: StructKind


@dataclass(frozen=True, slots=True, eq=False)
class Message(_Shape):
    """A message: fields in the order of the text, the automatic ones last.

    `has_key` is the KEY hint. Unlike the original's it also looks into lists, sets and maps, so that messages whose keys
    are only there reach the object tables as well.
    """

    kind: Kind

    @property
    def own_fields(self) -> tuple[Field, ...]:
        """The fields without the automatic ones."""
        return tuple(each for each in self.fields if not each.automatic)

    @property
    def data(self) -> Struct | None:
        """The data struct of a uve, dynamicuve or alarm; None for the other kinds."""
        if self.kind not in {Kind.UVE, Kind.DYNAMICUVE, Kind.ALARM}:
            return None
        first = self.fields[0].type
        return first.struct if isinstance(first, StructType) else None


def shape(fields: Iterable[Field]) -> str:
    """Return the shape of a struct or message with these fields (clause 1.8)."""
    ordered = sorted(fields, key=lambda each: each.id)
    parts = [f"{each.id}:{'opt-' * each.optional}{type_shape(each.type)};" for each in ordered]
    return "{" + "".join(parts) + "}"


def type_shape(kind: Type) -> str:
    """Return the shape of a type. Its length is the `size` of its extent."""
    match kind:
        case ScalarType(base):
            text = "string" if base in {Base.BINARY, Base.SLIST} else str(base)
        case EnumType():
            text = "enum"
        case StructType(struct):
            text = shape(struct.fields)
        case ListType():
            text = f"list<{type_shape(kind.element)}>"
        case SetType():
            text = f"set<{type_shape(kind.element)}>"
        case MapType():
            text = f"map<{type_shape(kind.key)},{type_shape(kind.value)}>"
        case TextType():
            text = "static const string"
    return text


def type_name(kind: Type) -> str:
    """Return a type as people write it, typedefs resolved: `list<Colour>`."""
    match kind:
        case ScalarType(base):
            text = str(base)
        case EnumType(enumeration):
            text = enumeration.name
        case StructType(struct):
            text = struct.name
        case ListType():
            text = f"list<{type_name(kind.element)}>"
        case SetType():
            text = f"set<{type_name(kind.element)}>"
        case MapType():
            text = f"map<{type_name(kind.key)}, {type_name(kind.value)}>"
        case TextType():
            text = "constant text"
    return text


def extent(kind: Type) -> Extent:
    """Return how large a type is, without writing it out."""
    match kind:
        case StructType(struct):
            return struct.extent
        case ListType() | SetType() | MapType():
            return kind.extent
        case _:
            return Extent(len(type_shape(kind)), 1)


@dataclass(frozen=True, slots=True, eq=False)
class Typedef:
    """Another name for a type; a senum is one for string."""

    name: str
    module: str
    type: Type
    doc: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A constant with its computed value."""

    name: str
    module: str
    type: Type
    value: Value
    doc: str | None = None
    span: Span | None = None


Definition = Enumeration | Typedef | Struct | Constant | Message


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """One checked file.

    `module` is the file's name without folder and `.sandesh`; it is what other files write before a dot.
    `includes` has the directly included files by that name; `definitions` is in the order of the text, services left out.
    """

    file: str
    module: str
    program: Program = field(repr=False)
    includes: Mapping[str, "Unit"] = field(repr=False)
    definitions: tuple[Definition, ...] = field(repr=False)

    @property
    def doc(self) -> str | None:
        """The file's own doc comment."""
        return self.program.doc

    @property
    def services(self) -> tuple[Service, ...]:
        """The services as written: they have no meaning in Sandesh."""
        return tuple(each for each in self.program.definitions if isinstance(each, Service))

    @property
    def namespaces(self) -> Mapping[str, str]:
        """The namespaces by language, `*` included; the last of two counts."""
        return {h.language: h.name for h in self.program.headers if isinstance(h, Namespace)}

    def namespace(self, language: str) -> str | None:
        """Return the namespace for a language: its own, or that for all of them."""
        return self.namespaces.get(language, self.namespaces.get("*"))

    def find(self, name: str) -> Definition | None:
        """Return the definition of this name in this file."""
        return next((each for each in self.definitions if each.name == name), None)

    @property
    def enums(self) -> tuple[Enumeration, ...]:
        """The enums."""
        return tuple(each for each in self.definitions if isinstance(each, Enumeration))

    @property
    def typedefs(self) -> tuple[Typedef, ...]:
        """The typedefs and senums."""
        return tuple(each for each in self.definitions if isinstance(each, Typedef))

    @property
    def structs(self) -> tuple[Struct, ...]:
        """The structs, unions and exceptions."""
        return tuple(each for each in self.definitions if isinstance(each, Struct))

    @property
    def constants(self) -> tuple[Constant, ...]:
        """The constants."""
        return tuple(each for each in self.definitions if isinstance(each, Constant))

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages."""
        return tuple(each for each in self.definitions if isinstance(each, Message))


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """A checked file with everything it includes: `units` has each file once, included ones first, `main` last."""

    main: Unit
    units: tuple[Unit, ...]
    warnings: tuple[Problem, ...] = field(repr=False, default=())
