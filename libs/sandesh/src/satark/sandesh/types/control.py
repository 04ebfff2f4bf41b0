"""The negotiation's messages (clause 3.5), written by hand because they come before any definition file."""

from dataclasses import dataclass
from typing import ClassVar

from satark.sandesh.types.descriptors import BOOL, STRING, U32, Field, Layout, ListOf, MessageLayout, StructOf
from satark.sandesh.types.kinds import Hint, Kind
from satark.sandesh.types.records import Message, Struct


@dataclass(slots=True, kw_only=True)
class UVETypeInfo(Struct):
    """The highest sequence number that a collector has of a type of UVE; 0 asks for everything."""

    __sandesh__: ClassVar[Layout] = Layout(
        name="UVETypeInfo",
        fields=(Field(id=1, name="type_name", type=STRING), Field(id=2, name="seq_num", type=U32)),
    )

    type_name: str | None = None
    seq_num: int | None = None


@dataclass(slots=True, kw_only=True)
class SandeshCtrlClientToServer(Message):
    """Who a generator is; the first frame of a connection. The misspelt field is so on the wire."""

    __sandesh__: ClassVar[MessageLayout] = MessageLayout(
        name="SandeshCtrlClientToServer",
        kind=Kind.REQUEST,
        hints=Hint.CONTROL,
        version_sig=-340245130,
        fields=(
            Field(id=1, name="source", type=STRING),
            Field(id=2, name="module_name", type=STRING),
            Field(id=3, name="sucessful_connections", type=U32),
            Field(id=4, name="uve_types", type=ListOf(STRING)),
            Field(id=5, name="pid", type=U32),
            Field(id=6, name="http_port", type=U32),
            Field(id=7, name="node_type_name", type=STRING),
            Field(id=8, name="instance_id_name", type=STRING),
        ),
    )

    source: str | None = None
    module_name: str | None = None
    sucessful_connections: int | None = None
    uve_types: list[str] | None = None
    pid: int | None = None
    http_port: int | None = None
    node_type_name: str | None = None
    instance_id_name: str | None = None


@dataclass(slots=True, kw_only=True)
class SandeshCtrlServerToClient(Message):
    """A collector's answer: what it already has, and whether it takes the generator."""

    __sandesh__: ClassVar[MessageLayout] = MessageLayout(
        name="SandeshCtrlServerToClient",
        kind=Kind.REQUEST,
        hints=Hint.CONTROL,
        version_sig=1746741351,
        fields=(
            Field(id=1, name="type_info", type=ListOf(StructOf("UVETypeInfo", lambda: UVETypeInfo))),
            Field(id=2, name="success", type=BOOL),
        ),
    )

    type_info: list[UVETypeInfo] | None = None
    success: bool | None = None
