"""Objects over HTTP as a person browses them: types, names, and one object beside each generator's share.

`/analytics/uves` has the same in Contrail's shapes.
"""

import asyncio
from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.routes.reads import incomplete
from satark.analytics.routes.v1 import asked
from satark.analytics.uves.browsing import Browser, ObjectPage, TypesTold, holding
from satark.analytics.uves.objects import encoded
from satark.analytics.uves.sharing import ObjectTold, told_of
from satark.analytics.web import cursors
from satark.analytics.web.answers import answer, tagged
from satark.analytics.web.problem import Problem
from satark.analytics.web.route import Answer, Parameter, Route
from satark.uve.tables import api_type, raw_table

JSON = "application/json"
_NAME = {"type": "string", "minLength": 1, "maxLength": 2048}
TABLE = Parameter("table", "A type, for example vrouter, or a raw table's name.", _NAME, "path", required=True)
NAME = Parameter("name", "The object's name.", _NAME, "path", required=True)
TEXT = Parameter("text", "Only objects whose name holds this text, in any case.", {"type": "string", "maxLength": 1024})
ALARMED = Parameter("alarmed", "true: only objects that have alarms.", {"type": "boolean", "default": False})


def routes(browser: Browser) -> tuple[Route, ...]:
    """Return the routes."""
    handlers = _Handlers(browser)
    return (
        Route(
            method="GET",
            path="/v1/objects",
            handler=handlers.types,
            summary="Types of which there are objects: how many, and how many have alarms.",
            answers=asked.answers("The types by name.", TypesTold),
        ),
        Route(
            method="GET",
            path="/v1/objects/{table}",
            handler=handlers.names,
            summary="Objects of a type by name, with their alarms.",
            answers=(
                *asked.answers("A page of objects; `next` is the cursor of the page behind it.", ObjectPage),
                Answer(404, "There is no such type."),
            ),
            parameters=(TABLE, TEXT, ALARMED, cursors.limit(200), cursors.CURSOR),
        ),
        Route(
            method="GET",
            path="/v1/objects/{table}/{name:path}",
            handler=handlers.one,
            summary="One object: what its generators come to, and what each says.",
            answers=(*asked.answers("The object.", ObjectTold), Answer(404, "Nobody says anything of it.")),
            parameters=(TABLE, NAME),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Handlers:
    browser: Browser

    async def types(self, request: Request) -> Response:
        return answer(request, self.browser.types())

    async def names(self, request: Request) -> Response:
        given, browser = asked.values(request), self.browser
        raw = raw_table(given["table"])
        if not browser.is_known(raw):
            raise Problem(404, "not_found", f"there is no type of objects {given['table'][:256]!r}")
        after = cursors.opened(given, tuple[str]) or ("",)
        chosen = browser.names(raw, alarmed=given["alarmed"])
        found = await asyncio.to_thread(holding, chosen, given["text"] or "")
        rows = browser.rows(raw, found, after=after[0], limit=given["limit"])
        is_last = not rows or rows[-1].name == found[-1]
        page = ObjectPage(
            type=api_type(raw),
            table=raw,
            objects=len(browser.names(raw)),
            found=len(found),
            rows=rows,
            next=None if is_last else cursors.seal(given, (rows[-1].name,)),
        )
        return answer(request, page, headers=incomplete(browser.mirror))

    async def one(self, request: Request) -> Response:
        given, browser = asked.values(request), self.browser
        raw, name = raw_table(given["table"]), given["name"]
        held = browser.held(raw, name)
        if held is None:
            raise _missing(browser, given["table"], name)
        alarms = browser.alarms(raw, name)
        found = await asyncio.to_thread(told_of, raw, name, held, alarms, browser.tokens)
        # Sums may have more than 64 bits.
        content = encoded(msgspec.to_builtins(found))
        return tagged(request, content, media_type=JSON, headers=incomplete(browser.mirror))


def _missing(browser: Browser, table: str, name: str) -> Problem:
    if browser.mirror.ready:
        return Problem(404, "not_found", f"nobody says anything of {table[:64]} {name[:256]!r}")
    return Problem(503, "incomplete", browser.mirror.reading, headers={"Retry-After": "5"})
