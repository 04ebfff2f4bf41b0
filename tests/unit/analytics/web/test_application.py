import asyncio
import gzip
from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx2
import pytest
from prometheus_client import REGISTRY
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Message
from structlog.testing import capture_logs

from satark.analytics.store.statement import StoreError
from satark.analytics.web.answers import json_body
from satark.analytics.web.intake import Limits
from satark.analytics.web.problem import Problem
from satark.analytics.web.route import Parameter
from tests.unit.analytics.web.asking import ask, client, route, served, tell

SECRET = "the password of the store"


async def fail(_request: Request) -> Response:
    """Fail as a bug would."""
    raise RuntimeError(SECRET)


async def fail_at_store(_request: Request) -> Response:
    """Fail as the store would."""
    raise StoreError("unreachable", SECRET)


async def take_too_long(_request: Request) -> Response:
    """Fail as the store would when it is asked for too much."""
    raise StoreError("timeout", SECRET)


async def refuse(_request: Request) -> Response:
    """Refuse with a member and a header."""
    raise Problem(409, "taken", "somebody was first", headers={"Retry-After": "7"}, by="somebody")


async def echo(request: Request) -> Response:
    """Answer the body."""
    return PlainTextResponse(await request.body())


async def wants_number(request: Request) -> Response:
    """Answer the number that the body is."""
    return PlainTextResponse(str(await json_body(request, int)))


async def pages(_request: Request) -> Response:
    """Stream, and break in the middle."""

    async def content() -> AsyncIterator[bytes]:
        yield b"first"
        raise RuntimeError(SECRET)

    return StreamingResponse(content(), media_type="text/plain")


async def spoken(app: ASGIApp, path: str) -> list[Message]:
    """Return what an application sends in answer to a GET, message by message."""
    messages: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()  # the caller stays
        raise AssertionError

    async def send(message: Message) -> None:
        messages.append(message)

    heads = [(b"host", b"127.0.0.1")]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": heads}
    await app(scope, receive, send)
    return messages


def shape(response: httpx2.Response) -> tuple[int, str, str]:
    """Return what every refusal has, having looked that it is one."""
    body = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "code", "request_id"} <= body.keys()
    assert body["type"] == f"urn:satark:problem:{body['code']}"
    assert body["request_id"] == response.headers["x-request-id"]
    return response.status_code, body["code"], body["detail"]


class TestRoutes:
    async def test_the_handler_of_path_and_method_answers(self) -> None:
        """The route of the path and the method answers."""
        response = await ask(served(route("/v1/a"), route("/v1/b/{name}")), "/v1/b/x")

        assert response.status_code == 200
        assert response.json()["path"] == {"name": "x"}

    @pytest.mark.parametrize("name", ["wan-link/vco/7/GE1:a b", "a:b", "default-domain:admin:net", "%", "ü", "a\nb/\n"])
    async def test_names_may_hold_slashes_and_colons(self, name: str) -> None:
        """A name with slashes and colons arrives as it is."""
        response = await ask(served(route("/v1/links/{link:path}")), f"/v1/links/{quote(name, safe='')}")

        assert response.json()["path"] == {"link": name}

    async def test_more_fixed_text_wins(self) -> None:
        """The path with more fixed text wins, in whatever order the routes came."""
        app = served(route("/v1/x/{name:path}"), route("/v1/x/{name:path}/explain"), route("/v1/x/all"))

        assert (await ask(app, "/v1/x/a/b/explain")).json()["path"] == {"name": "a/b"}
        assert (await ask(app, "/v1/x/all")).json()["path"] == {}

    def test_two_of_the_same_path_are_a_fault(self) -> None:
        """Two routes of the same method and path are refused when the application is made."""
        with pytest.raises(ValueError, match="GET /v1/things is declared twice"):
            served(route(), route())

    async def test_head_is_get(self) -> None:
        """HEAD is answered as GET."""
        assert (await ask(served(route()), "/v1/things", method="HEAD")).status_code == 200


