"""The HTTP server of a generator (clause 5.4); a thin shell over parameters, rendering and pages.

Only GET and HEAD. A GET changes something where the originals' interface demands it, in the requests named
`...Set`, `...EnableDisableReq` and those of the application; so that no foreign web page can send them, requests
that a browser marks as cross-site are refused, and on loopback those for another host name.
"""

import asyncio
import json
import logging
import shlex
import ssl
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from importlib import resources
from typing import TYPE_CHECKING

from aiohttp import web
from lxml import etree
from multidict import CIMultiDict

from satark.sandesh.generator.requests import Asked, RefusedError
from satark.sandesh.introspect.door import Door, Limits
from satark.sandesh.introspect.glance import overview_of
from satark.sandesh.introspect.modules import modules_of
from satark.sandesh.introspect.overview import overview_page
from satark.sandesh.introspect.pages import answer_page, error_page, module_page
from satark.sandesh.introspect.parameters import FIRST, ParameterError, request_of
from satark.sandesh.introspect.rendering import answer_html, answer_json, answer_xml, module_xml
from satark.sandesh.types import Message
from satark.sandesh.wire.errors import EncodeError
from satark.sandesh.wire.writer import encode_message

if TYPE_CHECKING:
    from satark.sandesh.generator.client import Generator

