"""A message's XML as nested JSON values: numbers as numbers, structs and maps as objects, lists as arrays. Pure."""

from typing import TYPE_CHECKING, Any

from satark.analytics.commands.xml_words import name_of, parsed

if TYPE_CHECKING:
    from lxml import etree

_INTEGERS = frozenset(("i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "byte"))
_MAX_DEPTH = 64


def members(text: str) -> Any:
    """Return the message as an object: its fields by name, under the message's own. What is no XML stays a text."""
    root = parsed(text)
    return text if root is None else {name_of(root): {name_of(field): _value(field, 0) for field in root}}


def _value(field: "etree._Element", depth: int) -> Any:
    if depth > _MAX_DEPTH:
        return None
    kind = field.get("type", "")
    if kind == "struct":
        return next((_fields(struct, depth) for struct in field), {})
    if kind in {"list", "set"}:
        return [_element(each, content.get("type", ""), depth) for content in field for each in content]
    if kind == "map":
        elements = [(element, content.get("value", "")) for content in field for element in content]
        entries = zip(elements[::2], elements[1::2], strict=False)
        return {key.text or "": _element(entry, of, depth) for (key, _), (entry, of) in entries}
    return _scalar(field.text or "", kind)


def _fields(struct: "etree._Element", depth: int) -> dict[str, Any]:
    return {name_of(field): _value(field, depth + 1) for field in struct}


def _element(element: "etree._Element", kind: str, depth: int) -> Any:
    return _fields(element, depth) if kind == "struct" else _scalar(element.text or "", kind)


def _scalar(text: str, kind: str) -> Any:
    """Return a scalar by its type; a text that is not of its type stays a text, for nothing may be lost."""
    try:
        if kind in _INTEGERS:
            return int(text)
        if kind in {"double", "float"}:
            return float(text)
    except ValueError:
        return text
    return text == "true" if kind == "bool" else text