class TestRefusals:
    async def test_an_unknown_path_is_a_404(self) -> None:
        """An unknown path is a problem of status 404."""
        assert shape(await ask(served(route()), "/v1/nothing"))[:2] == (404, "no_such_route")

    async def test_an_unknown_method_is_a_405(self) -> None:
        """Another method is a problem of status 405 that names those there are."""
        response = await ask(served(route(), route(method="POST")), "/v1/things", method="DELETE")

        assert shape(response)[:2] == (405, "method_not_allowed")
        assert response.headers["allow"] == "GET, HEAD, POST"

    async def test_a_problem_keeps_its_members_and_headers(self) -> None:
        """What a handler refuses reaches the caller with its members and headers."""
        response = await ask(served(route(handler=refuse)), "/v1/things")

        assert shape(response) == (409, "taken", "somebody was first")
        assert response.json()["by"] == "somebody"
        assert response.headers["retry-after"] == "7"

    async def test_a_fault_of_ours_tells_nothing_inside(self) -> None:
        """A bug is a problem of status 500 that tells nothing inside; the log has it all."""
        with capture_logs() as logs:
            response = await ask(served(route(handler=fail)), "/v1/things")

        assert shape(response)[:2] == (500, "internal")
        assert SECRET not in response.text
        failed = next(line for line in logs if line["event"] == "request_failed")
        assert str(failed["exc_info"]) == SECRET
        assert failed["request_id"] == response.json()["request_id"]

    async def test_a_fault_of_the_store_is_a_503(self) -> None:
        """When the store does not answer the caller may come again."""
        response = await ask(served(route(handler=fail_at_store)), "/v1/things")

        assert shape(response)[:2] == (503, "store_failed")
        assert SECRET not in response.text
        assert response.headers["retry-after"] == "5"

    async def test_what_takes_too_long_is_told(self) -> None:
        """When the store would need too long the caller is told to ask for less."""
        response = await ask(served(route(handler=take_too_long)), "/v1/things")

        assert shape(response)[:2] == (503, "store_timeout")
        assert SECRET not in response.text

    async def test_an_answer_that_breaks_stays_broken(self) -> None:
        """A fault in the middle of an answer adds nothing to it."""
        with capture_logs() as logs:
            messages = await spoken(served(route(handler=pages)), "/v1/things")

        assert [message.get("body") for message in messages] == [None, b"first"]
        assert messages[-1]["more_body"]
        assert "request_failed" in [line["event"] for line in logs]

    async def test_a_websocket_is_none_of_ours(self) -> None:
        """Other protocols are refused."""
        app = served(route())

        with pytest.raises(NotImplementedError, match="websocket"):
            await app({"type": "websocket"}, None, None)  # type: ignore[arg-type]


class TestParameters:
    async def test_values_come_as_declared(self) -> None:
        """A handler finds parameters as their schema has them, and defaults."""
        limit = Parameter("limit", "How many.", {"type": "integer", "default": 5, "maximum": 9})

        app = served(route(parameters=(limit,)))

        assert (await ask(app, "/v1/things")).json()["parameters"] == {"limit": "5"}
        assert (await ask(app, "/v1/things?limit=7")).json()["parameters"] == {"limit": "7"}
        assert shape(await ask(app, "/v1/things?limit=10"))[:2] == (400, "bad_parameter")

    async def test_unknown_ones_are_named(self) -> None:
        """A parameter that is not declared is refused by name below /v1."""
        response = await ask(served(route()), "/v1/things?colour=red&size=1")

        assert shape(response)[2] == "'colour' is no parameter here; 'size' is no parameter here"

    async def test_contrails_paths_skip_unknown_ones(self) -> None:
        """The paths of Contrail skip what they do not know, as its servers do."""
        assert (await ask(served(route("/analytics/x")), "/analytics/x?colour=red")).status_code == 200

    async def test_of_the_path_and_of_headers(self) -> None:
        """Parameters of the path and of headers are read as well."""
        declared = (
            Parameter("number", "Which.", {"type": "integer", "minimum": 1}, place="path", required=True),
            Parameter("Last-Event-ID", "From where.", {"type": "string"}, place="header"),
        )
        app = served(route("/v1/n/{number}", parameters=declared))

        response = await ask(app, "/v1/n/4", headers={"Last-Event-ID": "x"})

        assert response.json()["parameters"] == {"number": "4", "Last-Event-ID": "x"}
        assert (await ask(app, "/v1/n/four")).status_code == 400