MAX_HTML_BYTES = 4 * 1024 * 1024
_LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost"))
_HEADERS = {
    # Browsers count XSLT style sheets as scripts; none of ours is one.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_log = logging.getLogger(__name__)


class _ProblemError(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(problem)
        self.status = status
        self.problem = problem


class IntrospectServer:
    """Serves one generator; `port` 0 takes any free one."""

    def __init__(
        self,
        generator: "Generator",
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._generator = generator
        self._limits = limits or Limits()
        self._door = Door(host, port, tls=tls, limits=self._limits)
        self._room = asyncio.Semaphore(self._limits.requests)
        self.waiting = 0

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._door.port

    @property
    def connections(self) -> int:
        """How many there are now."""
        return self._door.connections

    async def start(self) -> None:
        """Listen. Raises `OSError`."""
        app = web.Application(middlewares=[self._guarded], client_max_size=1024)
        app.router.add_get("/", self._index)
        app.router.add_get("/index.html", self._index)
        app.router.add_get("/universal_parse.xsl", self._stylesheet)
        app.router.add_get("/css/style.css", self._css)
        app.router.add_get("/Snh_{name}", self._request)
        app.router.add_get("/{module}.xml", self._module)
        await self._door.open(app)

    async def stop(self) -> None:
        """Listen no more; what is being answered may end, within the limit of its time."""
        await self._door.close()

    @web.middleware
    async def _guarded(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        try:
            self._refuse_foreign(request)
            response = await handler(request)
        except _ProblemError as error:
            response = _problem(request, error.status, error.problem)
        except web.HTTPException as error:
            response = _problem(request, error.status, _SAID.get(error.status, error.reason))
            if "Allow" in error.headers:
                response.headers["Allow"] = error.headers["Allow"]
        response.headers.update(CIMultiDict(_HEADERS))
        response.force_close()
        return response

    def _refuse_foreign(self, request: web.Request) -> None:
        if request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
            raise _ProblemError(403, "another site may not ask")
        host = request.host.rpartition(":")[0] or request.host
        name = (host if request.host.rpartition(":")[2].isdigit() else request.host).strip("[]").lower()
        if self._door.host in _LOOPBACK and name not in _LOOPBACK:
            raise _ProblemError(403, "this server answers only to the names of the local host")

    async def _index(self, _request: web.Request) -> web.Response:
        modules = modules_of(self._generator.handlers.classes.values())
        text = overview_page(overview_of(self._generator), modules.values())
        return web.Response(text=text, content_type="text/html")

    async def _stylesheet(self, _request: web.Request) -> web.Response:
        return web.Response(text=_asset("universal_parse.xsl"), content_type="text/xsl")

    async def _css(self, _request: web.Request) -> web.Response:
        return web.Response(text=_asset("introspect.css"), content_type="text/css")

    async def _module(self, request: web.Request) -> web.Response:
        handlers = self._generator.handlers
        module = modules_of(handlers.classes.values()).get(request.match_info["module"])
        if module is None:
            raise _ProblemError(404, _SAID[404])
        if _wants_html(request):
            answered = {name for name in handlers.classes if handlers.has(name)}
            return web.Response(text=module_page(module, answered), content_type="text/html")
        return web.Response(body=module_xml(module), content_type="text/xml", charset="utf-8")

    async def _request(self, request: web.Request) -> web.Response:
        class_ = self._generator.handlers.classes.get(request.match_info["name"])
        if class_ is None:
            raise _ProblemError(404, _SAID[404])
        name = class_.__sandesh__.name
        if not self._generator.handlers.has(name):
            raise _ProblemError(501, f"{name} has no handler in this program")
        try:
            asked = request_of(class_, list(request.query.items()))
            messages, bodies = await self._in_turn(asked, str(request.url))
        except (ParameterError, RefusedError) as error:
            raise _ProblemError(400, str(error)) from None
        except TimeoutError:
            raise _ProblemError(504, f"{name} was not answered in {self._limits.handler_s:g} s") from None
        if "application/json" in request.headers.get("Accept", ""):
            return web.Response(body=answer_json(messages), content_type="application/json")
        answer = answer_xml(bodies, messages[0].__sandesh__.name if messages else name)
        return self._shown(request, class_, answer)

    async def _in_turn(self, asked: Message, url: str) -> tuple[list[Message], list[bytes]]:
        """Wait for room, with others if they are not too many."""
        if self.waiting >= self._limits.waiting:
            raise _ProblemError(503, "too many requests wait already")
        self.waiting += 1
        waits = True
        try:
            async with asyncio.timeout(self._limits.handler_s), self._room:
                self.waiting -= 1
                waits = False
                return await self._answers(asked, url)
        finally:
            self.waiting -= waits

    async def _answers(self, asked: Message, url: str) -> tuple[list[Message], list[bytes]]:
        name = asked.__sandesh__.name
        try:
            return await self._gathered(asked, url)
        except EncodeError as error:
            _log.error("the answer of %s cannot be written: %s", name, error)
            raise _ProblemError(500, f"the answer of {name} cannot be written") from None
        except (RefusedError, _ProblemError, TimeoutError):
            raise
        except Exception:  # noqa: BLE001 - a mistake of a handler is that request's only
            _log.exception("the handler of %s failed", name)
            raise _ProblemError(500, f"the handler of {name} failed; see the log of the program") from None

    async def _gathered(self, asked: Message, url: str) -> tuple[list[Message], list[bytes]]:
        messages: list[Message] = []
        bodies: list[bytes] = []
        size = 0
        async for each in self._generator.handlers.answers(asked, Asked(url, over_http=True)):
            messages.append(each)
            bodies.append(encode_message(each))
            size += len(bodies[-1])
            if size > self._limits.answer_bytes:
                limit = self._limits.answer_bytes
                raise _ProblemError(500, f"the answer of {asked.__sandesh__.name} is over {limit} bytes")
        return messages, bodies

    def _shown(self, request: web.Request, class_: type[Message], answer: bytes) -> web.Response:
        """XML as the originals send it; for browsers, which ask for HTML, a page made of it."""
        if _wants_html(request) and len(answer) <= MAX_HTML_BYTES:
            try:
                shown = answer_html(answer, _asset("universal_parse.xsl").encode())
            except etree.LxmlError as error:
                _log.warning("no page can show an answer of %s: %s", class_.__sandesh__.name, error)
            else:
                return web.Response(text=self._page(request, class_, shown), content_type="text/html")
        return web.Response(body=answer, content_type="text/xml", charset="utf-8")

    def _page(self, request: web.Request, class_: type[Message], shown: str) -> str:
        first = next((each.name for each in class_.__sandesh__.fields if each.constant is None), FIRST)
        values = {first if name == FIRST else name: value for name, value in request.query.items()}
        url = shlex.quote(str(request.url))
        commands = (f"curl {url}", f"curl -H 'Accept: application/json' {url}")
        modules = modules_of(self._generator.handlers.classes.values())
        module = next(name for name, each in modules.items() if class_ in each.requests)
        return answer_page(class_, module, shown, values, commands)


_SAID = {404: "there is no such page; the overview has links to all requests", 405: "only GET and HEAD are answered"}


def _wants_html(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _problem(request: web.Request, status: int, problem: str) -> web.StreamResponse:
    if "application/json" in request.headers.get("Accept", ""):
        told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": problem}
        return web.Response(status=status, text=json.dumps(told), content_type="application/problem+json")
    return web.Response(status=status, text=error_page(status, problem), content_type="text/html")


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
