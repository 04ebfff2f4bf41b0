"""One message, struct, enum or constant on a page."""

from collections.abc import Iterable

from satark.sandesh.compiler.html.forms import request_form
from satark.sandesh.compiler.html.markup import Element, Node, element
from satark.sandesh.compiler.html.types import anchor, shown_type, shown_value
from satark.sandesh.compiler.severity import severity_of
from satark.sandesh.idl import doctext, model
from satark.sandesh.idl.ast import Kind
from satark.sandesh.idl.model import Unit

_FACTS = {"type": "Type", "object": "Object", "cause": "Cause", "action": "Action", "cli_name": "Command"}
_LOGS = {Kind.SYSTEMLOG, Kind.OBJECTLOG, Kind.FLOWLOG, Kind.SESSIONLOG}


def described(each: model.Message) -> str:
    """What is said of a message, or of its data."""
    return each.tags.get("description") or (each.data.tags.get("description", "") if each.data else "")


def message_entry(each: model.Message, main: Unit) -> Element:
    """A message with its fields; a UVE with those of its data, a request with a form."""
    title: list[Node | None] = [_tag(each.kind)]
    if each.kind in _LOGS:
        severity = severity_of(each)
        title.append(
            element("span", severity.upper(), class_=f"tag severity {severity}") if severity != "invalid" else None
        )
    parts: list[Node | None] = [
        _said(described(each)),
        _facts(each),
        _sentence(each),
    ]
    if each.data is not None:
        parts.append(element("p", "Data: ", shown_type(each.fields[0].type, main), _statistics(each.data)))
        parts.append(fields_table(each.data.fields, main))
        rest = each.own_fields[1:]
        parts.append(fields_table(rest, main) if rest else None)
    else:
        parts.append(fields_table(each.own_fields, main))
    if each.kind is Kind.REQUEST:
        parts += request_form(each)
    return _entry(f"Snh_{each.name}", each.name, title, parts)


def struct_entry(each: model.Struct, main: Unit) -> Element:
    """A struct with its fields."""
    name = anchor(each, main)
    return _entry(name, name, [_tag(each.kind)], [_said(each.tags.get("description")), fields_table(each.fields, main)])


def enum_entry(each: model.Enumeration, main: Unit) -> Element:
    """An enum with its members."""
    name = anchor(each, main)
    rows = [
        element(
            "tr",
            element("td", str(m.value), class_="number"),
            element("td", element("code", m.name)),
            element("td", _said(m.doc)),
        )
        for m in each.members
    ]
    return _entry(name, name, [_tag("enum")], [_said(each.doc), _table(("value", "name", ""), rows)])


def constants_table(constants: Iterable[model.Constant], main: Unit) -> Element:
    """Constants with their types and values."""
    rows = [
        element(
            "tr",
            element("td", element("code", each.name), id=each.name),
            element("td", shown_type(each.type, main)),
            element("td", element("code", shown_value(each.value))),
            element("td", _said(each.doc)),
        )
        for each in constants
    ]
    return _table(("name", "type", "value", ""), rows)


def fields_table(fields: Iterable[model.Field], main: Unit) -> Node:
    """Fields with id, name, type, what is special about them, and what is said of them."""
    rows = [_field_row(each, main) for each in fields]
    return _table(("id", "field", "type", "", ""), rows) if rows else element("p", "No fields.", class_="soft")


def _field_row(field: model.Field, main: Unit) -> Element:
    special = [] if not field.optional else [_tag("optional")]
    if field.default is not None:
        special.append(_tag(f"= {shown_value(field.default)}"))
    special += [_tag(f'{name}="{value}"') for name, value in field.annotations.items()]
    shown = shown_type(field.type, main) if field.text is None else element("code", f'"{field.text}"')
    name = element("code", field.name) if field.text is None else element("span", "text", class_="soft")
    return element(
        "tr",
        element("td", str(field.id), class_="number"),
        element("td", name),
        element("td", shown),
        element("td", special),
        element("td", _said(doctext.tags(field.doc).get("description"))),
    )


def _sentence(each: model.Message) -> Node | None:
    """How a log with constant texts reads."""
    if not any(field.text is not None for field in each.fields):
        return None
    words: list[Node] = []
    for field in each.own_fields:
        words += [element("em", field.name) if field.text is None else field.text, " "]
    return element("pre", words[:-1])


def _facts(each: model.Message) -> Node | None:
    facts = [(label, each.tags[tag]) for tag, label in _FACTS.items() if each.tags.get(tag)]
    asked = each.kind in {Kind.REQUEST, Kind.RESPONSE, Kind.BUFFER}
    keys = (
        [] if asked else [f"{field.annotations['key'] or 'given at run time'} ({path})" for path, field in _keys(each)]
    )
    if keys:
        facts.append(("Kept under", ", ".join(keys)))
    if not facts:
        return None
    return element("dl", [part for label, text in facts for part in (element("dt", label), element("dd", text))])


def _keys(shape: model.Message | model.Struct, path: str = "") -> Iterable[tuple[str, model.Field]]:
    for field in shape.fields:
        if "key" in field.annotations:
            yield f"{path}{field.name}", field
        if isinstance(field.type, model.StructType):
            yield from _keys(field.type.struct, f"{path}{field.name}.")


def _statistics(data: model.Struct) -> str:
    tagged = [field.name for field in data.fields if "tags" in field.annotations]
    return f"; statistics are taken of {', '.join(tagged)}" if tagged else ""


def _entry(fragment: str, name: str, title: Iterable[Node | None], parts: Iterable[Node | None]) -> Element:
    shown = [each for each in title if each is not None]
    heading = element("h3", element("a", name, href=f"#{fragment}"), shown)
    return element("article", heading, [each for each in parts if each is not None], id=fragment, class_="entry")


def _table(heads: Iterable[str], rows: Iterable[Element]) -> Element:
    head = element("thead", element("tr", [element("th", each) for each in heads]))
    return element("div", element("table", head, element("tbody", list(rows))), class_="scroll")


def _tag(text: str) -> Element:
    return element("span", text, class_="tag")


def _said(text: str | None) -> Element | None:
    return element("p", text) if text else None
