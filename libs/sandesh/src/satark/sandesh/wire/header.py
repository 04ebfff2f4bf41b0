"""The header on the wire (clause 3.2): thirteen fields that are always sent, two that are not."""

import re
from typing import Any

from satark.sandesh.types import INTEGER_RANGES, Header, Level
from satark.sandesh.wire.errors import EncodeError, HeaderError
from satark.sandesh.wire.parse import parse
from satark.sandesh.wire.text import escape, restore

_FIELDS = (
    ("Namespace", "string", "namespace"),
    ("Timestamp", "i64", "timestamp_us"),
    ("Module", "string", "module"),
    ("Source", "string", "source"),
    ("Context", "string", "context"),
    ("SequenceNum", "i32", "sequence_number"),
    ("VersionSig", "i32", "version_sig"),
    ("Type", "i32", "type"),
    ("Hints", "i32", "hints"),
    ("Level", "i32", "level"),
    ("Category", "string", "category"),
    ("NodeType", "string", "node_type"),
    ("InstanceId", "string", "instance_id"),
    ("IPAddress", "string", "ip_address"),
    ("Pid", "i32", "pid"),
)
"""Name, type and attribute by identifier, from 1."""
_ALWAYS = 13
_ATTRIBUTES = {name: (type_, attribute) for name, type_, attribute in _FIELDS}
_INTEGERS = tuple((attribute, *INTEGER_RANGES[type_]) for _, type_, attribute in _FIELDS[:_ALWAYS] if type_ != "string")
_STRINGS = tuple(attribute for _, type_, attribute in _FIELDS[:_ALWAYS] if type_ == "string")

_TEXTS = {"string": rb"([^<&\0]*)", "i32": rb"(-?[0-9]{1,10})", "i64": rb"(-?[0-9]{1,19})"}
_OPEN = tuple(f'<{name} type="{type_}" identifier="{index}">' for index, (name, type_, _) in enumerate(_FIELDS, 1))
_usual = re.compile(
    b"<SandeshHeader>"
    + b"".join(
        b"%b%b</%b>" % (_OPEN[index].encode(), _TEXTS[type_], name.encode())
        for index, (name, type_, _) in enumerate(_FIELDS[:_ALWAYS])
    )
    + b"</SandeshHeader>"
).fullmatch
_TEMPLATE = "".join(
    f"{_OPEN[index]}{{{attribute}}}</{name}>" for index, (name, _, attribute) in enumerate(_FIELDS[:_ALWAYS])
)
_integer = re.compile(r"-?[0-9]{1,19}").fullmatch


def encode_header(header: Header) -> bytes:
    """The header's element. Raises `EncodeError` for a number that its type does not hold."""
    values: dict[str, str | int] = {attribute: escape(getattr(header, attribute)) for attribute in _STRINGS}
    for attribute, low, high in _INTEGERS:
        values[attribute] = _sendable(attribute, getattr(header, attribute), low, high)
    rare = ""
    if header.ip_address is not None:
        rare += f"{_OPEN[_ALWAYS]}{escape(header.ip_address)}</IPAddress>"
    if header.pid is not None:
        rare += f"{_OPEN[_ALWAYS + 1]}{_sendable('pid', header.pid, *INTEGER_RANGES['i32'])}</Pid>"
    return f"<SandeshHeader>{_TEMPLATE.format_map(values)}{rare}</SandeshHeader>".encode()


def _sendable(attribute: str, value: int, low: int, high: int) -> int:
    number = int(value)
    if not low <= number <= high:
        raise EncodeError(f"{number} is not within {low} and {high}", f"SandeshHeader.{attribute}")
    return number


def decode_header(data: bytes) -> Header:
    """The header of an element's bytes, in any order, with fields missing or unknown ones added.

    Where the level is missing it is that of a log which does not choose one.

    Raises `HeaderError` for a number that is none, and `MalformedError`.
    """
    usual = _usual(data)
    if usual is not None:
        try:
            return _read_usual(*usual.groups())
        except UnicodeDecodeError:
            pass
    return _read_any(data)


def _read_usual(
    namespace: bytes,
    timestamp: bytes,
    module: bytes,
    source: bytes,
    context: bytes,
    sequence_number: bytes,
    version_sig: bytes,
    type_: bytes,
    hints: bytes,
    level: bytes,
    category: bytes,
    node_type: bytes,
    instance_id: bytes,
) -> Header:
    header = Header(
        namespace=namespace.decode(),
        timestamp_us=int(timestamp),
        module=module.decode(),
        source=source.decode(),
        context=context.decode(),
        sequence_number=int(sequence_number),
        version_sig=int(version_sig),
        type=int(type_),
        hints=int(hints),
        level=int(level),
        category=category.decode(),
        node_type=node_type.decode(),
        instance_id=instance_id.decode(),
    )
    for attribute, low, high in _INTEGERS:
        if not low <= getattr(header, attribute) <= high:
            _within(attribute, getattr(header, attribute), low, high)
    return header


def _read_any(data: bytes) -> Header:
    root, hidden = parse(data)
    _refuse_text(root.text)
    values: dict[str, Any] = {"level": Level.SYS_INFO}
    for element in root:
        _refuse_text(element.tail)
        known = _ATTRIBUTES.get(str(element.tag))
        if known is None:
            continue
        type_, attribute = known
        if len(element):
            raise HeaderError(f"{attribute} of a header has elements in it")
        text = restore(element.text or "") if hidden else element.text or ""
        values[attribute] = text if type_ == "string" else _number(attribute, type_, text)
    return Header(**values)


def _number(attribute: str, type_: str, text: str) -> int:
    if _integer(text) is None:
        raise HeaderError(f"{attribute} of a header is no number: {text[:40]!r}")
    return _within(attribute, int(text), *INTEGER_RANGES[type_])


def _within(attribute: str, number: int, low: int, high: int) -> int:
    if not low <= number <= high:
        raise HeaderError(f"{attribute} of a header is out of range: {number}")
    return number


def _refuse_text(text: str | None) -> None:
    if text:
        raise HeaderError(f"text between the fields of a header: {text[:40]!r}")
