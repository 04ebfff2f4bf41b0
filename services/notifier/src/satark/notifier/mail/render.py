"""From what is to be said to the three texts of a mail: subject, plain text and HTML, by Jinja2 templates.

A part that a template of the user's cannot write is written by the built-in one, with a notice in its footer: a mail is
never lost to a template, and neither is what it is about.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import escape

from satark.notifier.mail.headers import clean
from satark.notifier.mail.packs import SUFFIX, TEMPLATES, Broken, BrokenTemplateError, Pack
from satark.notifier.mail.sandbox import OPTIONS
from satark.notifier.mail.view import AnyView, HeartbeatView, View

SUBJECT_CHARS = 78
"""What mail clients show of a subject before they cut it."""
MAX_SUBJECT_CHARS = 320
MAX_NOTICES = 3
PARTS = SUBJECT, TEXT, HTML = "subject", "txt", "html"

Write = Callable[[str, Mapping[str, Any]], str]
"""Writes what a template says of some values."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The texts of one mail, and which templates of the user's could not be used for it."""

    subject: str
    text: str
    html: str
    broken: tuple[Broken, ...] = field(default=())


@cache
def environment(folder: Path = TEMPLATES) -> Environment:
    """Return the engine of the built-in templates: HTML is escaped, a name that is not there is an error."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        **OPTIONS,
    )


def render(view: AnyView, *, subject_prefix: str = "", pack: Pack | None = None) -> Rendered:
    """Return the texts of a mail, by the templates of the user's as far as they can be used."""
    broken = () if pack is None else pack.unreadable
    if pack is not None and pack.texts:
        tried = [_own(pack, part, view, subject_prefix, ()) for part in PARTS]
        broken += tuple(each for each in tried if isinstance(each, Broken))
    notices = tuple(f"A template of yours could not be used: {each}" for each in dict.fromkeys(broken[:MAX_NOTICES]))
    texts = {}
    for part in PARTS:
        own = _own(pack, part, view, subject_prefix, notices) if pack is not None and pack.texts else None
        texts[part] = own if isinstance(own, str) else _part(_builtin, part, view, subject_prefix, notices)
    return Rendered(texts[SUBJECT], texts[TEXT], texts[HTML], tuple(dict.fromkeys(broken)))


def _own(pack: Pack, part: str, view: AnyView, prefix: str, notices: Sequence[str]) -> str | Broken:
    """Return a part of a mail by the user's templates, or why it cannot be."""

    def write(name: str, values: Mapping[str, Any]) -> str:
        text = pack.write(name, values)
        if part == SUBJECT and len(text.strip().splitlines()) > 1:
            raise BrokenTemplateError(Broken(name, 0, "a subject is one line, this one is several"))
        return text

    try:
        text = _part(write, part, view, prefix, notices)
    except BrokenTemplateError as error:
        return error.broken
    if _tells(view, text, escapes=part == HTML):
        return text
    return Broken(_name(part, view), 0, "it does not say what it is about: view.place and view.incident are missing")


def _tells(view: AnyView, text: str, *, escapes: bool) -> bool:
    """Return whether a text says what it is about: the names of the place, or the id. A file may be half written, or empty."""
    if isinstance(view, HeartbeatView):
        return bool(text.strip())
    names = [view.place.split(" / "), [view.incident if isinstance(view, View) else view.id]]
    said = text.casefold()
    return any(all((str(escape(n)) if escapes else n).casefold() in said for n in each) for each in names)


def _part(write: Write, part: str, view: AnyView, prefix: str, notices: Sequence[str]) -> str:
    """Return a part of a mail. A subject is written with each wording of what is wrong, and the fullest that fits is taken."""
    name, values = _name(part, view), {"view": view, "notices": notices}
    if part != SUBJECT:
        return write(name, values)
    gists = [values | {"gist": gist} for gist in view.gists]
    lines = [clean(f"{prefix} {write(name, each)}", MAX_SUBJECT_CHARS) for each in gists]
    return next((line for line in lines if len(line) <= SUBJECT_CHARS), lines[-1])


def _builtin(name: str, values: Mapping[str, Any]) -> str:
    return environment().get_template(name).render(values)


def _name(part: str, view: AnyView) -> str:
    return f"{view.state}.{part}{SUFFIX}"
