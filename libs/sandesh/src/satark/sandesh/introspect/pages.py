"""The pages for people: the frame of all of them, modules with their requests as forms, mistakes (clause 5.4). Pure.

Everything that is not ours is escaped. No page needs a script, and none says anything twice that a caller sent once.
"""

from collections.abc import Collection, Iterable, Mapping
from html import escape
from http import HTTPStatus

from satark.sandesh.introspect.modules import Module, doc_of
from satark.sandesh.types import Base, EnumOf, Field, Message, StructOf, Type

HOME = ("/", "Overview")
STYLE = "/css/style.css"
_NONE: Mapping[str, str] = {}
_NUMBERS = frozenset(("byte", "i16", "i32", "i64", "u16", "u32", "u64"))


def page(title: str, body: str, *, trail: Iterable[tuple[str, str]] = (HOME,)) -> str:
    """An HTML page; `body` is trusted. `trail` are the links above it: where they lead, and their texts."""
    links = "".join(f'<a href="{escape(where)}">{escape(text)}</a>' for where, text in trail)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="{STYLE}"></head><body><nav>{links}</nav><main>{body}</main></body></html>\n'
    )


def module_page(module: Module, answered: Collection[str]) -> str:
    """The requests of a module, each with what it is for and a form; `answered` are those that have a handler."""
    names = "".join(
        f'<li><a href="#{each.__sandesh__.name}">{each.__sandesh__.name}</a></li>' for each in module.requests
    )
    contents = f'<ul class="names">{names}</ul>' if len(module.requests) > 1 else ""
    cards = "".join(_card(each, is_answered=each.__sandesh__.name in answered) for each in module.requests)
    heading = f"Module {module.name}"
    return page(heading, f"<h1>{escape(heading)}</h1>{_prose(module.doc)}{contents}{cards}")


def _card(request: type[Message], *, is_answered: bool) -> str:
    name = request.__sandesh__.name
    missing = "" if is_answered else '<p class="problem">This program has no handler for it.</p>'
    return (
        f'<section class="card" id="{name}"><h2>{name}</h2>{_prose(doc_of(request))}{missing}'
        f"{form(request, is_answered=is_answered)}</section>"
    )


def form(request: type[Message], values: Mapping[str, str] = _NONE, *, is_answered: bool = True) -> str:
    """The form that sends a request, with what was given before."""
    layout = request.__sandesh__
    inputs = "".join(_input(each, values.get(each.name, "")) for each in layout.fields if each.constant is None)
    state = "" if is_answered else " disabled"
    return f'<form method="get" action="/Snh_{layout.name}">{inputs}<button type="submit"{state}>Send</button></form>'


def _input(field: Field, value: str) -> str:
    mark = ", optional" if field.optional else ""
    label = f"<span>{field.name} <small>{type_name(field.type)}{mark}</small></span>"
    name = f'name="{field.name}"'
    if not isinstance(field.type, Base | EnumOf):
        return f"<label>{label}<em>cannot be given in a URL</em></label>"
    if isinstance(field.type, EnumOf):
        members = {str(each.value): each.name for each in field.type.resolve()}
        return f"<label>{label}{_choice(name, members, value)}</label>"
    if field.type.name == "bool":
        known = {"1": "true", "0": "false"}.get(value, value.lower())
        return f"<label>{label}{_choice(name, {'true': 'true', 'false': 'false'}, known)}</label>"
    mode = ' inputmode="numeric"' if field.type.name in _NUMBERS else ""
    return f'<label>{label}<input {name} value="{escape(value)}"{mode} autocomplete="off" spellcheck="false"></label>'


def _choice(name: str, options: Mapping[str, str], chosen: str) -> str:
    texts = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(text)}</option>'
        for value, text in options.items()
    )
    return f'<select {name}><option value=""></option>{texts}</select>'


def type_name(type_: Type) -> str:
    """A type as the definition language writes it."""
    match type_:
        case Base(name):
            return "ct_uuid_t" if name == "uuid_t" else name
        case EnumOf(name) | StructOf(name):
            return name
    return type(type_).__name__.removesuffix("Of").lower()


def answer_page(
    request: type[Message], module: str, shown: str, values: Mapping[str, str], commands: Iterable[str]
) -> str:
    """An answer: its trusted HTML, the form to ask again, and how a program asks the same."""
    name = request.__sandesh__.name
    described = escape(doc_of(request).partition("\n")[0])
    lines = "\n".join(escape(each) for each in commands)
    body = (
        f'<h1>{name}</h1><p>{described} <a href="/{escape(module)}.xml#{name}">Its description</a></p>'
        f"{form(request, values)}{shown}<details><summary>The same for a program</summary><pre>{lines}</pre></details>"
    )
    return page(name, body, trail=(HOME, (f"/{module}.xml", module)))


def error_page(status: int, problem: str) -> str:
    """A page that says what is wrong."""
    title = f"{status} {HTTPStatus(status).phrase}"
    return page(title, f'<h1>{title}</h1><p class="problem">{escape(problem)}</p>')


def _prose(doc: str) -> str:
    return "".join(f"<p>{escape(each)}</p>" for each in doc.split("\n\n") if each)
