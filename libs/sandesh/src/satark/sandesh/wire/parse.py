"""Bytes to elements, by lxml: no entities but the five, no network, no declarations, bounded depth and text."""

import re

from lxml import etree

from satark.sandesh.wire.errors import MalformedError
from satark.sandesh.wire.text import hide

MAX_DEPTH = 64
"""How deep values may nest in a message whose type is not known; libxml2 itself stops at a few hundred elements."""

MAX_MARKUP = 1_000_000
"""How many tags, and how many references, a message may have: an element takes far more memory than its four bytes."""

_parser = etree.XMLParser(
    collect_ids=False,
    resolve_entities=False,
    load_dtd=False,
    no_network=True,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)
_opening_tag = re.compile(rb"<[A-Za-z_\x80-\xff]").match


def parse(data: bytes) -> tuple[etree._Element, bool]:
    """The root of one element's bytes, and whether its texts must be restored (`text.restore`).

    A message that XML refuses is tried again with what the originals' readers accept made legal: control characters,
    bare ampersands, bytes that are no UTF-8. Raises `MalformedError`.
    """
    if _opening_tag(data) is None:
        raise MalformedError(f"a message begins with {data[:20]!r}")
    if data.count(b"<") > MAX_MARKUP:
        raise MalformedError(f"a message has more than {MAX_MARKUP} tags")
    hidden = b"\r" in data
    root = None if hidden else _parsed(data)
    if root is None:
        root, hidden = _parsed_again(data), True
    if b"xmlns" in data or b"xml:" in data:
        _refuse_namespaces(root)
    return root, hidden


def _parsed(data: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(data, _parser)
    except etree.XMLSyntaxError:
        return None


def _parsed_again(data: bytes) -> etree._Element:
    if b"\0" in data:
        raise MalformedError("a message has a NUL byte")
    if data.count(b"&") > MAX_MARKUP:
        raise MalformedError(f"a message that is not well-formed has more than {MAX_MARKUP} references")
    try:
        return etree.fromstring(hide(data.decode(errors="replace")).encode(), _parser)
    except etree.XMLSyntaxError as error:
        raise MalformedError(f"a message is not well-formed: {error.msg}") from None


def _refuse_namespaces(root: etree._Element) -> None:
    """Sandesh knows no namespaces, and expanded names could not be written back."""
    for element in root.iter():
        names = (str(element.tag), *(str(name) for name in element.attrib))
        expanded = next((name for name in names if name.startswith("{")), None)
        if expanded is not None:
            raise MalformedError(f"a message has a name in a namespace: {expanded}")
