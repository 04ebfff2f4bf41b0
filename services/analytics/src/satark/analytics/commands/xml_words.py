"""A message's XML in words, as `contrail-logs` writes it. Pure.

Of a log or a trace the values, joined by spaces; of an object or UVE `name = value` pairs. Structs are
`[Struct: a = 1, ...]`, lists `[name: a b]`, maps `name: {k: v, }`. File and line are left out.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree

_NOT_SHOWN = frozenset(("file", "line"))
_MAX_BYTES = 16 * 1024 * 1024
_MAX_DEPTH = 64


def parsed(text: str) -> "etree._Element | None":
    """Return the message's element; None for what is no XML, or too much of it."""
    from lxml import etree  # noqa: PLC0415 - costly, and `satark --help` imports every command

    raw = text.encode("utf-8", "replace")
    if not raw or len(raw) > _MAX_BYTES:
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def values(text: str) -> str:
    """Return the fields' values of a log or trace. What is no XML is returned as it stands."""
    root = parsed(text)
    if root is None:
        return text
    return " ".join(_value(field, 0) for field in root if _is_shown(field))


def pairs(text: str) -> str:
    """Return the fields of an object or a UVE with their names. What is no XML is returned as it stands."""
    root = parsed(text)
    return text if root is None else ", ".join(_pair(field, 0) for field in root if _is_shown(field))


def _pair(field: "etree._Element", depth: int) -> str:
    kind = field.get("type", "")
    if kind in {"struct", "list", "set"}:
        return _value(field, depth)
    if kind == "map":
        return f"{name_of(field)}: {_map(field, depth)}"
    return f"{name_of(field)} = {field.text or ''}"


def _value(field: "etree._Element", depth: int) -> str:
    if depth > _MAX_DEPTH:
        return "..."
    match field.get("type", ""):
        case "struct":
            return " ".join(_struct(each, depth) for each in field)
        case "list" | "set":
            elements = [element for content in field for element in content]
            return f"[{name_of(field)}: {' '.join(_element(element, depth) for element in elements)}]"
        case "map":
            return _map(field, depth)
        case _:
            return field.text or ""


def _struct(struct: "etree._Element", depth: int) -> str:
    return f"[{name_of(struct)}: {', '.join(_pair(field, depth + 1) for field in struct)}]"


def _map(field: "etree._Element", depth: int) -> str:
    elements = [element for content in field for element in content]
    keys = elements[::2]
    entries = zip(keys, elements[1::2], strict=False)
    return "{" + "".join(f"{key.text or ''}: {_element(entry, depth)}, " for key, entry in entries) + "}"


def _element(element: "etree._Element", depth: int) -> str:
    return _struct(element, depth + 1) if len(element) else element.text or ""


def name_of(element: "etree._Element") -> str:
    """Return an element's name: comments and instructions, which have none, are never parsed."""
    return str(element.tag)


def _is_shown(field: "etree._Element") -> bool:
    return name_of(field) not in _NOT_SHOWN
