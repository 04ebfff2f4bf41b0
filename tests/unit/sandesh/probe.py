"""The reference captures' definitions as generated classes look, written by hand: every kind and every type."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import ClassVar
from uuid import UUID

from satark.sandesh.types import (
    BOOL,
    BYTE,
    DOUBLE,
    I16,
    I32,
    I64,
    IPADDR,
    IPV4,
    STRING,
    U16,
    U32,
    U64,
    UUID_T,
    XML,
    Enumeration,
    EnumOf,
    Field,
    Hint,
    Kind,
    Layout,
    ListOf,
    MapOf,
    Message,
    MessageLayout,
    SetOf,
    Struct,
    StructOf,
    Type,
    UveMessage,
)


def _fields(**types: Type) -> tuple[Field, ...]:
    return tuple(Field(id=index, name=name, type=type_) for index, (name, type_) in enumerate(types.items(), 1))


class Colour(Enumeration):
    RED = 0
    GREEN = 5
    BLUE = 6


COLOUR = EnumOf("Colour", lambda: Colour)
FILE = Field(id=-32768, name="file", type=STRING)
LINE = Field(id=-32767, name="line", type=I32)


@dataclass(slots=True, kw_only=True)
class Scalars(Struct):
    __sandesh__: ClassVar[Layout] = Layout(
        name="Scalars",
        fields=_fields(
            f_bool=BOOL,
            f_byte=BYTE,
            f_i16=I16,
            f_i32=I32,
            f_i64=I64,
            f_u16=U16,
            f_u32=U32,
            f_u64=U64,
            f_double=DOUBLE,
            f_string=STRING,
            f_xml=XML,
            f_ipv4=IPV4,
            f_ipaddr4=IPADDR,
            f_ipaddr6=IPADDR,
            f_uuid=UUID_T,
            f_enum=COLOUR,
            f_typedef=I32,
        ),
    )

    f_bool: bool | None = None
    f_byte: int | None = None
    f_i16: int | None = None
    f_i32: int | None = None
    f_i64: int | None = None
    f_u16: int | None = None
    f_u32: int | None = None
    f_u64: int | None = None
    f_double: float | None = None
    f_string: str | None = None
    f_xml: str | None = None
    f_ipv4: IPv4Address | None = None
    f_ipaddr4: IPv4Address | IPv6Address | None = None
    f_ipaddr6: IPv4Address | IPv6Address | None = None
    f_uuid: UUID | None = None
    f_enum: Colour | None = None
    f_typedef: int | None = None


@dataclass(slots=True, kw_only=True)
class Inner(Struct):
    __sandesh__: ClassVar[Layout] = Layout(name="Inner", fields=_fields(tag=STRING, num=I32))

    tag: str | None = None
    num: int | None = None


INNER = StructOf("Inner", lambda: Inner)


@dataclass(slots=True, kw_only=True)
class Containers(Struct):
    __sandesh__: ClassVar[Layout] = Layout(
        name="Containers",
        fields=_fields(
            l_i32=ListOf(I32),
            l_string=ListOf(STRING),
            l_struct=ListOf(INNER),
            s_string=SetOf(STRING),
            s_i32=SetOf(I32),
            m_str_i32=MapOf(STRING, I32),
            m_i32_str=MapOf(I32, STRING),
            m_str_struct=MapOf(STRING, INNER),
            l_l_i32=ListOf(ListOf(I32)),
            m_str_list=MapOf(STRING, ListOf(STRING)),
            l_map=ListOf(MapOf(STRING, I32)),
            l_bool=ListOf(BOOL),
            l_enum=ListOf(COLOUR),
            l_uuid=ListOf(UUID_T),
            l_ipaddr=ListOf(IPADDR),
            l_empty=ListOf(I32),
            m_empty=MapOf(STRING, I32),
        ),
    )

    l_i32: list[int] | None = None
    l_string: list[str] | None = None
    l_struct: list[Inner] | None = None
    s_string: set[str] | None = None
    s_i32: set[int] | None = None
    m_str_i32: dict[str, int] | None = None
    m_i32_str: dict[int, str] | None = None
    m_str_struct: dict[str, Inner] | None = None
    l_l_i32: list[list[int]] | None = None
    m_str_list: dict[str, list[str]] | None = None
    l_map: list[dict[str, int]] | None = None
    l_bool: list[bool] | None = None
    l_enum: list[Colour] | None = None
    l_uuid: list[UUID] | None = None
    l_ipaddr: list[IPv4Address | IPv6Address] | None = None
    l_empty: list[int] | None = None
    m_empty: dict[str, int] | None = None


@dataclass(slots=True, kw_only=True)
class ProbeSystemLog(Message):
    __sandesh__: ClassVar[MessageLayout] = MessageLayout(
        name="ProbeSystemLog",
        kind=Kind.SYSTEMLOG,
        version_sig=1290509349,
        fields=(
            FILE,
            LINE,
            Field(id=1, name="str1", type=STRING, constant="static text one"),
            Field(id=2, name="text", type=STRING),
            Field(id=3, name="number", type=I32),
            Field(id=4, name="str4", type=STRING, constant="static text two"),
        ),
    )

    text: str | None = None
    number: int | None = None
    file: str | None = None
    line: int | None = None


@dataclass(slots=True, kw_only=True)
class ProbeScalarsLog(Message):
    __sandesh__: ClassVar[MessageLayout] = MessageLayout(
        name="ProbeScalarsLog",
        kind=Kind.SYSTEMLOG,
        fields=(Field(id=1, name="s", type=StructOf("Scalars", lambda: Scalars)), FILE, LINE),
    )

    s: Scalars | None = None
    file: str | None = None
    line: int | None = None


@dataclass(slots=True, kw_only=True)
class ProbeContainersLog(Message):
    __sandesh__: ClassVar[MessageLayout] = MessageLayout(
        name="ProbeContainersLog",
        kind=Kind.SYSTEMLOG,
        fields=(Field(id=1, name="c", type=StructOf("Containers", lambda: Containers)), FILE, LINE),
    )

    c: Containers | None = None
    file: str | None = None
    line: int | None = None


@dataclass(slots=True, kw_only=True)
class ProbeIf(Struct):
    __sandesh__: ClassVar[Layout] = Layout(
        name="ProbeIf",
        fields=(
            Field(id=1, name="name", type=STRING),
            Field(id=2, name="ip", type=STRING, annotations={"aggtype": "listkey"}),
            Field(id=3, name="in_pkts", type=I64, optional=True, annotations={"aggtype": "counter"}),
        ),
    )

    name: str | None = None
    ip: str | None = None
    in_pkts: int | None = None


@dataclass(slots=True, kw_only=True)
class ProbeStat(Struct):
    __sandesh__: ClassVar[Layout] = Layout(name="ProbeStat", fields=_fields(in_bytes=U64, out_bytes=U64, peer=STRING))

    in_bytes: int | None = None
    out_bytes: int | None = None
    peer: str | None = None


IF = StructOf("ProbeIf", lambda: ProbeIf)
STAT = StructOf("ProbeStat", lambda: ProbeStat)


@dataclass(slots=True, kw_only=True)
class ProbeUve(Struct):
    __sandesh__: ClassVar[Layout] = Layout(
        name="ProbeUve",
        fields=(
            Field(id=1, name="name", type=STRING, annotations={"key": "ObjectVNTable"}),
            Field(id=2, name="deleted", type=BOOL, optional=True),
            Field(id=3, name="total", type=I32, optional=True, annotations={"aggtype": "sum"}),
            Field(id=4, name="u_list", type=ListOf(STRING), optional=True, annotations={"aggtype": "union"}),
            Field(id=5, name="ctr", type=I64, optional=True, annotations={"aggtype": "counter"}),
            Field(id=6, name="if_list", type=ListOf(IF), optional=True, annotations={"aggtype": "append"}),
            Field(id=7, name="plain", type=STRING, optional=True),
            Field(id=8, name="stats_list", type=ListOf(STAT), optional=True, annotations={"tags": ".peer"}),
            Field(id=9, name="stats_map", type=MapOf(STRING, STAT), annotations={"tags": ".__key,.peer"}),
            Field(id=10, name="one_stat", type=STAT, optional=True, annotations={"tags": "name:.peer"}),
            Field(id=11, name="a_set", type=SetOf(STRING), optional=True),
            Field(id=12, name="colour", type=COLOUR, optional=True),
            Field(id=13, name="ratio", type=DOUBLE, optional=True, annotations={"tags": ""}),
            Field(id=14, name="hid", type=U64, optional=True, annotations={"hidden": "yes"}),
            Field(id=15, name="addr", type=IPADDR, optional=True),
            Field(id=16, name="uuid", type=UUID_T, optional=True),
            Field(id=17, name="doc", type=XML, optional=True),
            Field(id=18, name="yes", type=BOOL, optional=True),
            Field(id=19, name="small", type=BYTE, optional=True),
            Field(id=20, name="plain_if_list", type=ListOf(IF), optional=True),
            Field(id=21, name="cmap", type=MapOf(STRING, U64), annotations={"tags": ".__key", "metric": "agg"}),
        ),
    )

    name: str | None = None
    deleted: bool | None = None
    total: int | None = None
    u_list: list[str] | None = None
    ctr: int | None = None
    if_list: list[ProbeIf] | None = None
    plain: str | None = None
    stats_list: list[ProbeStat] | None = None
    stats_map: dict[str, ProbeStat] | None = None
    one_stat: ProbeStat | None = None
    a_set: set[str] | None = None
    colour: Colour | None = None
    ratio: float | None = None
    hid: int | None = None
    addr: IPv4Address | IPv6Address | None = None
    uuid: UUID | None = None
    doc: str | None = None
    yes: bool | None = None
    small: int | None = None
    plain_if_list: list[ProbeIf] | None = None
    cmap: dict[str, int] | None = None


@dataclass(slots=True, kw_only=True)
class ProbeUveTrace(UveMessage):
    __sandesh__: ClassVar[MessageLayout] = MessageLayout(
        name="ProbeUveTrace",
        kind=Kind.UVE,
        hints=Hint.KEY,
        fields=(Field(id=1, name="data", type=StructOf("ProbeUve", lambda: ProbeUve)),),
    )

    data: ProbeUve | None = None


@dataclass(slots=True, kw_only=True)
class ProbeRequest(Message):
    __sandesh__: ClassVar[MessageLayout] = MessageLayout(
        name="ProbeRequest",
        kind=Kind.REQUEST,
        fields=_fields(name=STRING, count=I32, flag=BOOL, big=U64, addr=IPADDR, id=UUID_T),
    )

    name: str | None = None
    count: int | None = None
    flag: bool | None = None
    big: int | None = None
    addr: IPv4Address | IPv6Address | None = None
    id: UUID | None = None


CLASSES: tuple[type[Message], ...] = (ProbeSystemLog, ProbeScalarsLog, ProbeContainersLog, ProbeUveTrace, ProbeRequest)
