"""Pages of objects: the types and their objects, and one object beside each generator's share."""

from typing import Any

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.console.missing import missing
from satark.analytics.console.shell import View, operates, page_route, respond
from satark.analytics.uves.browsing import Browser, TypesTold
from satark.analytics.web.route import Parameter, Route
from satark.uve.tables import api_type, raw_table

SECTION = "objects"
GENERATOR = "generator"
"""The type whose objects are daemons, which can be asked."""

_NAME = {"type": "string", "minLength": 1, "maxLength": 2048}
TABLE = Parameter("table", "A type, for example vrouter, or a raw table's name.", _NAME, "path", required=True)
NAME = Parameter("name", "The object's name.", _NAME, "path", required=True)


class Shown(Struct, frozen=True, kw_only=True):
    """What the page of an object begins with. `generator`: it is a daemon, and can be asked."""

    type: str
    table: str
    name: str
    generator: bool
    may_operate: bool


def routes(browser: Browser) -> tuple[Route, ...]:
    """Return the routes of the pages."""

    async def several(request: Request) -> Response:
        return respond(request, list_view(browser.types()))

    async def one(request: Request) -> Response:
        raw, name = raw_table(request.path_params["table"]), request.path_params["name"]
        if browser.mirror.ready and browser.held(raw, name) is None:
            return missing(request, SECTION, "object")
        return respond(request, view(raw, name, may_operate=operates(request)))

    return (
        page_route("objects", several, "Types of objects, and the objects of a type."),
        page_route("objects/{table}/{name:path}", one, "One object.", parameters=(TABLE, NAME)),
    )


def list_view(types: TypesTold) -> View:
    """Return the page of types and objects."""
    values: dict[str, Any] = {
        "types": types.types,
        "objects": sum(each.objects for each in types.types),
        "alarmed": sum(each.alarmed for each in types.types),
        "incomplete": types.incomplete,
    }
    return View(
        template="objects.html.j2", title="Objects", section=SECTION, module="objects", values=values, data=types
    )


def view(raw: str, name: str, *, may_operate: bool) -> View:
    """Return the page of one object."""
    type_ = api_type(raw)
    shown = Shown(type=type_, table=raw, name=name, generator=type_ == GENERATOR, may_operate=may_operate)
    values = {"type": type_, "name": name, "generator": shown.generator}
    return View(template="object.html.j2", title=name, section=SECTION, module="object", values=values, data=shown)
