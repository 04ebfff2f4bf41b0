"""Parts that several sections of a mapping file have: requests, rows, expressions, templates. Pure.

What is wrong is noted in the table's list of mistakes; what stands in for it is never used.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

from satark.poller.mapped.document import Node, Table
from satark.poller.mapped.expressions import Expression, expression
from satark.poller.mapped.model import MAX_PAGES, Paging, Query, Rows
from satark.poller.mapped.templates import Template, template
from satark.poller.mapped.times import NAMED

VERBS = ("GET", "POST")
REQUEST = ("verb", "path", "query", "json", "form", "times", "paging")
TIMES = frozenset({"start", "end", *(f"{edge}_{form}" for edge in ("start", "end") for form in NAMED)})
PAGING = ("kind", "parameter", "in", "next", "more", "size", "first", "most")
NO_HEADER = "a header holds one line of ASCII"

_NOTHING = Template("")

T = TypeVar("T")


def expression_at(table: Table, key: str) -> Expression | None:
    """Return a compiled expression; None where it is not given or wrong."""
    text = table.text(key)
    if not text:
        return None
    try:
        return expression(text)
    except ValueError as error:
        table.wrong(str(error), key)
        return None


def needed_expression(table: Table, key: str) -> Expression:
    """Return a compiled expression that must be given."""
    if key not in table:
        table.wrong("is missing", key)
    return expression_at(table, key) or expression("@")


def time_form(table: Table, key: str, default: str) -> str:
    """Return the form of a time: ms, s, iso, or a pattern that `strptime` and `strftime` understand."""
    form = table.text(key, default)
    if form in NAMED:
        return form
    try:
        now = datetime(2026, 3, 10, 11, 5, tzinfo=UTC)
        is_pattern = "%" in form and datetime.strptime(now.strftime(form), form) is not None  # noqa: DTZ007 - only tried
    except ValueError:
        is_pattern = False
    if not is_pattern:
        table.wrong(f"expected {', '.join(NAMED)}, or a pattern like %Y-%m-%d %H:%M:%S", key)
        return default
    return form


def query(table: Table, key: str, name: str, allowed: Iterable[str]) -> Query:
    """Return a request that must be given, with the places that it may have."""
    inner = table.table(key, REQUEST)
    if inner is None:
        table.wrong("is missing", key)
        return Query(name, "GET", _NOTHING)
    names = frozenset(allowed)
    json = inner.node("json")
    form = _pairs(inner, "form", names)
    if json is not None and form:
        inner.wrong("json and form exclude each other", "form")
    text = inner.text("path", None)
    if "path" in inner and (not text.startswith("/") or text.startswith("//")):
        inner.wrong("expected a path that begins with one /", "path")
    return Query(
        name=name,
        verb=inner.choice("verb", VERBS, "POST" if json is not None or form else "GET"),
        path=_template(inner, "path", names, text=text),
        parameters=_pairs(inner, "query", names),
        json=_tree(inner, json, names) if json is not None else None,
        form=form,
        times=time_form(inner, "times", "ms"),
        paging=_paging(inner, has_json=json is not None),
    )


def rows(table: Table, fields: Iterable[str], needed: Iterable[str], words: str = "states") -> Rows:
    """Return where the rows are and what they hold."""
    names = tuple(fields)
    inner = table.table("fields", names)
    found: dict[str, Expression] = {}
    if inner is None:
        table.wrong("is missing", "fields")
    else:
        found = {name: one for name in names if (one := expression_at(inner, name)) is not None}
        for name in needed:
            if name not in inner:
                inner.wrong("is missing", name)
    translated = {word: _plain(table, node) for word, node in table.items(words)}
    return Rows(needed_expression(table, "rows"), found, translated)


def listed(table: Table, key: str, kind: type[T], what: str) -> list[T]:
    """Return the members of a list, all of one type."""
    found: list[T] = []
    for node in table.rows(key):
        if isinstance(node.value, kind) and not isinstance(node.value, bool):
            found.append(node.value)
        else:
            table.mistakes.append(f"line {node.line}: {node.path}: expected {what}")
    return found


def header_text(table: Table, key: str) -> str:
    """Return what becomes a part of a header."""
    text = table.text(key)
    if not _fits_header(text):
        table.wrong(NO_HEADER, key)
    return text


def header_texts(table: Table, key: str) -> tuple[tuple[str, str], ...]:
    """Return a table of headers."""
    found = tuple((name, _plain(table, node)) for name, node in table.items(key))
    for name, text in found:
        if not (_fits_header(name) and _fits_header(text)):
            table.wrong(f"{name}: {NO_HEADER}", key)
    return found


def headers(table: Table, key: str, allowed: Iterable[str]) -> tuple[tuple[str, Template], ...]:
    """Return a table of headers whose values are templates."""
    found = _pairs(table, key, frozenset(allowed))
    for name, text in found:
        if not (_fits_header(name) and _fits_header(text.text)):
            table.wrong(f"{name}: {NO_HEADER}", key)
    return found


def _fits_header(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _paging(table: Table, *, has_json: bool) -> Paging | None:
    inner = table.table("paging", PAGING)
    if inner is None:
        return None
    kind = inner.choice("kind", ("token", "offset", "page"))
    in_body = inner.choice("in", ("query", "body"), "query") == "body"
    if in_body and not has_json:
        inner.wrong("there is no json to put it into", "in")
    if kind != "token" and "size" not in inner:
        inner.wrong("is missing: how many rows a full page has", "size")
    return Paging(
        kind=kind,
        parameter=inner.text("parameter", None),
        in_body=in_body,
        token=needed_expression(inner, "next") if kind == "token" else None,
        more=expression_at(inner, "more"),
        size=inner.whole("size", 1),
        first=inner.whole("first", 1 if kind == "page" else 0, low=0),
        most=inner.whole("most", MAX_PAGES, high=MAX_PAGES),
    )


def _pairs(table: Table, key: str, allowed: frozenset[str]) -> tuple[tuple[str, Template], ...]:
    return tuple((name, _filled_in(table, node, allowed)) for name, node in table.items(key))


def _filled_in(table: Table, node: Node, allowed: frozenset[str]) -> Template:
    if isinstance(node.value, dict | list | None):
        table.mistakes.append(f"line {node.line}: {node.path}: expected a text")
        return _NOTHING
    text = str(node.value).lower() if isinstance(node.value, bool) else str(node.value)
    return _checked(table, node, text, allowed)


def _template(table: Table, key: str, allowed: frozenset[str], *, text: str) -> Template:
    node = table.node(key)
    return _checked(table, node, text, allowed) if node is not None else _NOTHING


def _tree(table: Table, node: Node, allowed: frozenset[str]) -> Any:
    if isinstance(node.value, dict):
        return {name: _tree(table, item, allowed) for name, item in node.value.items()}
    if isinstance(node.value, list):
        return [_tree(table, item, allowed) for item in node.value]
    return _checked(table, node, node.value, allowed) if isinstance(node.value, str) else node.value


def _checked(table: Table, node: Node, text: str, allowed: frozenset[str]) -> Template:
    try:
        made = template(text)
    except ValueError as error:
        table.mistakes.append(f"line {node.line}: {node.path}: {error}")
        return _NOTHING
    for name in sorted(made.names - allowed):
        there = ", ".join(f"{{{one}}}" for one in sorted(allowed)) or "none"
        table.mistakes.append(f"line {node.line}: {node.path}: {{{name}}} is not known here; there are: {there}")
    return made


def _plain(table: Table, node: Node) -> str:
    if not isinstance(node.value, str | int | float) or isinstance(node.value, bool):
        table.mistakes.append(
            f"line {node.line}: {node.path}: expected a text (in quotes, where it looks like something else)"
        )
        return ""
    return str(node.value)
