"""What all pages have in common: the frame around them, and the headers that keep strangers out of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.web.answers import tagged
from satark.analytics.web.route import Answer, Handler, Parameter, Role, Route

TEMPLATES = Path(__file__).parent / "templates"
HTML = "text/html; charset=utf-8"
BASE = "/console"

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
"""Scripts and styles are files of our own; nothing inline is run, so a name that is HTML stays a name."""

_PAGE = Answer(200, "The page.", {"type": "string"}, HTML)
_MISSING = Answer(404, "A page that says that there is no such thing.", {"type": "string"}, HTML)
_AWAY = Answer(503, "A page that says that the store does not answer.", {"type": "string"}, HTML)
_SAME = Answer(304, "The caller has it already (If-None-Match).")


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the navigation: its path below the base, its title, and the key that leads to it (after `g`)."""

    path: str
    title: str
    key: str


SECTIONS = (
    Section("", "Links", "l"),
    Section("incidents", "Incidents", "i"),
    Section("objects", "Objects", "o"),
    Section("logs", "Logs & queries", "q"),
    Section("pipeline", "Pipeline", "p"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A page as values: its template, what the browser's tab says, its section, its module, and what the template shows.

    `data` is for the module: anything that msgspec can write as JSON.
    """

    template: str
    title: str
    section: str
    module: str
    values: Mapping[str, Any]
    data: Any = None
    status: int = 200


def page_route(
    path: str, handler: Handler, summary: str, *, parameters: tuple[Parameter, ...] = (), description: str = ""
) -> Route:
    """Return the route of a page below the base."""
    return Route(
        method="GET",
        path=f"{BASE}/{path}" if path else BASE,
        handler=handler,
        summary=summary,
        description=description,
        answers=(_PAGE, _SAME, *((_MISSING, _AWAY) if "{" in path else ())),
        parameters=parameters,
        tag="console",
    )


def respond(request: Request, view: View) -> Response:
    """Return a page as the answer to a request."""
    return tagged(request, render(view, path_of(request)), media_type=HTML, status=view.status, headers=HEADERS)


def operates(request: Request) -> bool:
    """Return whether who asks may change something: acknowledge, silence, ask a daemon."""
    return bool(request.state.caller.role >= Role.OPERATE)


def path_of(request: Request) -> str:
    """Return the path as the browser has it: what is escaped in it, such as a `/` in a name, makes no folder there."""
    raw: bytes = request.scope["raw_path"]
    return raw.decode("ascii", "replace")


def render(view: View, path: str) -> bytes:
    """Return a page as HTML; links in it are relative to `path`, so that a proxy may put it below any other."""
    frame = {
        "title": view.title,
        "section": view.section,
        "sections": SECTIONS,
        "module": view.module,
        "root": root_of(path),
        "data": embedded(view.data),
    }
    return _engine().get_template(view.template).render({**view.values, **frame}).encode()


def root_of(path: str) -> str:
    """Return the way from a page to the server's root: `../` for each folder that the page is in, `./` for none."""
    return "../" * (path.count("/") - 1) or "./"


def embedded(data: Any) -> Markup:
    """Return data as JSON that can stand in a script element: no text in it can end that (HTML, 4.12.1.3)."""
    text = msgspec.json.encode(data).decode()
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704 - escaped here


@cache
def _engine() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
