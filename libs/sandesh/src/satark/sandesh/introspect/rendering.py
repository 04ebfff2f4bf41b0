"""Answers and pages as text (clauses 2.1, 5.4). Pure; everything that is not ours is escaped."""

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from lxml import etree

from satark.sandesh.types import Base, EnumOf, Field, Message, StructOf, wire_name
from satark.sandesh.wire.generic import decode_tree
from satark.sandesh.wire.tree import StructValue, plain
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
    """A list of objects `{"name": ..., "fields": {...}}`."""
    told: list[Mapping[str, Any]] = []
    for each in messages:
        tree = decode_tree(encode_message(each))
        told.append({"name": tree.name, "fields": plain(StructValue(tree.name, tree.fields))})
    return json.dumps(told, ensure_ascii=False, allow_nan=True).encode()


def as_html(answer: bytes, stylesheet: bytes) -> bytes:
    """What a browser makes of an answer by its stylesheet; done here, because browsers give up XSLT."""
    safe = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    closed = etree.XSLTAccessControl.DENY_ALL
    transform = etree.XSLT(etree.fromstring(stylesheet, safe), access_control=closed)
    page_ = transform(etree.fromstring(answer, safe))
    return b"<!DOCTYPE html>\n" + etree.tostring(page_, method="html", encoding="utf-8")


def module_xml(name: str, requests: Iterable[type[Message]]) -> bytes:
    """The page of a module: its requests with their fields, from which the stylesheet makes forms."""
    parts = [INSTRUCTION.decode(), f'\n<{name} type="rlist">\n']
    for each in requests:
        layout = each.__sandesh__
        fields = "".join(_input(field, 0) for field in layout.fields if field.constant is None)
        parts.append(f'<{layout.name} type="sandesh">\n{fields}</{layout.name}>\n')
    parts.append(f"</{name}>\n")
    return "".join(parts).encode()


def _input(field: Field, depth: int) -> str:
    if isinstance(field.type, Base | EnumOf):
        return f'<{field.name} type="{wire_name(field.type)}">0</{field.name}>'
    if isinstance(field.type, StructOf) and depth < MAX_NESTING:
        layout = field.type.resolve().__sandesh__
        inner = "".join(_input(each, depth + 1) for each in layout.fields if each.constant is None)
        return f'<{field.name} type="struct">{inner}</{field.name}>'
    return ""


def index_html(title: str, modules: Iterable[str], facts: Sequence[tuple[str, str]]) -> str:
    """The first page: what this program is, its modules, and the requests that are wanted most."""
    links = "".join(f'<li><a href="{escape(each)}.xml">{escape(each)}</a></li>' for each in modules)
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in facts)
    often = "".join(f'<li><a href="Snh_{name}">{escape(text)}</a></li>' for name, text in OFTEN)
    heading = f"Modules for {title}"
    return page(
        heading,
        f"<h1>{escape(heading)}</h1><table>{rows}</table><h2>Modules</h2><ul>{links}</ul><h2>Often wanted</h2><ul>{often}</ul>",
    )


def error_html(status: int, problem: str) -> str:
    """A page that says what is wrong."""
    return page(
        f"Error {status}",
        f'<h1>Error {status}</h1><p class="problem">{escape(problem)}</p><p><a href="/">All modules</a></p>',
    )


def page(title: str, body: str) -> str:
    """An HTML page; `body` is trusted."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="/css/introspect.css"></head><body><main>{body}</main></body></html>\n'
    )


OFTEN = (
    ("CollectorInfoRequest", "The collector"),
    ("SandeshUVETypesReq", "The UVE cache, by type"),
    ("SandeshTraceBufferListRequest", "Trace buffers"),
    ("SandeshMessageStatsReq", "Messages sent and lost, and the send queue"),
    ("SandeshLoggingParamsStatus", "Logging parameters"),
    ("SandeshSendingParamsStatus", "Sending parameters"),
)
