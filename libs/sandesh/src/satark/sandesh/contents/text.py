"""Messages in words, and as the XML that is kept: without identifiers (clause 6.3; analytics 5.2)."""

from collections.abc import Iterator

from satark.sandesh.contents.bodies import tree_of, without_identifiers
from satark.sandesh.contents.scalars import label
from satark.sandesh.wire.generic import encode_tree
from satark.sandesh.wire.parse import MAX_DEPTH
from satark.sandesh.wire.tree import ListValue, Node, StructValue, Value
from satark.sandesh.wire.xml import Received

MAX_CHARACTERS = 16_384
"""Longest line; the whole is in the XML."""
_CUT = "..."
_WHERE = frozenset((("file", "-32768"), ("line", "-32767")))


def body_xml(received: Received) -> str:
    """The message's XML without identifiers. Raises `ContentError` if it nests deeper than what is received can."""
    return encode_tree(without_identifiers(tree_of(received))).decode()


def plain_text(received: Received, *, max_characters: int = MAX_CHARACTERS) -> str:
    """The message as a line of a daemon's own log: `field = value field = value`.

    Constant texts, which compilers name `str` and their identifier, stand alone; file and line of the source are left
    out. Structs are `[Struct: a = 1, b = 2]`, lists `[x, y]`, maps `{k: v}`. Characters that do not print are escaped, so that
    the line is one. What is longer than `max_characters` ends in `...`.
    """
    parts: list[str] = []
    room = max_characters
    for piece in _pieces(tree_of(received).fields):
        shown = piece if piece.isprintable() else _escaped(piece, room)
        parts.append(shown)
        room -= len(shown)
        if room < 0:
            return "".join(parts)[:max_characters] + _CUT
    return "".join(parts)


def _pieces(fields: list[Node]) -> Iterator[str]:
    between = ""
    for field in fields:
        if (field.name, field.identifier) in _WHERE:
            continue
        yield between if _is_constant(field) else f"{between}{field.name} = "
        yield from _value(field.value, field.type, 1)
        between = " "


def _is_constant(field: Node) -> bool:
    return field.type == "string" and field.name == f"str{field.identifier}"


def _value(value: Value, type_: str, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield label(value, type_)
    elif depth > MAX_DEPTH:
        yield _CUT
    elif isinstance(value, StructValue):
        yield f"[{value.name}: " if value.name else "["
        for at, field in enumerate(value.fields):
            yield f"{', ' if at else ''}{field.name} = "
            yield from _value(field.value, field.type, depth + 1)
        yield "]"
    elif isinstance(value, ListValue):
        yield "["
        for at, each in enumerate(value.items):
            yield ", " if at else ""
            yield from _value(each, value.element, depth + 1)
        yield "]"
    else:
        yield "{"
        for at, (key, each) in enumerate(value.items):
            yield ", " if at else ""
            yield from _value(key, value.key, depth + 1)
            yield ": "
            yield from _value(each, value.element, depth + 1)
        yield "}"


def _escaped(text: str, room: int) -> str:
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape", "replace").decode()
        for each in text[: max(room, 0) + 1]
    )
