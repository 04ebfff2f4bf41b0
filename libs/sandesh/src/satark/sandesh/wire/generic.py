"""Trees to and from XML, without a definition of the message (clause 3.3)."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from lxml import etree

from satark.sandesh.wire.errors import BodyError, EncodeError
from satark.sandesh.wire.parse import MAX_DEPTH, parse
from satark.sandesh.wire.text import TAKEN, cdata, escape, escape_attribute, escape_markup, restore
from satark.sandesh.wire.tree import NOTHING, SCALARS, ListValue, MapValue, Node, StructValue, Tree, Value

_USUAL = ["type", "identifier"]
_CONTAINERS = frozenset(("list", "set", "map"))
_Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml's own name for the type
_Restore: TypeAlias = Callable[[str], str] | None


def decode_tree(body: bytes) -> Tree:
    """A message of any type. Raises `MalformedError`, and `BodyError` for what is neither scalar, struct nor container."""
    root, hidden = parse(body)
    back = restore if hidden else None
    name = str(root.tag)
    try:
        return Tree(name, _fields(root, back, 1), _annotations(root, back))
    except BodyError as error:
        raise error.within(name) from None


def _fields(struct: _Element, back: _Restore, depth: int) -> list[Node]:
    fields: list[Node] = []
    name = ""
    value: Value
    try:
        for element in struct[:]:
            name = element.tag  # type: ignore[assignment]
            keys, values = element.keys(), element.values()
            if back is not None:
                values = [back(text) for text in values]
            if keys == _USUAL:
                (type_, identifier), annotations = values, NOTHING
            else:
                annotations = dict(zip(keys, values, strict=True))
                type_, identifier = annotations.pop("type", ""), annotations.pop("identifier", "")
            if type_ not in SCALARS:
                value = _compound(element, type_, back, depth + 1)
            elif back is not None or len(element):
                value = _text(element, back)
            else:
                value = element.text or ""
            fields.append(Node(name, type_, identifier, value, annotations))
    except BodyError as error:
        raise error.within(name) from None
    return fields


def _annotations(element: _Element, back: _Restore) -> dict[str, str]:
    items: list[tuple[str, str]] = element.items()
    return dict(items) if back is None else {name: back(text) for name, text in items}


def _text(element: _Element, back: _Restore) -> str:
    if len(element):
        raise BodyError("elements where a scalar should be")
    text = element.text
    if text is None:
        return ""
    return text if back is None else back(text)


def _compound(element: _Element, type_: str, back: _Restore, depth: int) -> Value:
    """The value of a field that is no scalar; one of unknown type is text or, as the sender left it, fields."""
    if depth > MAX_DEPTH:
        raise BodyError(f"nested deeper than {MAX_DEPTH}")
    if type_ == "struct" or type_ in _CONTAINERS:
        if len(element) != 1:
            raise BodyError(f"{len(element)} elements in a {type_}")
        inner = element[0]
        if type_ == "struct":
            return StructValue(str(inner.tag), _fields(inner, back, depth))
        return _container(inner, type_, back, depth)
    if not len(element):
        return _text(element, back)
    return StructValue("", _fields(element, back, depth))


def _container(element: _Element, type_: str, back: _Restore, depth: int) -> Value:
    if element.tag != type_:
        raise BodyError(f"a {element.tag!r} where a {type_} should be")
    if depth > MAX_DEPTH:
        raise BodyError(f"nested deeper than {MAX_DEPTH}")
    said = _annotations(element, back)
    size = said.get("size")
    if type_ != "map":
        item = said.get("type", "")
        return ListValue(item, _items(element[:], item, back, depth), size, type_)
    if len(element) % 2:
        raise BodyError("a map with a key that has no value")
    key, item = said.get("key", ""), said.get("value", "")
    keys = _items(element[::2], key, back, depth)
    values = _items(element[1::2], item, back, depth)
    return MapValue(key, item, list(zip(keys, values, strict=True)), size)


def _items(elements: Sequence[_Element], type_: str, back: _Restore, depth: int) -> list[Value]:
    if type_ in SCALARS:
        if back is not None or any(map(len, elements)):
            return [_text(each, back) for each in elements]
        return [each.text or "" for each in elements]
    if type_ == "struct":
        return [StructValue(str(each.tag), _fields(each, back, depth)) for each in elements]
    if type_ in _CONTAINERS:
        return [_container(each, type_, back, depth + 1) for each in elements]
    if elements:
        raise BodyError(f"elements of an unknown type {type_[:40]!r}")
    return []


def encode_tree(tree: Tree, *, verbatim: bool = False) -> bytes:
    """The message's bytes; what `decode_tree` read from a peer that writes as it should comes out as it came in.

    Characters that XML cannot carry are replaced, or with `verbatim` sent as the originals send them. Raises
    `EncodeError` for an annotation that would be an attribute twice.
    """
    scalar = _raw_scalar if verbatim else _scalar
    out = [f"<{tree.name}{_written(tree.attributes)}>"]
    for each in tree.fields:
        _write_node(out, each, scalar)
    out.append(f"</{tree.name}>")
    return "".join(out).encode()


_Scalar: TypeAlias = Callable[[str, str], str]


def _scalar(text: str, type_: str) -> str:
    return cdata(text) if type_ == "xml" else escape(text)


def _raw_scalar(text: str, type_: str) -> str:
    return f"<![CDATA[{text}]]>" if type_ == "xml" else escape_markup(text)


def _written(attributes: Mapping[str, str]) -> str:
    return "".join([f' {name}="{escape_attribute(text)}"' for name, text in attributes.items()])


def _write_node(out: list[str], node: Node, scalar: _Scalar) -> None:
    type_ = f' type="{escape_attribute(node.type)}"' if node.type else ""
    identifier = f' identifier="{escape_attribute(node.identifier)}"' if node.identifier else ""
    annotations = _annotated(node) if node.annotations else ""
    out.append(f"<{node.name}{type_}{identifier}{annotations}>")
    if isinstance(node.value, str):
        out.append(scalar(node.value, node.type))
    else:
        _write(out, node.value, scalar)
    out.append(f"</{node.name}>")


def _annotated(node: Node) -> str:
    if taken := node.annotations.keys() & TAKEN:
        raise EncodeError(f"no annotation can be called {min(taken)!r}", node.name)
    return _written(node.annotations)


def _write(out: list[str], value: StructValue | ListValue | MapValue, scalar: _Scalar) -> None:
    if isinstance(value, StructValue):
        out.append(f"<{value.name}>" if value.name else "")
        for each in value.fields:
            _write_node(out, each, scalar)
        out.append(f"</{value.name}>" if value.name else "")
    elif isinstance(value, ListValue):
        out.append(f'<{value.kind} type="{escape_attribute(value.element)}" size="{len(value.items)}">')
        for item in value.items:
            _write_item(out, item, value.element, scalar)
        out.append(f"</{value.kind}>")
    else:
        key, element = escape_attribute(value.key), escape_attribute(value.element)
        out.append(f'<map key="{key}" value="{element}" size="{len(value.items)}">')
        for pair in value.items:
            _write_item(out, pair[0], value.key, scalar)
            _write_item(out, pair[1], value.element, scalar)
        out.append("</map>")


def _write_item(out: list[str], item: Value, type_: str, scalar: _Scalar) -> None:
    if isinstance(item, str):
        out.append(f"<element>{scalar(item, type_)}</element>")
    else:
        _write(out, item, scalar)
