"""The HTTP server of a generator (clause 5.4); a thin shell over parameters and rendering.

Only GET and HEAD. A GET changes something where the originals' interface demands it, in the requests named
`...Set`, `...EnableDisableReq` and those of the application; so that no foreign web page can send them, requests
that a browser marks as cross-site are refused, and on loopback those for another host name.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from importlib import resources
from typing import TYPE_CHECKING

from aiohttp import web
from multidict import CIMultiDict

from satark.sandesh.generator.requests import Asked, RefusedError
from satark.sandesh.introspect.parameters import ParameterError, request_of
from satark.sandesh.introspect.rendering import answer_json, answer_xml, as_html, error_html, index_html, module_xml
from satark.sandesh.types import Message
from satark.sandesh.wire.errors import EncodeError
from satark.sandesh.wire.writer import encode_message

if TYPE_CHECKING:
    from satark.sandesh.generator.client import Generator

HANDLER_TIMEOUT_S = 30.0
MAX_ANSWER_BYTES = 64 * 1024 * 1024
MAX_HTML_BYTES = 4 * 1024 * 1024
MAX_CONCURRENT = 32
_LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost"))
_HEADERS = {
    # Browsers count XSLT style sheets as scripts; none of ours is one.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
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

    def __init__(self, generator: "Generator", *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._generator = generator
        self._host = host
        self._runner: web.AppRunner | None = None
        self._room = asyncio.Semaphore(MAX_CONCURRENT)
        self.port = port

    async def start(self) -> None:
        """Listen. Raises `OSError`."""
        app = web.Application(middlewares=[self._guarded], client_max_size=1024)
        app.router.add_get("/", self._index)
        app.router.add_get("/index.html", self._index)
        app.router.add_get("/universal_parse.xsl", self._stylesheet)
        app.router.add_get("/css/introspect.css", self._css)
        app.router.add_get("/Snh_{name}", self._request)
        app.router.add_get("/{module}.xml", self._module)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Listen no more."""
        if self._runner is not None:
            await self._runner.cleanup()

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
            response = _problem(request, error.status, error.reason)
            if "Allow" in error.headers:
                response.headers["Allow"] = error.headers["Allow"]
        response.headers.update(CIMultiDict(_HEADERS))
        return response

    def _refuse_foreign(self, request: web.Request) -> None:
        if request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
            raise _ProblemError(403, "another site may not ask")
        host = request.host.rpartition(":")[0] or request.host
        name = (host if request.host.rpartition(":")[2].isdigit() else request.host).strip("[]").lower()
        if self._host in _LOOPBACK and name not in _LOOPBACK:
            raise _ProblemError(403, "this server answers only to the names of the local host")

    async def _index(self, _request: web.Request) -> web.Response:
        generator, session = self._generator, self._generator.session
        facts = (
            ("Generator", str(generator.identity)),
            ("Session", session.state.value),
            ("Collector", session.collector or "none"),
        )
        text = index_html(generator.identity.module, sorted(self._modules()), facts)
        return web.Response(text=text, content_type="text/html")

    async def _stylesheet(self, _request: web.Request) -> web.Response:
        return web.Response(text=_asset("universal_parse.xsl"), content_type="text/xsl")

    async def _css(self, _request: web.Request) -> web.Response:
        return web.Response(text=_asset("introspect.css"), content_type="text/css")

    async def _module(self, request: web.Request) -> web.Response:
        name = request.match_info["module"]
        requests = self._modules().get(name)
        if requests is None:
            raise _ProblemError(404, f"no module {name[:80]!r}")
        return _shown(request, module_xml(name, requests))

    async def _request(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        class_ = self._generator.handlers.classes.get(name)
        if class_ is None:
            raise _ProblemError(404, f"no request {name[:80]!r}")
        if not self._generator.handlers.has(name):
            raise _ProblemError(501, f"{name} has no handler in this program")
        try:
            asked = request_of(class_, list(request.query.items()))
            async with self._room, asyncio.timeout(HANDLER_TIMEOUT_S):
                messages, bodies = await self._answers(asked, str(request.url))
        except (ParameterError, RefusedError) as error:
            raise _ProblemError(400, str(error)) from None
        except TimeoutError:
            raise _ProblemError(504, f"{name} was not answered in {HANDLER_TIMEOUT_S:g} s") from None
        if "application/json" in request.headers.get("Accept", ""):
            return web.Response(body=answer_json(messages), content_type="application/json")
        first = messages[0].__sandesh__.name if messages else name
        return _shown(request, answer_xml(bodies, first))

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
            if size > MAX_ANSWER_BYTES:
                raise _ProblemError(500, f"the answer of {asked.__sandesh__.name} is over {MAX_ANSWER_BYTES} bytes")
        return messages, bodies

    def _modules(self) -> dict[str, list[type[Message]]]:
        """The known requests by the package of their class: the definition file's name."""
        modules: dict[str, list[type[Message]]] = {}
        for each in self._generator.handlers.classes.values():
            parts = each.__module__.split(".")
            name = parts[-2] if len(parts) > 1 and parts[-1] == "definitions" else parts[-1]
            modules.setdefault(name, []).append(each)
        return modules


def _shown(request: web.Request, answer: bytes) -> web.Response:
    """XML as the originals send it; for browsers, which ask for HTML, what its stylesheet makes of it."""
    if "text/html" in request.headers.get("Accept", "") and len(answer) <= MAX_HTML_BYTES:
        html = as_html(answer, _asset("universal_parse.xsl").encode())
        return web.Response(body=html, content_type="text/html", charset="utf-8")
    return web.Response(body=answer, content_type="text/xml", charset="utf-8")


def _problem(request: web.Request, status: int, problem: str) -> web.StreamResponse:
    if "application/json" in request.headers.get("Accept", ""):
        return web.json_response({"status": status, "error": problem}, status=status)
    return web.Response(status=status, text=error_html(status, problem), content_type="text/html")


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
