"""The documentation of a program: one page for each purpose, and an index over several programs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from satark.sandesh.compiler.html.entries import constants_table, described, enum_entry, message_entry, struct_entry
from satark.sandesh.compiler.html.markup import Element, Node, document, element
from satark.sandesh.compiler.html.types import address, anchor, shown_type, used_types
from satark.sandesh.compiler.severity import SEVERITIES, severity_of
from satark.sandesh.idl import model
from satark.sandesh.idl.ast import Kind
from satark.sandesh.idl.model import Bundle, Unit

STYLESHEET = "sandesh.css"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of messages: its file is `<module>_<name>.html`."""

    name: str
    title: str
    kinds: tuple[Kind, ...]


PAGES = (
    Page("logs", "Logs", (Kind.SYSTEMLOG, Kind.OBJECTLOG, Kind.FLOWLOG, Kind.SESSIONLOG)),
    Page("uves", "UVEs and alarms", (Kind.UVE, Kind.DYNAMICUVE, Kind.ALARM)),
    Page("traces", "Traces", (Kind.TRACE, Kind.TRACEOBJECT)),
    Page("introspect", "Requests and responses", (Kind.REQUEST, Kind.RESPONSE, Kind.BUFFER)),
)
_TITLES = {"invalid": "Without severity"}


def pages(unit: Unit) -> dict[str, str]:
    """The pages of one program; those without anything on them are left out."""
    shown = {f"{unit.module}_index.html": _index(unit)}
    for page in PAGES:
        messages = _of(unit, page)
        if messages:
            shown[f"{unit.module}_{page.name}.html"] = _page(
                unit, page.title, page.name, _sections(page, messages, unit)
            )
    if _has_types(unit):
        shown[f"{unit.module}_types.html"] = _page(unit, "Types", "types", _types(unit))
    return shown


def overview(bundles: Sequence[Bundle]) -> str:
    """The index over several programs."""
    rows = [
        element(
            "tr",
            element("td", element("a", unit.module, href=address(unit, "index"))),
            [element("td", str(len(_of(unit, page)) or ""), class_="number") for page in PAGES],
            element("td", element("p", unit.doc) if unit.doc else ""),
        )
        for unit in sorted({bundle.main for bundle in bundles}, key=lambda unit: unit.module)
    ]
    heads = ["program", *(page.title.lower() for page in PAGES), ""]
    table = element(
        "table", element("thead", element("tr", [element("th", each) for each in heads])), element("tbody", rows)
    )
    body = [
        element("header", element("h1", "Sandesh messages")),
        element("main", element("div", table, class_="scroll")),
    ]
    return document(title="Sandesh messages", stylesheet=STYLESHEET, body=body)


def _of(unit: Unit, page: Page) -> list[model.Message]:
    return [each for each in unit.messages if each.kind in page.kinds]


def _has_types(unit: Unit) -> bool:
    return bool(used_types(unit) or unit.constants or unit.typedefs)


def _page(unit: Unit, title: str, name: str, main: Iterable[Node]) -> str:
    header = element(
        "header", element("h1", f"{unit.module}: {title}" if name != "index" else unit.module), _navigation(unit, name)
    )
    footer = element("footer", f"Written by sandesh from {unit.module}.sandesh.")
    return document(
        title=f"{unit.module}: {title}", stylesheet=STYLESHEET, body=[header, element("main", list(main)), footer]
    )


def _navigation(unit: Unit, current: str) -> Element:
    entries = [("index", "Overview"), *((page.name, page.title) for page in PAGES if _of(unit, page))]
    if _has_types(unit):
        entries.append(("types", "Types"))
    links = [
        element("a", title, href=address(unit, name), aria_current="page" if name == current else None)
        for name, title in entries
    ]
    return element("nav", links, aria_label="Pages")


def _index(unit: Unit) -> str:
    parts: list[Node] = [element("p", unit.doc)] if unit.doc else []
    for page in PAGES:
        for kind in page.kinds:
            messages = sorted((each for each in unit.messages if each.kind is kind), key=lambda each: each.name)
            if messages:
                parts.append(_heading(kind, len(messages)))
                parts.append(_summaries(messages, page, unit))
    types = used_types(unit)
    if types:
        parts.append(_heading("types", len(types)))
        parts.append(_links({anchor(each, unit): address(unit, "types", anchor(each, unit)) for each in types}))
    return _page(unit, "Overview", "index", parts)


def _summaries(messages: Iterable[model.Message], page: Page, unit: Unit) -> Element:
    """Messages with the first line that is said of each."""
    rows = [
        element(
            "tr",
            element("td", element("a", each.name, href=address(unit, page.name, f"Snh_{each.name}"))),
            element("td", described(each).partition("\n")[0]),
        )
        for each in messages
    ]
    return element("table", element("tbody", rows), class_="summaries")


def _links(links: Mapping[str, str]) -> Element:
    return element(
        "ul", [element("li", element("a", name, href=target)) for name, target in links.items()], class_="names"
    )


def _heading(text: str, count: int, *, fragment: str | None = None) -> Element:
    return element("h2", text, " ", element("span", str(count), class_="tag"), id=fragment)


def _sections(page: Page, messages: Sequence[model.Message], unit: Unit) -> Iterable[Node]:
    """Logs by severity, everything else by kind."""
    if page.name == "logs":
        for severity in SEVERITIES:
            found = [each for each in messages if severity_of(each) == severity]
            yield from _section(_TITLES.get(severity, severity.upper()), severity, found, unit)
        return
    for kind in page.kinds:
        yield from _section(kind, kind, [each for each in messages if each.kind is kind], unit)


def _section(title: str, fragment: str, messages: Sequence[model.Message], unit: Unit) -> Iterable[Node]:
    if messages:
        yield _heading(title, len(messages), fragment=fragment)
        yield from (message_entry(each, unit) for each in messages)


def _types(unit: Unit) -> Iterable[Node]:
    if unit.constants:
        yield _heading("constants", len(unit.constants))
        yield constants_table(unit.constants, unit)
    if unit.typedefs:
        yield _heading("typedefs", len(unit.typedefs))
        pairs = [(each.name, shown_type(each.type, unit)) for each in unit.typedefs]
        yield element("dl", [part for name, type_ in pairs for part in (element("dt", name), element("dd", type_))])
    used = used_types(unit)
    enums = [each for each in used if isinstance(each, model.Enumeration)]
    structs = [each for each in used if isinstance(each, model.Struct)]
    if enums:
        yield _heading("enums", len(enums))
        yield from (enum_entry(each, unit) for each in enums)
    if structs:
        yield _heading("structs", len(structs))
        yield from (struct_entry(each, unit) for each in structs)
