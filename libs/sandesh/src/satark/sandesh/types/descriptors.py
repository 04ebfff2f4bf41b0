"""Descriptions of types and fields, as generated classes carry them and the codec reads them (clause 1.5).

Python values: `bool`, `int`, `float` and `str` for the obvious ones (`xml` is a `str`), `IPv4Address` for ipv4,
`IPv4Address | IPv6Address` for ipaddr, `UUID` for uuid_t, an `Enumeration` for enums, `list`, and for sets a `set`, or
a `list` where the elements are not hashable (structs, containers). For maps a `dict` in insertion order, or where the
keys are not hashable a `list` of pairs, `[(key, value), ...]`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from satark.sandesh.types.kinds import Hint, Kind

if TYPE_CHECKING:
    from satark.sandesh.types.records import Struct

INTEGER_RANGES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "byte": (-(2**7), 2**7 - 1),
        "i16": (-(2**15), 2**15 - 1),
        "i32": (-(2**31), 2**31 - 1),
        "i64": (-(2**63), 2**63 - 1),
        "u16": (0, 2**16 - 1),
        "u32": (0, 2**32 - 1),
        "u64": (0, 2**64 - 1),
    }
)
BASE_NAMES = (*INTEGER_RANGES, "bool", "double", "string", "xml", "ipv4", "ipaddr", "uuid_t")


class Enumeration(IntEnum):
    """Base of generated enums: a number that this program's definition lacks becomes a member without a name."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int):
            return None
        low, high = INTEGER_RANGES["i32"]
        if not low <= value <= high:
            return None
        member = int.__new__(cls, value)
        member._name_ = f"VALUE_{value}".replace("-", "MINUS_")
        member._value_ = value
        return member


@dataclass(frozen=True, slots=True)
class Base:
    """A scalar by its name on the wire, see `BASE_NAMES`."""

    name: str

    def __post_init__(self) -> None:
        if self.name not in BASE_NAMES:
            raise ValueError(f"no base type {self.name!r}")


@dataclass(frozen=True, slots=True)
class EnumOf:
    """An enum, an i32 on the wire. `resolve` gives the generated class, which may be defined later or elsewhere."""

    name: str
    resolve: Callable[[], type[Enumeration]] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StructOf:
    """A struct by its name on the wire; `resolve` gives the generated class."""

    name: str
    resolve: "Callable[[], type[Struct]]" = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of `element`."""

    element: "Type"


@dataclass(frozen=True, slots=True)
class SetOf:
    """A set of `element`; a Python `set` if the element is a scalar, else a `list`."""

    element: "Type"


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map; a Python `dict` if the key is a scalar or an enum, else a `list` of pairs."""

    key: "Type"
    value: "Type"

    @property
    def is_dict(self) -> bool:
        """Whether its keys can be looked up."""
        return isinstance(self.key, Base | EnumOf)


Type: TypeAlias = Base | EnumOf | StructOf | ListOf | SetOf | MapOf

BOOL = Base("bool")
BYTE = Base("byte")
I16 = Base("i16")
I32 = Base("i32")
I64 = Base("i64")
U16 = Base("u16")
U32 = Base("u32")
U64 = Base("u64")
DOUBLE = Base("double")
STRING = Base("string")
XML = Base("xml")
IPV4 = Base("ipv4")
IPADDR = Base("ipaddr")
UUID_T = Base("uuid_t")


def wire_name(type_: Type) -> str:
    """The `type=` attribute of a field or container element of this type."""
    match type_:
        case Base(name):
            return name
        case EnumOf():
            return "i32"
        case StructOf():
            return "struct"
        case ListOf():
            return "list"
        case SetOf():
            return "set"
        case MapOf():
            return "map"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: its id and name on the wire, its annotations, and the Python attribute that holds its value.

    `constant` is the text of a literal field; it has no attribute. `attribute` differs from `name` only where the
    name is no good in Python (`from`, `None`).
    """

    id: int
    name: str
    type: Type
    optional: bool = False
    annotations: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    constant: str | None = None
    attribute: str = ""

    def __post_init__(self) -> None:
        if not self.attribute:
            object.__setattr__(self, "attribute", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What the codec knows of a class: its name on the wire and its fields in the order in which they are sent.

    The annotations of a struct or message are never sent; `period` and `timeout` are the generator's (clause 5.6).
    """

    name: str
    fields: tuple[Field, ...]
    annotations: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def keys(self) -> tuple[Field, ...]:
        """The fields with a `key` annotation; the first names the object table (clause 6.4)."""
        return tuple(each for each in self.fields if "key" in each.annotations)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLayout(Layout):
    """A message's layout with its kind, its constant hints and the signature of its shape (clause 1.8)."""

    kind: Kind
    hints: Hint = Hint.NONE
    version_sig: int = 0


def attributes(record: Any) -> dict[str, Any]:
    """The set fields of a struct or message by Python attribute, constants left out."""
    layout: Layout = record.__sandesh__
    named = ((each.attribute, getattr(record, each.attribute)) for each in layout.fields if each.constant is None)
    return {name: value for name, value in named if value is not None}
