"""Answers as XML, JSON and HTML (clauses 2.1, 5.4). Pure; everything that is not ours is escaped."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lxml import etree

from satark.sandesh.introspect.modules import Module
from satark.sandesh.introspect.pages import type_name
from satark.sandesh.types import Base, EnumOf, Field, Message, StructOf, wire_name
from satark.sandesh.wire.generic import decode_tree
from satark.sandesh.wire.tree import Plain, StructValue, plain
from satark.sandesh.wire.writer import encode_message

STYLESHEET = "/universal_parse.xsl"
INSTRUCTION = f'<?xml-stylesheet type="text/xsl" href="{STYLESHEET}"?>'.encode()
MAX_NESTING = 8


def answer_xml(bodies: Sequence[bytes], first: str) -> bytes:
    """One message as it is on the wire, several in a list named after the first."""
    if len(bodies) == 1:
        return INSTRUCTION + bodies[0]
    name = f"__{first}_list"
    return INSTRUCTION + f'<{name} type="slist">'.encode() + b"".join(bodies) + f"</{name}>".encode()


def answer_json(messages: Iterable[Message]) -> bytes:
    """A list of objects `{"name": ..., "fields": {...}}`; numbers that JSON lacks are text."""
    told: list[Mapping[str, Any]] = []
    for each in messages:
        tree = decode_tree(encode_message(each))
        told.append({"name": tree.name, "fields": _speakable(plain(StructValue(tree.name, tree.fields)))})
    return json.dumps(told, ensure_ascii=False, allow_nan=False).encode()


def _speakable(value: Plain) -> Plain:
    if isinstance(value, dict):
        return {name: _speakable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_speakable(each) for each in value]
    return repr(value) if isinstance(value, float) and not math.isfinite(value) else value


def answer_html(answer: bytes, stylesheet: bytes) -> str:
    """What a browser makes of an answer by its stylesheet, without the page around it.

    Done here, because browsers give up XSLT; the stylesheet stays for those that have it and for the originals' tools.
    Raises `etree.LxmlError` for an answer that is nested too deeply.
    """
    safe = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    closed = etree.XSLTAccessControl.DENY_ALL
    transform = etree.XSLT(etree.fromstring(stylesheet, safe), access_control=closed)
    shown = transform(etree.fromstring(answer, safe), embedded="true()")
    return etree.tostring(shown, method="html", encoding="unicode")


def module_xml(module: Module) -> bytes:
    """The page of a module for programs: its requests with their fields, to the byte as the originals write it."""
    parts = [INSTRUCTION.decode(), f'\n<{module.name} type="rlist">\n']
    for each in module.requests:
        layout = each.__sandesh__
        fields = "".join(_input(field, 0) for field in layout.fields if field.constant is None)
        parts.append(f'<{layout.name} type="sandesh">\n{fields}</{layout.name}>\n')
    parts.append(f"</{module.name}>\n")
    return "".join(parts).encode()


def _input(field: Field, depth: int) -> str:
    if isinstance(field.type, EnumOf):
        return f'<{field.name} type="{wire_name(field.type)}">0</{field.name}>'
    if isinstance(field.type, Base):
        return f'<{field.name} type="{type_name(field.type)}">0</{field.name}>'
    if isinstance(field.type, StructOf) and depth < MAX_NESTING:
        layout = field.type.resolve().__sandesh__
        inner = "".join(_input(each, depth + 1) for each in layout.fields if each.constant is None)
        return f'<{field.name} type="struct">{inner}</{field.name}>'
    return ""
