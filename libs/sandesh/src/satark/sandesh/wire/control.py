"""The negotiation as values (clause 3.5): what a generator says of itself, and what a collector answers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from lxml import etree

from satark.sandesh.types import (
    INTEGER_RANGES,
    Header,
    SandeshCtrlClientToServer,
    SandeshCtrlServerToClient,
    UVETypeInfo,
)
from satark.sandesh.wire.envelope import Envelope
from satark.sandesh.wire.errors import BodyError, ControlError, EncodeError
from satark.sandesh.wire.generic import decode_tree
from satark.sandesh.wire.parse import parse
from satark.sandesh.wire.tree import ListValue, StructValue, Value
from satark.sandesh.wire.xml import encode, header_of

HELLO = SandeshCtrlClientToServer.__sandesh__.name
REPLY = SandeshCtrlServerToClient.__sandesh__.name
CONTEXT = "ctrl"

_number = re.compile(r"-?[0-9]{1,20}").fullmatch
_safe_name = re.compile(r"[ -~]*").fullmatch
_UNSAFE = frozenset("&<>'")
_U32_MAX = INTEGER_RANGES["u32"][1]


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a generator from another; its text is the order in which it is always printed (clause 0)."""

    source: str
    node_type: str
    module: str
    instance_id: str

    def __str__(self) -> str:
        return f"{self.source}:{self.node_type}:{self.module}:{self.instance_id}"


@dataclass(frozen=True, slots=True)
class Hello:
    """A generator's first message. `connections` counts its connections so far, this one included."""

    identity: Identity
    connections: int = 1
    uve_types: tuple[str, ...] = ()
    pid: int = 0
    http_port: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """A collector's answer: `seen` is the highest sequence number it has of each type of UVE; 0 or none is nothing."""

    collector: str
    accepted: bool
    seen: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


def encode_hello(hello: Hello, *, timestamp_us: int, sequence_number: int = 1) -> bytes:
    """The frame that opens a connection; the header says who it is as well, as the C++ original has it."""
    who = hello.identity
    message = SandeshCtrlClientToServer(
        source=who.source,
        module_name=who.module,
        sucessful_connections=hello.connections,
        uve_types=list(hello.uve_types),
        pid=hello.pid,
        http_port=hello.http_port,
        node_type_name=who.node_type,
        instance_id_name=who.instance_id,
    )
    sender = Header(source=who.source, module=who.module, node_type=who.node_type, instance_id=who.instance_id)
    header = header_of(message, sender, timestamp_us=timestamp_us, sequence_number=sequence_number, context=CONTEXT)
    return encode(header, message)


def encode_reply(reply: Reply, *, timestamp_us: int, sequence_number: int = 1) -> bytes:
    """The frame that answers, in the only form that the Python original reads.

    Raises `EncodeError` for a collector's name that is not ASCII or has one of `& < > '`.
    """
    if _safe_name(reply.collector) is None or not _UNSAFE.isdisjoint(reply.collector):
        raise EncodeError(f"the originals cannot read {reply.collector!r}", "SandeshHeader.source")
    message = SandeshCtrlServerToClient(
        type_info=[UVETypeInfo(type_name=name, seq_num=number) for name, number in reply.seen.items()],
        success=reply.accepted,
    )
    header = header_of(
        message,
        Header(source=reply.collector),
        timestamp_us=timestamp_us,
        sequence_number=sequence_number,
        context=CONTEXT,
    )
    return encode(header, message)


def read_hello(envelope: Envelope) -> Hello:
    """What a generator says of itself, from the body, since the Python original leaves the header empty.

    A field of its identity that is not there at all is taken from the header.
    Raises `ControlError` for another message, a number that is none, a list that lies about its size, and white space.
    """
    header = envelope.header
    told = _fields(envelope, HELLO)
    fields = {
        "source": header.source,
        "module_name": header.module,
        "node_type_name": header.node_type,
        "instance_id_name": header.instance_id,
        **told,
    }
    uve_types = fields.get("uve_types", ListValue("string", []))
    return Hello(
        Identity(
            source=_text(fields, "source"),
            node_type=_text(fields, "node_type_name"),
            module=_text(fields, "module_name"),
            instance_id=_text(fields, "instance_id_name"),
        ),
        connections=_u32(fields, "sucessful_connections"),
        uve_types=tuple(_items(uve_types, "uve_types", _a_text)),
        pid=_u32(fields, "pid"),
        http_port=_u32(fields, "http_port"),
    )


def read_reply(envelope: Envelope) -> Reply:
    """What a collector answers. `success` must be `true` or it is a refusal; `type_info` may be missing.

    Raises `ControlError` as `read_hello` does, and for a `success` that is neither `true` nor `false`.
    """
    fields = _fields(envelope, REPLY)
    success = fields.get("success", "false")
    if success not in {"true", "false"}:
        raise ControlError(f"success is neither true nor false: {str(success)[:40]!r}")
    entries = _items(fields.get("type_info", ListValue("struct", [])), "type_info", _type_info)
    return Reply(envelope.header.source, success == "true", MappingProxyType(dict(entries)))


def _fields(envelope: Envelope, name: str) -> dict[str, Value]:
    if envelope.name != name:
        raise ControlError(f"an unexpected control message {envelope.name[:80]!r}")
    root, _ = parse(envelope.body)
    _refuse_mixed(root)
    try:
        return {each.name: each.value for each in decode_tree(envelope.body).fields}
    except BodyError as error:
        raise ControlError(str(error)) from None


def _refuse_mixed(root: etree._Element) -> None:
    """White space between tags is no frame of this protocol; both originals close on it."""
    for element in root.iter():
        if element.tail or (len(element) and element.text):
            raise ControlError(f"text between the elements of {str(root.tag)!r}")


def _text(fields: Mapping[str, Value], name: str) -> str:
    return _a_text(fields.get(name, ""), name)


def _a_text(value: Value, name: str) -> str:
    if not isinstance(value, str):
        raise ControlError(f"{name} is no text")
    return value


def _integer(fields: Mapping[str, Value], name: str) -> int:
    text = _a_text(fields.get(name, "0"), name)
    if _number(text) is None:
        raise ControlError(f"{name} is no number: {text[:40]!r}")
    return int(text)


def _u32(fields: Mapping[str, Value], name: str) -> int:
    number = _integer(fields, name)
    if not 0 <= number <= _U32_MAX:
        raise ControlError(f"{name} is no u32: {number}")
    return number


def _type_info(value: Value, name: str) -> tuple[str, int]:
    """A type and its number; a number below 0, which both originals take, asks for everything as 0 does."""
    if not isinstance(value, StructValue):
        raise ControlError(f"{name} is no struct")
    fields = {each.name: each.value for each in value.fields}
    return _text(fields, "type_name"), max(0, _integer(fields, "seq_num"))


Item = TypeVar("Item")


def _items(value: Value, name: str, read: Callable[[Value, str], Item]) -> list[Item]:
    if not isinstance(value, ListValue):
        raise ControlError(f"{name} is no list")
    if value.size is not None and value.size != str(len(value.items)):
        raise ControlError(f"{name} has {len(value.items)} elements, not {value.size[:40]}")
    return [read(each, name) for each in value.items]
