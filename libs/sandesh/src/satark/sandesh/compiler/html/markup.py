"""HTML as values: everything that is not an `Element` is text and escaped when written."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

VOID = frozenset({"br", "input", "link", "meta"})
# What may stand inside a line of text: written without line breaks around it, because they would show as spaces.
INLINE = frozenset(
    {"a", "abbr", "b", "br", "button", "code", "em", "input", "label", "select", "small", "span", "strong"}
)


@dataclass(frozen=True, slots=True)
class Element:
    """An element; `None` as an attribute's value leaves the attribute out."""

    name: str
    attributes: tuple[tuple[str, str | None], ...]
    children: tuple["Node", ...]


Node = Element | str


def element(tag: str, /, *children: Node | Iterable[Node] | None, **attributes: str | None) -> Element:
    """An element with children in order, lists of them flattened and None left out.

    `class_` and `for_` are the attributes whose names are words of Python.
    """
    pairs = tuple((key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())
    return Element(tag, pairs, tuple(_flattened(children)))


def _flattened(children: Iterable[Node | Iterable[Node] | None]) -> Iterable[Node]:
    for child in children:
        if isinstance(child, Element | str):
            yield child
        elif child is not None:
            yield from child


def document(*, title: str, stylesheet: str, body: Iterable[Node]) -> str:
    """A whole page."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("link", rel="stylesheet", href=stylesheet),
    )
    page = element("html", head, element("body", list(body)), lang="en")
    return f"<!doctype html>\n{render(page)}"


def render(node: Node) -> str:
    """The node as text, blocks on lines of their own."""
    return "".join(_block(node)) if not _is_inline(node) else _inline(node)


def _is_inline(node: Node) -> bool:
    return isinstance(node, str) or node.name in INLINE


def _block(node: Node) -> Iterable[str]:
    if isinstance(node, str) or _is_inline(node) or node.name == "pre" or all(map(_is_inline, node.children)):
        yield f"{_inline(node)}\n"
        return
    yield f"{_opening(node)}\n"
    for child in node.children:
        yield from _block(child)
    yield f"</{node.name}>\n"


def _inline(node: Node) -> str:
    if isinstance(node, str):
        return escape(_shown(node), quote=False)
    opening = _opening(node)
    if node.name in VOID:
        return opening
    return f"{opening}{''.join(_inline(child) for child in node.children)}</{node.name}>"


def _opening(node: Element) -> str:
    attributes = "".join(f' {name}="{escape(_shown(value))}"' for name, value in node.attributes if value is not None)
    return f"<{node.name}{attributes}>"


def _shown(text: str) -> str:
    """The text without characters that no HTML document may hold."""
    if text.isprintable():
        return text
    return "".join(
        c if c in "\n\t" or c.isprintable() or (c.isspace() and c > "\x1f") else "\N{REPLACEMENT CHARACTER}"
        for c in text
    )
