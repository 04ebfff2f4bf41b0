"""Whole messages to frames and back: the way in for everybody who does not care how it is done (clauses 3.1 to 3.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from satark.sandesh.types import Header, Level, Message
from satark.sandesh.wire.envelope import Envelope, open_frame
from satark.sandesh.wire.frame import DEFAULT_MAX_FRAME_BYTES, Frame, frame
from satark.sandesh.wire.generic import decode_tree, encode_tree
from satark.sandesh.wire.header import encode_header
from satark.sandesh.wire.reader import decode_message
from satark.sandesh.wire.tree import Tree
from satark.sandesh.wire.writer import encode_message

Classes: TypeAlias = Mapping[str, type[Message]]
"""Generated classes by the names of their messages."""
NO_CLASSES: Classes = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it came: `body` is of the class registered for `name`, or else a tree; `length` is in bytes."""

    header: Header
    name: str
    body: Message | Tree
    length: int


def classes_by_name(classes: Iterable[type[Message]]) -> Classes:
    """A registry of generated classes. Raises `ValueError` for two classes of one name."""
    known: dict[str, type[Message]] = {}
    for each in classes:
        name = each.__sandesh__.name
        if known.setdefault(name, each) is not each:
            raise ValueError(f"two classes for {name}: {known[name].__module__} and {each.__module__}")
    return MappingProxyType(known)


def decode(envelope: Envelope, classes: Classes = NO_CLASSES) -> Received:
    """The message in an opened frame. Raises `MalformedError` and `BodyError`."""
    known = classes.get(envelope.name)
    body = decode_tree(envelope.body) if known is None else decode_message(known, envelope.body)
    return Received(envelope.header, envelope.name, body, envelope.length)


def decode_frame(each: Frame, classes: Classes = NO_CLASSES) -> Received:
    """Header and message of a frame. Raises `MalformedError`, `HeaderError` and `BodyError`."""
    return decode(open_frame(each), classes)


def encode(header: Header, message: Message | Tree, *, max_frame_bytes: int = DEFAULT_MAX_FRAME_BYTES) -> bytes:
    """The frame of a message. Raises `EncodeError` and `FrameTooLargeError`."""
    body = encode_tree(message) if isinstance(message, Tree) else encode_message(message)
    return frame(encode_header(header), body, max_frame_bytes=max_frame_bytes)


def header_of(
    message: Message,
    sender: Header,
    *,
    timestamp_us: int,
    sequence_number: int,
    level: int = Level.INVALID,
    category: str = "",
    context: str = "",
    hints: int = 0,
) -> Header:
    """A message's header: who sends from `sender`, what it is from the message's class; `hints` are added to its own."""
    layout = message.__sandesh__
    return Header(
        namespace=sender.namespace,
        timestamp_us=timestamp_us,
        module=sender.module,
        source=sender.source,
        context=context,
        sequence_number=sequence_number,
        version_sig=layout.version_sig,
        type=layout.kind.wire_type,
        hints=layout.hints | hints,
        level=level,
        category=category,
        node_type=sender.node_type,
        instance_id=sender.instance_id,
    )