class TestLimits:
    @pytest.mark.parametrize(
        ("options", "refusal"),
        [
            ({"path": "/v1/things?a=" + "x" * 17_000}, (414, "target_too_long")),
            ({"headers": {"X-Long": "x" * 17_000}}, (431, "headers_too_large")),
            ({"headers": [(f"X-{n}", "1") for n in range(101)]}, (431, "headers_too_large")),
            ({"method": "POST", "content": b"x" * 1_000_001}, (413, "body_too_large")),
            ({"method": "POST", "content": b"x", "headers": {"Content-Length": "9" * 30}}, (413, "body_too_large")),
        ],
    )
    async def test_what_is_too_large(self, options: dict[str, object], refusal: tuple[int, str]) -> None:
        """A request that is too large is refused for what is too large of it."""
        path = str(options.pop("path", "/v1/things"))

        response = await ask(served(route(), route(method="POST", handler=echo)), path, **options)  # type: ignore[arg-type]

        assert shape(response)[:2] == refusal

    async def test_a_body_without_its_length_is_counted(self) -> None:
        """A body that does not say its length is refused when it has become too large."""

        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(3):
                yield b"x" * 40

        app = served(route(method="POST", handler=echo), limits=Limits(body=100))

        assert shape(await ask(app, "/v1/things", method="POST", content=pieces()))[:2] == (413, "body_too_large")

    async def test_a_slow_body(self) -> None:
        """A body that does not go on is refused."""

        async def pieces() -> AsyncIterator[bytes]:
            yield b"x"
            await never.wait()

        never = asyncio.Event()
        app = served(route(method="POST", handler=echo), limits=Limits(body_wait_s=0.01))

        assert shape(await ask(app, "/v1/things", method="POST", content=pieces()))[:2] == (408, "body_too_slow")

    @pytest.mark.parametrize(
        ("content", "media_type", "refusal"),
        [
            (b"5", "text/plain", (415, "not_json")),
            (b"5 6", "application/json", (400, "bad_json")),
            (b"\xff", "application/json", (400, "bad_json")),
            (b"", "application/json", (400, "bad_json")),
            (b'"five"', "application/json", (422, "bad_body")),
            (b"[" * 100_000, "application/json", (422, "bad_body")),
        ],
    )
    async def test_bodies_that_are_wrong(self, content: bytes, media_type: str, refusal: tuple[int, str]) -> None:
        """A body is refused for its type, its syntax or its contents."""
        app = served(route(method="POST", handler=wants_number))

        response = await ask(app, "/v1/things", method="POST", content=content, headers={"Content-Type": media_type})

        assert shape(response)[:2] == refusal

    async def test_a_good_body(self) -> None:
        """A body that is right is answered."""
        app = served(route(method="POST", handler=wants_number))

        response = await ask(app, "/v1/things", method="POST", json=5)

        assert response.text == "5"


class TestAnswers:
    async def test_every_answer_has_the_headers_of_safety(self) -> None:
        """Answers and refusals have the same headers, and none that lets other sites read them."""
        app = served(route())

        for path in ("/v1/things", "/v1/nothing"):
            headers = (await ask(app, path, headers={"Origin": "http://evil.example"})).headers

            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cache-control"] == "no-store"
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "access-control-allow-origin" not in headers

    async def test_a_request_keeps_its_id(self) -> None:
        """A request's own id is kept where it is one, and made otherwise."""
        app = served(route())

        assert (await ask(app, "/v1/things", headers={"X-Request-Id": "a-1"})).headers["x-request-id"] == "a-1"
        assert len((await ask(app, "/v1/things", headers={"X-Request-Id": "a b"})).headers["x-request-id"]) == 32

    async def test_large_answers_are_compressed_on_request(self) -> None:
        """A large answer is compressed for who accepts that."""

        async def much(_request: Request) -> Response:
            return PlainTextResponse("x" * 10_000)

        app = served(route(handler=much))
        accepting = {"Accept-Encoding": "gzip"}
        async with client(app) as asking, asking.stream("GET", "/v1/things", headers=accepting) as response:
            raw = b"".join([piece async for piece in response.aiter_raw()])

        assert response.headers["content-encoding"] == "gzip"
        assert gzip.decompress(raw) == b"x" * 10_000

    async def test_requests_are_counted_by_route(self) -> None:
        """A request is counted by its route's path, never by its own."""
        app = served(route("/v1/counted/{name}", handler=tell))
        labels = {"route": "/v1/counted/{name}", "method": "GET", "status": "200"}
        before = REGISTRY.get_sample_value("satark_analytics_requests_total", labels) or 0

        for name in ("a", "b"):
            await ask(app, f"/v1/counted/{name}")

        assert REGISTRY.get_sample_value("satark_analytics_requests_total", labels) == before + 2

    async def test_requests_are_logged_without_their_query(self) -> None:
        """The log has a line for each request, without the query and without credentials."""
        with capture_logs() as logs:
            await ask(served(route("/analytics/x")), "/analytics/x?token=secret", headers={"X-Auth-Token": "secret"})

        line = next(line for line in logs if line["event"] == "request")
        assert (line["method"], line["path"], line["status"]) == ("GET", "/analytics/x", 200)
        assert "secret" not in str(logs)
